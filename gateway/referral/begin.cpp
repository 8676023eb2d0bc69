#include <algorithm>
#include <utility>

#include "gateway/referral/step.hpp"

namespace gateway::referral {

PartyRole owner_in(const ReferralState& referral) noexcept {
  switch (referral.state) {
    case State::kQuarantined: return PartyRole::kReviewer;
    case State::kEscalated: return PartyRole::kRota;
    case State::kReceived:
    case State::kAtHub: return PartyRole::kHub;
    case State::kAccepted:
    case State::kOfferedOnward:
    case State::kBooked:
    case State::kNotAttended:
    case State::kInTreatment: return referral.holder;
    default: return referral.owner;  // closed, or paused: as it was
  }
}

Accepted begin(const NewReferral& referral, const Deadlines& deadlines, fhir::Instant now) {
  ReferralState state;
  state.referrer = referral.referrer;
  state.hub = referral.hub;
  state.priority = referral.priority;
  state.last_request_event = referral.authored;
  state.advice = referral.advice;
  state.convertible = referral.convertible;
  std::vector<Effect> people;
  switch (referral.verdict) {
    case IntakeVerdict::kClean:
      state.state = State::kReceived;
      people = {NotifyPartner{PartyRole::kHub, EventKind::kNewReferral}, TellGp{CommunicationKind::kReceipt}};
      break;
    case IntakeVerdict::kHeld:
      state.state = State::kQuarantined;
      people = {OpenWorkItem{WorkKind::kHeldReferral, PartyRole::kReviewer},
                TellGp{CommunicationKind::kHeld}};
      break;
    case IntakeVerdict::kRedFlag:
      state.state = State::kEscalated;
      state.red_flag = true;
      state.priority = std::max(state.priority, Priority::kUrgent);
      people = {OpenWorkItem{WorkKind::kRedFlag, PartyRole::kRota},
                NotifyPartner{PartyRole::kHub, EventKind::kNewReferral},
                TellGp{CommunicationKind::kEscalated}};
      break;
  }
  state.holder = PartyRole::kReferrer;
  state.owner = owner_in(state);
  state.deadline_kind = traits(state.state).deadline;
  services::Due due = deadlines.due(state.deadline_kind, state.priority, now);
  state.deadline = due.at;
  state.deadline_rule = std::move(due.rule);
  std::vector<Effect> effects = {SetTask{task_status(state), business_status(state)}, SetOwner{state.owner},
                                 MoveHolder{PartyRole::kNobody, PartyRole::kReferrer},
                                 SetDeadline{state.deadline_kind, state.deadline}};
  effects.insert(effects.end(), people.begin(), people.end());
  return {std::move(state), std::move(effects)};
}

}  // namespace gateway::referral
