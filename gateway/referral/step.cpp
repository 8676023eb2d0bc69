#include "gateway/referral/step.hpp"

#include <algorithm>
#include <utility>

namespace gateway::referral {
namespace {

using E = EventKind;

/// The state being made, and what it was made from.
struct Step {
  const ReferralState& before;
  const TransitionRow& row;
  const Event& event;
  const TransitionCaller& caller;
  const Deadlines& deadlines;
  fhir::Instant now;
  ReferralState next;
  std::vector<Effect> effects;

  void add(Effect effect) { effects.push_back(std::move(effect)); }
};

void wait_for(Step& step, DeadlineKind kind) {
  ReferralState& next = step.next;
  next.deadline_kind = kind;
  const bool at_once = next.state == State::kRedirected;
  services::Due due;
  if (kind != DeadlineKind::kNone)
    due = step.deadlines.due(kind, at_once ? Priority::kStat : next.priority, step.now);
  next.deadline = due.at;
  next.deadline_rule = std::move(due.rule);
}

void move_holder(Step& step, State to) {
  ReferralState& next = step.next;
  switch (to) {
    case State::kAccepted:
      if (step.event.kind == E::kAccept)
        next.holder = step.before.state == State::kOfferedOnward ? PartyRole::kProvider : PartyRole::kHub;
      break;
    case State::kBooked:
    case State::kNotAttended:
    case State::kInTreatment: next.holder = PartyRole::kProvider; break;
    case State::kAdviceGiven:
    case State::kDischarged:
    case State::kRejected:
    case State::kRedirected: next.holder = PartyRole::kReferrer; break;
    case State::kFailed: next.holder = PartyRole::kHub; break;
    case State::kCancelled: next.holder = PartyRole::kNobody; break;
    default: break;  // a hand-off once accepted is not undone by going back
  }
}

/// Enters a state: holder, owner and the next deadline.
void enter(Step& step, State to) {
  ReferralState& next = step.next;
  next.state = to;
  move_holder(step, to);
  next.owner = owner_in(next);
  next.resume_deadline_kind = DeadlineKind::kNone;
  next.resume_deadline = {};
  next.resume_deadline_rule.clear();
  if (!traits(to).open) next.abort_pending = false;
  const bool closing = next.deceased && traits(to).open;
  wait_for(step, closing ? DeadlineKind::kHolderCloses : traits(to).deadline);
}

/// An organisation that can answer; the referrer when another is meant.
PartyRole asked_party(const Step& step) {
  const PartyRole asked = step.event.asked.value_or(PartyRole::kReferrer);
  const Organisation* party = organisation(step.next, asked);
  return party == nullptr || party->ods.empty() ? PartyRole::kReferrer : asked;
}

/// The clock that goes on once the answer is there.
void resume_with(Step& step, DeadlineKind kind) {
  services::Due due = step.deadlines.due(kind, step.next.priority, step.now);
  step.next.resume_deadline_kind = kind;
  step.next.resume_deadline = due.at;
  step.next.resume_deadline_rule = std::move(due.rule);
}

void pause(Step& step) {
  ReferralState& next = step.next;
  if (step.before.state != State::kAwaitingInformation) {
    next.resume = step.before.state == State::kReceived ? State::kAtHub : step.before.state;
    next.resume_deadline_kind = step.before.deadline_kind;
    next.resume_deadline = step.before.deadline;
    next.resume_deadline_rule = step.before.deadline_rule;
    if (step.before.state == State::kReceived) resume_with(step, DeadlineKind::kTriageDecision);
  }
  next.state = State::kAwaitingInformation;
  next.owner = asked_party(step);
  wait_for(step, DeadlineKind::kAnswer);
  if (!step.event.answer_by) return;
  next.deadline = *step.event.answer_by;
  next.deadline_rule.clear();
}

void resume(Step& step) {
  ReferralState& next = step.next;
  next.state = step.before.resume;
  next.owner = owner_in(next);
  next.deadline_kind = std::exchange(next.resume_deadline_kind, DeadlineKind::kNone);
  next.deadline = std::exchange(next.resume_deadline, fhir::Instant{});
  next.deadline_rule = std::exchange(next.resume_deadline_rule, {});
  if (next.deadline_kind == DeadlineKind::kNone) wait_for(step, traits(next.state).deadline);
}

State destination(const Step& step) {
  switch (step.row.target) {
    case Target::kHubOrQueue: return step.before.hub_acknowledged ? State::kAtHub : State::kReceived;
    case Target::kUnbook: return step.before.attended ? State::kInTreatment : State::kAccepted;
    case Target::kAttend:
      return step.event.outcome == AttendanceOutcome::kDischarged ? State::kDischarged : State::kInTreatment;
    default: return step.row.to;
  }
}

bool goes_on_paused(EventKind kind) noexcept {
  return kind == E::kBooked || kind == E::kAppointmentMoved || kind == E::kAppointmentCancelled ||
         kind == E::kNotAttended || kind == E::kAttended;
}

void set_appointment_deadline(Step& step, DeadlineKind kind, fhir::Instant& at, std::string& rule) {
  const auto& event = step.event;
  if (kind != DeadlineKind::kAppointment || !event.appointment_start) return;
  at = event.appointment_end.value_or(*event.appointment_start) + step.deadlines.after_appointment;
  rule.clear();
}

void go(Step& step) {
  ReferralState& next = step.next;
  const State to = destination(step);
  if (step.before.state == State::kAwaitingInformation && goes_on_paused(step.event.kind) &&
      traits(to).open) {
    // Appointments go on while a question is open: only what will be resumed changes.
    next.resume = to;
    move_holder(step, to);
    resume_with(step, traits(to).deadline);
    set_appointment_deadline(step, next.resume_deadline_kind, next.resume_deadline,
                             next.resume_deadline_rule);
    return;
  }
  enter(step, to);
  set_appointment_deadline(step, next.deadline_kind, next.deadline, next.deadline_rule);
}

void find_provider(Step& step) {
  ReferralState& next = step.next;
  if (!next.provider.ods.empty()) return;
  if (step.event.destination && !step.event.destination->ods.empty()) {
    next.provider = *step.event.destination;
  } else {
    next.provider = next.hub.ods == step.caller.ods ? next.hub : Organisation{step.caller.ods, {}};
  }
}

void before_moving(Step& step) {
  ReferralState& next = step.next;
  switch (step.event.kind) {
    case E::kReleased:
    case E::kEscalationConfirmed:
      if (step.event.destination && !step.event.destination->ods.empty()) next.hub = *step.event.destination;
      break;
    case E::kAccept:
      next.hub_acknowledged = true;
      next.advice = false;  // accepted: from here on it is a referral
      if (step.row.who == kOfferedIt) {
        if (step.row.target == Target::kMove) next.provider = next.offered_to;
        next.offered_to = {};
      } else if (step.event.destination) {
        next.provider = *step.event.destination;
      }
      break;
    case E::kHubAcknowledged:
    case E::kInformationAsked:
    case E::kReject:
    case E::kAdviceReturned:
      if (step.row.who == kHubOfIt || step.event.kind == E::kHubAcknowledged) next.hub_acknowledged = true;
      break;
    case E::kBooked:
    case E::kAppointmentMoved:
      find_provider(step);
      next.started = true;
      break;
    case E::kAttended:
      find_provider(step);
      next.started = true;
      next.attended = true;
      break;
    case E::kRedFlagRaised:
      next.red_flag = true;
      next.priority =
          std::max({next.priority, Priority::kUrgent, step.event.priority.value_or(Priority::kUrgent)});
      break;
    case E::kUpdate:
      next.priority = std::max(next.priority, step.event.priority.value_or(next.priority));
      next.convertible = next.convertible || step.event.may_convert;
      break;
    case E::kPriorityChanged: next.priority = *step.event.priority; break;
    case E::kPatientDied: next.deceased = true; break;
    case E::kCancel: next.withdrawal = step.event.withdrawal; break;
    default: break;
  }
}

void request_changes(Step& step) {
  ReferralState& next = step.next;
  const bool to_holder = step.before.holder == PartyRole::kHub || step.before.holder == PartyRole::kProvider;
  if (step.event.kind == E::kUpdate) {
    ++next.request_version;
    step.add(BumpRequestVersion{});
    step.add(NotifyPartner{to_holder ? step.before.holder : PartyRole::kHub, E::kUpdate});
    if (to_holder) step.add(OpenWorkItem{WorkKind::kUpdateAfterAcceptance, step.before.holder});
    return;
  }
  if (step.row.target == Target::kStay) {
    next.abort_pending = true;
    step.add(CreateAbortTask{});
    step.add(NotifyPartner{step.before.holder, E::kCancel});
    return;
  }
  step.add(NotifyPartner{to_holder ? step.before.holder : PartyRole::kHub, E::kCancel});
}

void after_withdrawal(Step& step) {
  ReferralState& next = step.next;
  ++next.request_version;
  step.add(BumpRequestVersion{});
  step.add(SetRequestStatus{next.withdrawal == Withdrawal::kEnteredInError ? "entered-in-error" : "revoked"});
  if (!next.offered_to.ods.empty()) step.add(CloseChild{"cancelled"});
  next.offered_to = {};
  // Withdrawing the request does not make the flag untrue: a person still looks.
  if (next.red_flag) step.add(OpenWorkItem{WorkKind::kRedFlagWithdrawn, PartyRole::kRota});
}

void onward(Step& step) {
  ReferralState& next = step.next;
  switch (step.event.kind) {
    case E::kOnwardLeg:
      ++next.hops;
      next.offered_to = *step.event.destination;
      step.add(CreateChild{*step.event.destination, step.event.destination_service});
      break;
    case E::kAccept:
      if (step.row.who == kOfferedIt) {
        step.add(CloseChild{"accepted"});
        step.add(NotifyPartner{step.before.holder, E::kAccept});
      }
      break;
    case E::kOfferDeclined:
      ++next.bounces;
      next.offered_to = {};
      step.add(CloseChild{"rejected"});
      step.add(NotifyPartner{step.before.holder, E::kOfferDeclined});
      if (step.row.target == Target::kStay)
        step.add(OpenWorkItem{WorkKind::kChildDeclined, step.before.holder});
      if (next.bounces > step.deadlines.max_bounces)
        step.add(OpenWorkItem{WorkKind::kTooManyBounces, step.before.holder});
      break;
    case E::kUnableToComplete:
      if (!next.offered_to.ods.empty()) step.add(CloseChild{"cancelled"});
      next.offered_to = {};
      break;
    default: break;
  }
}

/// Whoever must act hears of it; when that is who wrote it, whoever else works on the referral. The GP is
/// not sent every step, and reads it in the Task.
void note(Step& step) {
  step.add(AttachDocument{});
  const auto wrote = [&](PartyRole role) {
    const Organisation* party = organisation(step.next, role);
    return party != nullptr && party->ods == step.caller.ods;
  };
  const bool by_author = step.caller.role == CallerRole::kReferrer;
  PartyRole to = step.next.owner;
  if (wrote(to) || to == PartyRole::kNobody) to = step.next.holder;
  if (by_author && (wrote(to) || to == PartyRole::kNobody)) to = PartyRole::kHub;
  if (!wrote(to) && to != PartyRole::kNobody &&
      (by_author || to != PartyRole::kReferrer || step.next.state == State::kAwaitingInformation))
    step.add(NotifyPartner{to, E::kNoted});
}

void people(Step& step) {
  ReferralState& next = step.next;
  switch (step.event.kind) {
    case E::kClinicalDuplicate:
      step.add(LinkDuplicate{});
      step.add(OpenWorkItem{WorkKind::kClinicalDuplicate, PartyRole::kHub});
      break;
    case E::kRedFlagRaised:
      step.add(OpenWorkItem{WorkKind::kRedFlag, PartyRole::kRota});
      step.add(NotifyPartner{PartyRole::kHub, E::kRedFlagRaised});
      break;
    case E::kPatientDied:
      step.add(StopBooking{});
      wait_for(step, DeadlineKind::kHolderCloses);
      step.add(OpenWorkItem{WorkKind::kPatientDied, step.before.holder});
      step.add(NotifyPartner{step.before.holder, E::kPatientDied});
      break;
    case E::kDeadlinePassed:
      ++next.missed_deadlines;
      step.add(OpenWorkItem{WorkKind::kDeadlinePassed, deadline_owner(step.before)});
      // Confirmed and sent on, and nobody took it: the rota has it again.
      if (next.red_flag && next.state == State::kReceived)
        step.add(OpenWorkItem{WorkKind::kRedFlag, PartyRole::kRota});
      wait_for(step, step.before.deadline_kind);
      break;
    case E::kEscalationConfirmed:
      if (step.row.target == Target::kStay) wait_for(step, step.before.deadline_kind);
      break;
    case E::kGpTold: wait_for(step, DeadlineKind::kNone); break;
    case E::kLetter:
    case E::kInformationGiven: step.add(AttachDocument{}); break;
    case E::kNoted: note(step); break;
    case E::kMerge:
    case E::kDemographics: step.add(RepointPatient{}); break;
    case E::kAbortAccepted: step.add(CloseAbortTask{"accepted"}); break;
    case E::kAbortRefused:
      next.abort_pending = false;
      step.add(CloseAbortTask{"rejected"});
      break;
    default: break;
  }
}

void tell(Step& step) {
  const bool discharged = step.event.kind == E::kAttended && step.next.state == State::kDischarged;
  if (discharged) step.add(TellGp{CommunicationKind::kDischarged});
  if (!step.row.gp) return;
  const bool other_asked = step.event.kind == E::kInformationAsked && step.next.owner != PartyRole::kReferrer;
  if (other_asked) {
    step.add(NotifyPartner{step.next.owner, E::kInformationAsked});
  } else {
    step.add(TellGp{*step.row.gp});
  }
}

void notify_of_answer(Step& step) {
  if (step.event.kind == E::kInformationGiven) step.add(NotifyPartner{step.next.owner, E::kInformationGiven});
  if (step.event.kind == E::kReleased || step.event.kind == E::kEscalationConfirmed) {
    step.add(NotifyPartner{PartyRole::kHub, step.event.kind});
  }
}

/// The effects that any difference has, first in the list.
std::vector<Effect> differences(const ReferralState& before, const ReferralState& next) {
  std::vector<Effect> effects;
  if (task_status(before) != task_status(next) || business_status(before) != business_status(next)) {
    effects.emplace_back(SetTask{task_status(next), business_status(next)});
  }
  if (before.owner != next.owner) effects.emplace_back(SetOwner{next.owner});
  const Organisation* held = organisation(before, before.holder);
  const Organisation* holds = organisation(next, next.holder);
  if (before.holder != next.holder || (held != nullptr && holds != nullptr && held->ods != holds->ods)) {
    effects.emplace_back(MoveHolder{before.holder, next.holder});
  }
  if (next.deadline_kind == DeadlineKind::kNone) {
    if (before.deadline_kind != DeadlineKind::kNone) effects.emplace_back(ClearDeadline{});
  } else if (before.deadline_kind != next.deadline_kind || before.deadline != next.deadline) {
    effects.emplace_back(SetDeadline{next.deadline_kind, next.deadline});
  }
  return effects;
}

void remember_time(Step& step) {
  if (!step.event.occurred) return;
  if (step.event.kind == E::kUpdate || step.event.kind == E::kCancel)
    step.next.last_request_event = step.event.occurred;
  if (goes_on_paused(step.event.kind)) step.next.last_appointment_event = step.event.occurred;
}

}  // namespace

Accepted take_step(const ReferralState& referral, const TransitionRow& row, const Event& event,
                   const TransitionCaller& caller, const Deadlines& deadlines, fhir::Instant now) {
  Step step{referral, row, event, caller, deadlines, now, referral, {}};
  before_moving(step);
  if (event.kind == E::kUpdate || event.kind == E::kCancel) request_changes(step);
  switch (row.target) {
    case Target::kStay: break;
    case Target::kPause: pause(step); break;
    case Target::kResume: resume(step); break;
    default: go(step); break;
  }
  if (step.next.state == State::kCancelled) after_withdrawal(step);
  onward(step);
  people(step);
  notify_of_answer(step);
  tell(step);
  remember_time(step);
  std::vector<Effect> effects = differences(referral, step.next);
  effects.insert(effects.end(), std::make_move_iterator(step.effects.begin()),
                 std::make_move_iterator(step.effects.end()));
  ++step.next.version;
  return {std::move(step.next), std::move(effects)};
}

}  // namespace gateway::referral
