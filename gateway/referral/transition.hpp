// The life of a referral as one pure function: (state, event, caller, time) to a new state with effects, or a
// reason why not.
//
//   const Outcome outcome = transition(referral, event, caller, deadlines, clock.now());
//   if (const auto* accepted = std::get_if<Accepted>(&outcome)) { ...store accepted->state, carry out
//   accepted->effects... }
//
// No I/O and no clock but what is passed in. The rules are rows of one table (transition_table.hpp), which is
// also what the documentation prints.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/referral/effect.hpp"

namespace gateway::referral {

/// Why a transition is refused.
enum class Rule : std::uint8_t {
  kNotInThisState,        ///< 409
  kClosed,                ///< 409
  kOnlyAuthor,            ///< 403
  kOnlyCurrentReceiver,   ///< 403: also what a former owner is told.
  kOnlyAskedParty,        ///< 403
  kOnlyPersonOnDuty,      ///< 403: reviewer or rota.
  kNotForThisCaller,      ///< 403
  kInProgressNeedsAbort,  ///< 409
  kReasonRequired,        ///< 422
  kDestinationRequired,   ///< 422
  kAppointmentRequired,   ///< 422
  kLoweringNeedsPerson,   ///< 422
  kPriorityRequired,      ///< 422
  kIdentityFixed,         ///< 422: for, focus, requester and identifiers never change.
  kHopLimit,              ///< 409
  kAdviceOnly,            ///< 409
  kChoiceStands,          ///< 422
};
inline constexpr int kRuleCount = 17;

struct RuleTraits {
  std::string_view name;
  int http_status;
  std::string_view text;  ///< One sentence for the caller.
};
[[nodiscard]] const RuleTraits& traits(Rule rule) noexcept;

struct Accepted {
  ReferralState state;
  std::vector<Effect> effects;
};
/// Recorded and without effect on the state. `effects` only ever open work items or attach documents.
struct Ignored {
  std::string_view because;
  std::vector<Effect> effects;
};
struct Refused {
  Rule rule;
  PartyRole owner;                 ///< Who owns the Task now...
  std::string owner_ods;           ///< ...and its organisation, when it has one.
  std::vector<EventKind> allowed;  ///< What this caller may do now.
  [[nodiscard]] int http_status() const noexcept { return traits(rule).http_status; }
};
using Outcome = std::variant<Accepted, Ignored, Refused>;

[[nodiscard]] Outcome transition(const ReferralState& referral, const Event& event,
                                 const TransitionCaller& caller, const Deadlines& deadlines,
                                 fhir::Instant now);

/// What intake found.
enum class IntakeVerdict : std::uint8_t { kClean, kHeld, kRedFlag };

struct NewReferral {
  Organisation referrer;
  Organisation hub;
  Priority priority = Priority::kRoutine;
  IntakeVerdict verdict = IntakeVerdict::kClean;
  std::optional<fhir::Instant> authored;
  bool advice = false;
  bool convertible = false;
};

/// The first state of a referral. A red flag outranks holding, and raises the priority to urgent at least.
[[nodiscard]] Accepted begin(const NewReferral& referral, const Deadlines& deadlines, fhir::Instant now);

/// What this caller may do now, in table order. Events of software (same again, silence, delivery) are not
/// actions.
[[nodiscard]] std::vector<EventKind> allowed_actions(const ReferralState& referral,
                                                     const TransitionCaller& caller);

/// A refusal with owner and allowed actions filled in.
[[nodiscard]] Refused refuse(Rule rule, const ReferralState& referral, const TransitionCaller& caller);

}  // namespace gateway::referral
