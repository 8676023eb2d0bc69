#include "gateway/referral/transition.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include "gateway/referral/step.hpp"
#include "gateway/referral/transition_table.hpp"

namespace gateway::referral {
namespace {

using E = EventKind;

constexpr std::array<RuleTraits, kRuleCount> kRules = {{
    {"not-in-this-state", 409, "This action is not allowed in the present state of the referral."},
    {"closed", 409, "The referral is closed."},
    {"only-author", 403, "Only the author of the request may change or withdraw it."},
    {"only-current-receiver", 403, "Only the current receiver may change the status of the Task."},
    {"only-asked-party", 403, "Only the party that was asked may answer."},
    {"only-person-on-duty", 403, "Only the reviewer or the rota on duty may do this."},
    {"not-for-this-caller", 403, "This caller may not do this."},
    {"in-progress-needs-abort", 409,
     "Work in progress is stopped by an abort Task that the holder accepts, not by a status."},
    {"reason-required", 422, "A reason is required."},
    {"destination-required", 422, "An organisation with an ODS code is required as destination."},
    {"appointment-required", 422, "The start of the appointment is required."},
    {"lowering-needs-person", 422, "Only a named person with a reason may lower a priority."},
    {"priority-required", 422, "A priority is required."},
    {"identity-fixed", 422,
     "The patient, the request, the requester and the identifiers of a Task never change."},
    {"hop-limit", 409, "The referral was handed on too often; a person must decide."},
    {"advice-only", 409,
     "This is a question for advice. It is answered with advice, unless its author allows it to become a "
     "referral."},
    {"choice-stands", 422,
     "The patient chose another provider. Only a named person with a reason may send the referral "
     "elsewhere."},
}};

bool is_action(EventKind kind) noexcept {
  switch (kind) {
    case E::kNewReferral:
    case E::kSameAgain:
    case E::kDeadlinePassed:
    case E::kGpTold: return false;
    default: return true;
  }
}

Rule rule_for(std::uint16_t who, const TransitionCaller& caller) noexcept {
  if (who == kAuthor) return Rule::kOnlyAuthor;
  if (who == kAskedParty) return Rule::kOnlyAskedParty;
  if ((who & ~(kReviewerOnDuty | kRotaOnDuty)) == 0) return Rule::kOnlyPersonOnDuty;
  if (caller.role == CallerRole::kHub || caller.role == CallerRole::kProvider ||
      caller.role == CallerRole::kPas) {
    return Rule::kOnlyCurrentReceiver;
  }
  return Rule::kNotForThisCaller;
}

bool already_so(EventKind kind, const ReferralState& referral) noexcept {
  return std::any_of(transition_rows().begin(), transition_rows().end(), [&](const TransitionRow& row) {
    return row.event == kind && row.target == Target::kMove && row.to == referral.state;
  });
}

Outcome without_row(const ReferralState& referral, const Event& event, const TransitionCaller& caller) {
  if (already_so(event.kind, referral)) return Ignored{"it is already so", {}};
  if (misplaced(event.kind) == Misplaced::kRefuse) {
    return refuse(is_open(referral) ? Rule::kNotInThisState : Rule::kClosed, referral, caller);
  }
  Ignored ignored{
      is_open(referral) ? "out of order: it does not fit the present state" : "the referral is closed", {}};
  if (event.kind == E::kInformationGiven) {
    ignored.because = "nothing is being asked; the document is kept";
    ignored.effects.emplace_back(AttachDocument{});
  } else if (event.kind == E::kRedFlagRaised) {
    ignored.because = "the referral is closed; a person looks all the same";
    ignored.effects.emplace_back(OpenWorkItem{WorkKind::kRedFlag, PartyRole::kRota});
  } else if (event.kind == E::kBooked || event.kind == E::kAppointmentMoved || event.kind == E::kAttended) {
    ignored.effects.emplace_back(OpenWorkItem{WorkKind::kOutOfOrder, referral.holder});
  }
  return ignored;
}

bool about_request(EventKind kind) noexcept {
  return kind == E::kUpdate || kind == E::kCancel;
}
bool about_appointment(EventKind kind) noexcept {
  return kind == E::kBooked || kind == E::kAppointmentMoved || kind == E::kAppointmentCancelled ||
         kind == E::kNotAttended || kind == E::kAttended;
}

/// Late or repeated by its own time at the source.
std::optional<Ignored> stale(const ReferralState& referral, const Event& event) {
  if (!event.occurred) return std::nullopt;
  const bool request = about_request(event.kind);
  const auto& last = request ? referral.last_request_event : referral.last_appointment_event;
  if ((!request && !about_appointment(event.kind)) || !last || *event.occurred > *last) return std::nullopt;
  if (*event.occurred == *last && (request || event.kind != E::kBooked)) return std::nullopt;
  if (*event.occurred == *last) return Ignored{"the same appointment event was seen before", {}};
  Ignored ignored{"stale: a later word of the same matter is already known", {}};
  if (event.kind == E::kCancel)
    ignored.effects.emplace_back(OpenWorkItem{WorkKind::kOutOfOrder, referral.holder});
  return ignored;
}

bool needs_reason(EventKind kind) noexcept {
  return kind == E::kReject || kind == E::kRedirect || kind == E::kUnableToComplete;
}

std::optional<Rule> broken_rule(const ReferralState& referral, const Event& event) {
  if (needs_reason(event.kind) && event.reason.empty()) return Rule::kReasonRequired;
  if (event.against_choice && (event.decided_by.name.empty() || event.reason.empty()))
    return Rule::kChoiceStands;
  switch (event.kind) {
    case E::kAdviceReturned:
    case E::kInformationAsked:
      if (event.advice.empty() && event.reason.empty()) return Rule::kReasonRequired;
      break;
    case E::kAccept:
      if (referral.advice && !referral.convertible) return Rule::kAdviceOnly;
      break;
    case E::kReleased:
    case E::kEscalationConfirmed:
      // Nobody knows where it belongs: whoever lets it go on says so, and until then it goes nowhere.
      if (referral.hub.ods.empty() && (!event.destination || event.destination->ods.empty()))
        return Rule::kDestinationRequired;
      break;
    case E::kOnwardLeg:
      if (!event.destination || event.destination->ods.empty()) return Rule::kDestinationRequired;
      if (!referral.offered_to.ods.empty() || referral.deceased) return Rule::kNotInThisState;
      break;
    case E::kBooked:
    case E::kAppointmentMoved:
      if (!event.appointment_start) return Rule::kAppointmentRequired;
      break;
    case E::kPriorityChanged:
      if (!event.priority) return Rule::kPriorityRequired;
      if (*event.priority < referral.priority && (event.decided_by.name.empty() || event.reason.empty())) {
        return Rule::kLoweringNeedsPerson;
      }
      break;
    case E::kAbortAccepted:
    case E::kAbortRefused:
      if (!referral.abort_pending) return Rule::kNotInThisState;
      break;
    default: break;
  }
  return std::nullopt;
}

/// Allowed, and still nothing to do.
std::optional<Ignored> pointless(const ReferralState& referral, const Event& event, fhir::Instant now) {
  switch (event.kind) {
    case E::kHubAcknowledged:
      if (referral.hub_acknowledged) return Ignored{"it is already so", {}};
      break;
    case E::kPriorityChanged:
      if (event.priority == referral.priority) return Ignored{"it is already so", {}};
      break;
    case E::kEscalationConfirmed:
      if (referral.state == State::kReceived &&
          (!referral.red_flag || !event.destination || event.destination->ods.empty() ||
           event.destination->ods == referral.hub.ods))
        return Ignored{"it is already so", {}};
      break;
    case E::kPatientDied:
      if (referral.deceased) return Ignored{"it is already known", {}};
      break;
    case E::kBooked:
    case E::kAppointmentMoved:
      if (referral.deceased) {
        return Ignored{"the patient died; nothing more is booked",
                       {OpenWorkItem{WorkKind::kBookingAfterDeath, referral.holder}}};
      }
      break;
    case E::kCancel:
      if (referral.abort_pending) return Ignored{"the holder was already asked to stop", {}};
      break;
    case E::kDeadlinePassed:
      if (event.deadline != referral.deadline_kind || referral.deadline_kind == DeadlineKind::kNone ||
          now < referral.deadline) {
        return Ignored{"that deadline was met or moved", {}};
      }
      break;
    case E::kGpTold:
      if (referral.deadline_kind == DeadlineKind::kNone) return Ignored{"it is already so", {}};
      break;
    default: break;
  }
  return std::nullopt;
}

}  // namespace

const RuleTraits& traits(Rule rule) noexcept {
  return kRules[static_cast<std::size_t>(rule)];
}

Refused refuse(Rule rule, const ReferralState& referral, const TransitionCaller& caller) {
  Refused refused{rule, referral.owner, {}, allowed_actions(referral, caller)};
  if (const Organisation* owner = organisation(referral, referral.owner)) refused.owner_ods = owner->ods;
  return refused;
}

std::vector<EventKind> allowed_actions(const ReferralState& referral, const TransitionCaller& caller) {
  std::vector<EventKind> actions;
  const std::uint16_t who = standing(referral, caller);
  for (const EventKind kind : all_events()) {
    if (!is_action(kind)) continue;
    const TransitionRow* row = find_row(kind, referral, who);
    if (row == nullptr || (row->who & who) == 0) continue;
    if ((kind == E::kAbortAccepted || kind == E::kAbortRefused) && !referral.abort_pending) continue;
    if (kind == E::kCancel && referral.abort_pending) continue;
    if (kind == E::kEscalationConfirmed && referral.state == State::kReceived && !referral.red_flag) continue;
    if (kind == E::kAccept && referral.advice && !referral.convertible) continue;
    if (kind == E::kOnwardLeg && (!referral.offered_to.ods.empty() || referral.deceased)) continue;
    if ((kind == E::kBooked || kind == E::kAppointmentMoved) && referral.deceased) continue;
    actions.push_back(kind);
  }
  return actions;
}

Outcome transition(const ReferralState& referral, const Event& event, const TransitionCaller& caller,
                   const Deadlines& deadlines, fhir::Instant now) {
  if (event.kind == E::kSameAgain) return Ignored{"the same message again; its first answer stands", {}};
  const std::uint16_t who = standing(referral, caller);
  // A stranger, or one who may never do this, is told so before anything about the state.
  if (who == 0) return refuse(rule_for(kAnyone, caller), referral, caller);
  if (event.kind == E::kNewReferral)
    return Ignored{"the referral is already known; its first answer stands", {}};
  const std::uint16_t may = anyone_who_may(event.kind);
  if ((may & who) == 0 && !(event.kind == E::kInformationGiven && who != kGateway)) {
    return refuse(rule_for(may, caller), referral, caller);
  }
  const TransitionRow* row = find_row(event.kind, referral, who);
  if (row == nullptr) return without_row(referral, event, caller);
  if ((row->who & who) == 0) return refuse(rule_for(row->who, caller), referral, caller);
  if (std::optional<Ignored> ignored = stale(referral, event)) return std::move(*ignored);
  if (const std::optional<Rule> rule = broken_rule(referral, event)) return refuse(*rule, referral, caller);
  if (event.kind == E::kOnwardLeg && referral.hops >= deadlines.max_hops)
    return refuse(Rule::kHopLimit, referral, caller);
  if (std::optional<Ignored> ignored = pointless(referral, event, now)) return std::move(*ignored);
  return take_step(referral, *row, event, caller, deadlines, now);
}

}  // namespace gateway::referral
