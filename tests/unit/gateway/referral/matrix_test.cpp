// Every state x event x role: 16 x 34 x 7 cells against a list written by hand from the published tables.
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/referral/transition_table.hpp"
#include "tests/unit/gateway/referral/scenes.hpp"

namespace gateway::referral {
namespace {

using S = State;
using E = EventKind;

/// Roles by letter: Gp, Hub, Provider (the clinic), paS (its), reViewer, roTa, X the gateway itself.
struct Allowed {
  E event;
  std::vector<S> in;
  std::string_view roles;
};

const std::vector<S> kEveryState = {
    S::kReceived,    S::kQuarantined,   S::kEscalated, S::kAtHub,       S::kAwaitingInformation,
    S::kAccepted,    S::kOfferedOnward, S::kBooked,    S::kNotAttended, S::kInTreatment,
    S::kAdviceGiven, S::kDischarged,    S::kRejected,  S::kRedirected,  S::kFailed,
    S::kCancelled};
const std::vector<S> kEveryOpen(kEveryState.begin(), kEveryState.begin() + 10);
const std::vector<S> kEveryClosed(kEveryState.begin() + 10, kEveryState.end());
const std::vector<S> kTriage = {S::kReceived, S::kAtHub, S::kAwaitingInformation};
const std::vector<S> kWithoutProvider = {S::kReceived, S::kQuarantined, S::kAtHub, S::kAwaitingInformation};
const std::vector<S> kProviderKnown = {S::kAccepted, S::kOfferedOnward, S::kBooked, S::kNotAttended,
                                       S::kInTreatment};
const std::vector<S> kUnderway = {S::kBooked, S::kNotAttended, S::kInTreatment};

const std::vector<Allowed> kAllowed = {
    {E::kClinicalDuplicate, kEveryOpen, "HVX"},
    {E::kUpdate, kEveryOpen, "G"},
    {E::kCancel, kEveryOpen, "G"},
    {E::kHubAcknowledged, {S::kReceived, S::kQuarantined, S::kEscalated}, "HX"},
    {E::kReleased, {S::kQuarantined}, "V"},
    {E::kRedFlagRaised, kWithoutProvider, "GHVTX"},
    {E::kRedFlagRaised, kProviderKnown, "GHPSVTX"},
    {E::kEscalationConfirmed, {S::kEscalated}, "T"},
    {E::kInformationAsked, {S::kReceived, S::kAtHub, S::kAwaitingInformation, S::kAccepted}, "H"},
    {E::kInformationAsked, kUnderway, "P"},
    {E::kInformationGiven, {S::kAwaitingInformation}, "G"},
    {E::kAccept, kTriage, "H"},
    {E::kAccept, {S::kOfferedOnward}, "P"},
    {E::kAccept, kUnderway, ""},  // only one it was offered to
    {E::kReject, kTriage, "H"},
    {E::kReject, {S::kQuarantined}, "V"},
    {E::kAdviceReturned, kTriage, "H"},
    {E::kRedirect, {S::kReceived}, "HX"},
    {E::kRedirect, {S::kAtHub, S::kAwaitingInformation}, "H"},
    {E::kRedirect, {S::kQuarantined}, "VX"},
    {E::kRedirect, {S::kEscalated}, "HT"},
    {E::kPriorityChanged, {S::kReceived, S::kAtHub, S::kAwaitingInformation, S::kAccepted}, "HX"},
    {E::kOnwardLeg, {S::kAccepted}, "H"},
    {E::kOnwardLeg, kUnderway, "P"},
    {E::kOfferDeclined, {S::kOfferedOnward}, "P"},
    {E::kOfferDeclined, kUnderway, ""},
    {E::kBooked, {S::kAccepted}, "HPS"},
    {E::kBooked, kUnderway, "PS"},
    {E::kAppointmentMoved, {S::kAccepted}, "HPS"},
    {E::kAppointmentMoved, kUnderway, "PS"},
    {E::kAppointmentCancelled, {S::kBooked}, "PS"},
    {E::kNotAttended, {S::kBooked, S::kInTreatment}, "PS"},
    {E::kAttended, {S::kAccepted}, "HPS"},
    {E::kAttended, kUnderway, "PS"},
    {E::kLetter,
     {S::kReceived, S::kQuarantined, S::kEscalated, S::kAtHub, S::kAwaitingInformation, S::kAdviceGiven,
      S::kRejected, S::kRedirected, S::kCancelled},
     "HX"},
    {E::kLetter,
     {S::kAccepted, S::kOfferedOnward, S::kBooked, S::kNotAttended, S::kInTreatment, S::kDischarged,
      S::kFailed},
     "HPSX"},
    {E::kDischarge, kUnderway, "PS"},
    {E::kUnableToComplete, {S::kAccepted, S::kOfferedOnward}, "H"},
    {E::kUnableToComplete, kUnderway, "P"},
    {E::kPatientDied,
     {S::kReceived, S::kQuarantined, S::kEscalated, S::kAtHub, S::kAwaitingInformation},
     "GHX"},
    {E::kPatientDied, kProviderKnown, "GHPSX"},
    {E::kMerge,
     {S::kReceived, S::kQuarantined, S::kEscalated, S::kAtHub, S::kAwaitingInformation, S::kAdviceGiven,
      S::kRejected, S::kRedirected, S::kCancelled},
     "X"},
    {E::kMerge,
     {S::kAccepted, S::kOfferedOnward, S::kBooked, S::kNotAttended, S::kInTreatment, S::kDischarged,
      S::kFailed},
     "SX"},
    {E::kDemographics,
     {S::kReceived, S::kQuarantined, S::kEscalated, S::kAtHub, S::kAwaitingInformation, S::kAdviceGiven,
      S::kRejected, S::kRedirected, S::kCancelled},
     "X"},
    {E::kDemographics,
     {S::kAccepted, S::kOfferedOnward, S::kBooked, S::kNotAttended, S::kInTreatment, S::kDischarged,
      S::kFailed},
     "SX"},
    {E::kNoted,
     {S::kReceived, S::kQuarantined, S::kEscalated, S::kAtHub, S::kAwaitingInformation, S::kAdviceGiven,
      S::kRejected, S::kRedirected, S::kCancelled},
     "GHVT"},
    {E::kNoted,
     {S::kAccepted, S::kOfferedOnward, S::kBooked, S::kNotAttended, S::kInTreatment, S::kDischarged,
      S::kFailed},
     "GHPVT"},
    {E::kDeadlinePassed, kEveryOpen, "X"},
    {E::kDeadlinePassed, {S::kDischarged, S::kRejected, S::kRedirected, S::kFailed}, "X"},
    {E::kGpTold, {S::kDischarged, S::kRejected, S::kRedirected, S::kFailed}, "X"},
};

/// Acts on the Task: out of place they are refused. Everything else is recorded as ignored.
const std::set<E> kRefusedOutOfPlace = {E::kReleased,         E::kInformationAsked, E::kAccept,
                                        E::kReject,           E::kAdviceReturned,   E::kRedirect,
                                        E::kPriorityChanged,  E::kOnwardLeg,        E::kOfferDeclined,
                                        E::kUnableToComplete, E::kAbortAccepted,    E::kAbortRefused};

constexpr std::string_view kLetters = "GHPSVTX";  // in the order of CallerRole

struct Expected {
  bool row = false;
  std::string roles;
};

Expected expected(E event, S state) {
  Expected found;
  for (const Allowed& allowed : kAllowed) {
    for (const S in : allowed.in) {
      if (allowed.event != event || in != state) continue;
      found.row = true;
      found.roles.append(allowed.roles);
    }
  }
  return found;
}

Outcome attempt(const ReferralState& referral, E kind, CallerRole role) {
  Event event = complete(kind);
  fhir::Instant now = hour(300);
  if (kind == E::kDeadlinePassed) {
    event.deadline = referral.deadline_kind;
    now = std::max(now, referral.deadline);
  }
  return transition(referral, event, caller(role), default_deadlines(), now);
}

std::string place(S state, E event, CallerRole role) {
  return std::string(to_text(event)) + " in " + std::string(to_text(state)) + " by " +
         std::string(to_text(role));
}

TEST(TransitionMatrix, EveryCellIsAsPublished) {
  std::map<std::string, int> counts;
  for (const S state : kEveryState) {
    const ReferralState referral = scene(state);
    ASSERT_EQ(referral.state, state);
    for (const E event : all_events()) {
      const Expected cell = expected(event, state);
      for (const CallerRole role : all_caller_roles()) {
        SCOPED_TRACE(place(state, event, role));
        const Outcome outcome = attempt(referral, event, role);
        const bool may = cell.roles.find(kLetters[static_cast<std::size_t>(role)]) != std::string::npos;
        if (const auto* accepted = std::get_if<Accepted>(&outcome)) {
          EXPECT_TRUE(may);
          EXPECT_EQ(accepted->state.version, referral.version + 1);
          ++counts["accepted"];
          continue;
        }
        EXPECT_FALSE(may) << (std::holds_alternative<Ignored>(outcome) ? std::get<Ignored>(outcome).because
                                                                       : "refused");
        if (const auto* refused = std::get_if<Refused>(&outcome)) {
          const int status = refused->http_status();
          EXPECT_TRUE(status == 403 || status == 409) << status;
          EXPECT_TRUE(status == 403 || kRefusedOutOfPlace.contains(event));
          if (cell.row) EXPECT_EQ(status, 403);
          EXPECT_EQ(refused->owner, referral.owner);
          ++counts[std::to_string(status)];
        } else {
          EXPECT_FALSE(cell.row && event != E::kRedFlagRaised);
          EXPECT_FALSE(std::get<Ignored>(outcome).because.empty());
          ++counts["ignored"];
        }
      }
    }
  }
  int cells = 0;
  for (const auto& [name, count] : counts) {
    RecordProperty(name, count);
    cells += count;
  }
  EXPECT_EQ(cells, kStateCount * kEventCount * kCallerRoleCount);
  EXPECT_GT(counts["accepted"], 300);
  EXPECT_GT(counts["409"], 100);
}

TEST(TransitionMatrix, AllowedActionsAreThoseThatAreAccepted) {
  for (const S state : kEveryState) {
    const ReferralState referral = scene(state);
    for (const CallerRole role : all_caller_roles()) {
      const std::vector<E> actions = allowed_actions(referral, caller(role));
      const std::set<E> published(actions.begin(), actions.end());
      for (const E event : all_events()) {
        if (event == E::kDeadlinePassed || event == E::kGpTold) {
          EXPECT_FALSE(published.contains(event));
          continue;
        }
        SCOPED_TRACE(place(state, event, role));
        EXPECT_EQ(published.contains(event),
                  std::holds_alternative<Accepted>(attempt(referral, event, role)));
      }
    }
  }
}

TEST(TransitionMatrix, AStrangerIsForbiddenEverywhere) {
  for (const S state : kEveryState) {
    const ReferralState referral = scene(state);
    for (const CallerRole role :
         {CallerRole::kReferrer, CallerRole::kHub, CallerRole::kProvider, CallerRole::kPas}) {
      for (const E event : all_events()) {
        if (event == E::kSameAgain) continue;
        SCOPED_TRACE(place(state, event, role));
        const Outcome outcome =
            transition(referral, complete(event), {role, "XELSE"}, default_deadlines(), hour(300));
        const auto* refused = std::get_if<Refused>(&outcome);
        ASSERT_NE(refused, nullptr);
        EXPECT_EQ(refused->http_status(), 403);
        EXPECT_TRUE(refused->allowed.empty());
      }
    }
  }
}

TEST(TransitionMatrix, StatesHaveThePublishedStatusHolderAndDeadline) {
  struct Row {
    S state;
    std::string_view status;
    std::string_view business;
    PartyRole holder;
    DeadlineKind deadline;
  };
  const std::vector<Row> rows = {
      {S::kReceived, "requested", "awaiting-hub", PartyRole::kReferrer, DeadlineKind::kHubAcknowledges},
      {S::kQuarantined, "requested", "held-for-review", PartyRole::kReferrer, DeadlineKind::kReviewerActs},
      {S::kEscalated, "requested", "red-flag-escalated", PartyRole::kReferrer, DeadlineKind::kPersonConfirms},
      {S::kAtHub, "received", "awaiting-triage", PartyRole::kReferrer, DeadlineKind::kTriageDecision},
      {S::kAwaitingInformation, "received", "awaiting-information", PartyRole::kReferrer,
       DeadlineKind::kAnswer},
      {S::kAccepted, "accepted", "accepted", PartyRole::kHub, DeadlineKind::kNextStepOffered},
      {S::kOfferedOnward, "accepted", "offered-onward", PartyRole::kHub, DeadlineKind::kOfferAnswered},
      {S::kBooked, "in-progress", "appointment-booked", PartyRole::kProvider, DeadlineKind::kAppointment},
      {S::kNotAttended, "in-progress", "did-not-attend", PartyRole::kProvider, DeadlineKind::kDecision},
      {S::kInTreatment, "in-progress", "in-treatment", PartyRole::kProvider, DeadlineKind::kNextContact},
      {S::kAdviceGiven, "completed", "advice-returned", PartyRole::kReferrer, DeadlineKind::kNone},
      {S::kDischarged, "completed", "discharged", PartyRole::kReferrer, DeadlineKind::kLetterDelivered},
      {S::kRejected, "rejected", "rejected", PartyRole::kReferrer, DeadlineKind::kGpTold},
      {S::kRedirected, "rejected", "redirected", PartyRole::kReferrer, DeadlineKind::kGpTold},
      {S::kFailed, "failed", "unable-to-complete", PartyRole::kHub, DeadlineKind::kGpTold},
      {S::kCancelled, "cancelled", "withdrawn", PartyRole::kNobody, DeadlineKind::kNone},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(to_text(row.state));
    const ReferralState referral = scene(row.state);
    EXPECT_EQ(task_status(referral), row.status);
    EXPECT_EQ(business_status(referral), row.business);
    EXPECT_EQ(referral.holder, row.holder);
    EXPECT_EQ(referral.deadline_kind, row.deadline);
    EXPECT_EQ(traits(row.state).holder, row.holder);
    EXPECT_EQ(parse_state(to_text(row.state)), row.state);
  }
}

TEST(TransitionTable, PrintsEveryStateAndEvent) {
  const std::string text = print_transition_table();
  for (const S state : kEveryState)
    EXPECT_NE(text.find("| " + std::string(to_text(state)) + " |"), std::string::npos);
  for (const E event : all_events()) {
    if (event == E::kNewReferral || event == E::kSameAgain) continue;
    EXPECT_NE(text.find("| " + std::string(to_text(event)) + " |"), std::string::npos) << to_text(event);
  }
  EXPECT_EQ(text, print_transition_table());
}

TEST(TransitionTable, NamesReadBack) {
  for (const E event : all_events())
    EXPECT_EQ(parse_event(to_text(event)), event);
  for (int i = 0; i < kDeadlineKindCount; ++i) {
    const auto kind = static_cast<DeadlineKind>(i);
    EXPECT_EQ(parse_deadline_kind(to_text(kind)), kind);
  }
  EXPECT_EQ(parse_event("no such event"), std::nullopt);
}

}  // namespace
}  // namespace gateway::referral
