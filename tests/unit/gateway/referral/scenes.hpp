// Referrals brought into each state by real events, and callers of each role, for the tests of this room.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

#include "gateway/referral/transition.hpp"

namespace gateway::referral {

inline constexpr std::chrono::sys_days kDay{std::chrono::year(2026) / 11 / 2};
inline fhir::Instant hour(int hours) {
  return fhir::Instant(kDay) + std::chrono::hours(hours);
}

inline const Organisation kPractice{"H81001", "Example Surgery"};
inline const Organisation kHubOrg{"RHUB1", "Example MSK Hub"};
inline const Organisation kClinic{"RPROV", "Example Clinic"};
inline const Decider kTriager{"Ada Example", "Advanced practitioner", kHubOrg};

inline TransitionCaller caller(CallerRole role) {
  switch (role) {
    case CallerRole::kReferrer: return {role, kPractice.ods};
    case CallerRole::kHub: return {role, kHubOrg.ods};
    case CallerRole::kProvider:
    case CallerRole::kPas: return {role, kClinic.ods};
    case CallerRole::kReviewer:
    case CallerRole::kRota:
    case CallerRole::kSystem: return {role, {}};
  }
  return {};
}

/// An event with everything its kind needs.
inline Event complete(EventKind kind) {
  Event event;
  event.kind = kind;
  event.decided_by = kTriager;
  event.reason = {std::string(kReasonSystem), "criteria", "Outside the criteria", "Outside the criteria."};
  event.advice = "Try exercises for six weeks.";
  // A reviewer names a destination only to change it.
  const bool let_go = kind == EventKind::kReleased || kind == EventKind::kEscalationConfirmed;
  if (!let_go) event.destination = kClinic;
  event.appointment_start = hour(200);
  if (kind == EventKind::kPriorityChanged) event.priority = Priority::kAsap;
  return event;
}

inline Accepted must(const Outcome& outcome) {
  if (const auto* accepted = std::get_if<Accepted>(&outcome)) return *accepted;
  if (const auto* refused = std::get_if<Refused>(&outcome))
    throw std::runtime_error("refused: " + std::string(traits(refused->rule).name));
  throw std::runtime_error("ignored: " + std::string(std::get<Ignored>(outcome).because));
}

inline ReferralState apply(const ReferralState& referral, EventKind kind, CallerRole role, int at_hour = 1) {
  return must(transition(referral, complete(kind), caller(role), default_deadlines(), hour(at_hour))).state;
}

inline ReferralState fresh(IntakeVerdict verdict = IntakeVerdict::kClean,
                           Priority priority = Priority::kRoutine) {
  return begin({kPractice, kHubOrg, priority, verdict, hour(0)}, default_deadlines(), hour(0)).state;
}

/// A referral in `state`, reached the ordinary way. The clinic is its provider from acceptance on.
inline ReferralState scene(State state) {
  using E = EventKind;
  using R = CallerRole;
  switch (state) {
    case State::kReceived: return fresh();
    case State::kQuarantined: return fresh(IntakeVerdict::kHeld);
    case State::kEscalated: return fresh(IntakeVerdict::kRedFlag);
    case State::kAtHub: return apply(fresh(), E::kHubAcknowledged, R::kHub);
    case State::kAwaitingInformation: return apply(scene(State::kAtHub), E::kInformationAsked, R::kHub);
    case State::kAccepted: return apply(scene(State::kAtHub), E::kAccept, R::kHub);
    case State::kOfferedOnward: return apply(scene(State::kAccepted), E::kOnwardLeg, R::kHub);
    case State::kBooked: return apply(scene(State::kAccepted), E::kBooked, R::kPas);
    case State::kNotAttended: return apply(scene(State::kBooked), E::kNotAttended, R::kPas);
    case State::kInTreatment: return apply(scene(State::kBooked), E::kAttended, R::kPas);
    case State::kAdviceGiven: return apply(scene(State::kAtHub), E::kAdviceReturned, R::kHub);
    case State::kDischarged: return apply(scene(State::kInTreatment), E::kDischarge, R::kProvider);
    case State::kRejected: return apply(scene(State::kAtHub), E::kReject, R::kHub);
    case State::kRedirected: return apply(scene(State::kAtHub), E::kRedirect, R::kHub);
    case State::kFailed: return apply(scene(State::kAccepted), E::kUnableToComplete, R::kHub);
    case State::kCancelled: return apply(scene(State::kAtHub), E::kCancel, R::kReferrer);
  }
  throw std::runtime_error("no such state");
}

}  // namespace gateway::referral
