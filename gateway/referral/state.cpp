#include "gateway/referral/state.hpp"

#include <cstddef>

namespace gateway::referral {
namespace {

using enum PartyRole;
using D = DeadlineKind;

constexpr std::array<StateTraits, kStateCount> kStates = {{
    {"received", "requested", "awaiting-hub", "Received, waiting to be taken on", kReferrer,
     D::kHubAcknowledges, true},
    {"quarantined", "requested", "held-for-review", "Held for a person to review", kReferrer,
     D::kReviewerActs, true},
    {"escalated", "requested", "red-flag-escalated", "Red flag: escalated to the rota", kReferrer,
     D::kPersonConfirms, true},
    {"at_hub", "received", "awaiting-triage", "Taken on, waiting for triage", kReferrer, D::kTriageDecision,
     true},
    {"awaiting_information", "received", "awaiting-information", "Waiting for information", kReferrer,
     D::kAnswer, true},
    {"accepted", "accepted", "accepted", "Accepted", kHub, D::kNextStepOffered, true},
    {"offered_onward", "accepted", "offered-onward", "Offered to another provider", kHub, D::kOfferAnswered,
     true},
    {"booked", "in-progress", "appointment-booked", "Appointment booked", kProvider, D::kAppointment, true},
    {"not_attended", "in-progress", "did-not-attend", "Did not attend", kProvider, D::kDecision, true},
    {"in_treatment", "in-progress", "in-treatment", "In treatment", kProvider, D::kNextContact, true},
    {"advice_given", "completed", "advice-returned", "Returned with advice", kReferrer, D::kNone, false},
    {"discharged", "completed", "discharged", "Discharged", kReferrer, D::kLetterDelivered, false},
    {"rejected", "rejected", "rejected", "Rejected", kReferrer, D::kGpTold, false},
    {"redirected", "rejected", "redirected", "Redirected", kReferrer, D::kGpTold, false},
    {"failed", "failed", "unable-to-complete", "Could not be completed", kHub, D::kGpTold, false},
    {"cancelled", "cancelled", "withdrawn", "Withdrawn", kNobody, D::kNone, false},
}};

constexpr std::array<std::string_view, 6> kRoles = {"nobody",   "referrer", "hub",
                                                    "provider", "reviewer", "rota"};

constexpr std::array<std::string_view, kDeadlineKindCount> kDeadlineNames = {
    "none",         "hub_acknowledges",  "reviewer_acts",    "person_confirms", "triage_decision",
    "answer",       "next_step_offered", "offer_answered",   "appointment",     "decision",
    "next_contact", "holder_closes",     "letter_delivered", "gp_told"};

template <class Enum, std::size_t N>
std::optional<Enum> find_name(const std::array<std::string_view, N>& names, std::string_view name) noexcept {
  for (std::size_t i = 0; i < N; ++i) {
    if (names[i] == name) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace

const StateTraits& traits(State state) noexcept {
  return kStates[static_cast<std::size_t>(state)];
}
std::string_view to_text(State state) noexcept {
  return traits(state).name;
}

std::optional<State> parse_state(std::string_view name) noexcept {
  for (const State state : all_states()) {
    if (to_text(state) == name) return state;
  }
  return std::nullopt;
}

std::string_view to_text(PartyRole role) noexcept {
  return kRoles[static_cast<std::size_t>(role)];
}
std::optional<PartyRole> parse_party_role(std::string_view name) noexcept {
  return find_name<PartyRole>(kRoles, name);
}
std::string_view to_text(DeadlineKind kind) noexcept {
  return kDeadlineNames[static_cast<std::size_t>(kind)];
}
std::optional<DeadlineKind> parse_deadline_kind(std::string_view name) noexcept {
  return find_name<DeadlineKind>(kDeadlineNames, name);
}

std::array<State, kStateCount> all_states() noexcept {
  std::array<State, kStateCount> all{};
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i] = static_cast<State>(i);
  return all;
}

}  // namespace gateway::referral
