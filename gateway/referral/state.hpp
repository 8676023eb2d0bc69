// The states of a referral, and what each of them means to Task.status, Task.businessStatus, the holder and
// the clock.
//
// Three things are kept apart: the request (only its author changes it), Task.status (the current receiver's
// progress) and Task.businessStatus (our codes, which never reuse a status code).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace gateway::referral {

/// Our code system of Task.businessStatus.
inline constexpr std::string_view kBusinessStatusSystem =
    "https://ligament.example/fhir/CodeSystem/referral-business-status";
/// Our code system of the kinds of Communication to a GP.
inline constexpr std::string_view kCommunicationKindSystem =
    "https://ligament.example/fhir/CodeSystem/referral-communication";
/// Our code system of reasons for a state: rejection, redirection, failure, holding.
inline constexpr std::string_view kReasonSystem = "https://ligament.example/fhir/CodeSystem/referral-reason";
/// System of the identifier of a referral given by this gateway.
inline constexpr std::string_view kReferralIdSystem = "https://ligament.example/fhir/Id/referral";

enum class State : std::uint8_t {
  kReceived,
  kQuarantined,
  kEscalated,
  kAtHub,
  kAwaitingInformation,
  kAccepted,
  kOfferedOnward,
  kBooked,
  kNotAttended,
  kInTreatment,
  kAdviceGiven,
  kDischarged,
  kRejected,
  kRedirected,
  kFailed,
  kCancelled,
};
inline constexpr int kStateCount = 16;

/// Who may be responsible, asked, or told. Nobody is the holder of a cancelled referral.
enum class PartyRole : std::uint8_t { kNobody, kReferrer, kHub, kProvider, kReviewer, kRota };

/// What is waited for next. Every open referral waits for exactly one thing; silence past it is an event.
enum class DeadlineKind : std::uint8_t {
  kNone,
  kHubAcknowledges,
  kReviewerActs,
  kPersonConfirms,
  kTriageDecision,
  kAnswer,
  kNextStepOffered,
  kOfferAnswered,
  kAppointment,
  kDecision,
  kNextContact,
  kHolderCloses,
  kLetterDelivered,
  kGpTold,
};
inline constexpr int kDeadlineKindCount = 14;

/// One row of the published state table.
struct StateTraits {
  std::string_view name;  ///< `awaiting_information`: stored, logged, printed.
  std::string_view
      task_status;  ///< FHIR TaskStatus. For awaiting information see task_status(ReferralState).
  std::string_view business_status;  ///< Code in kBusinessStatusSystem.
  std::string_view display;          ///< In words, for people.
  PartyRole holder;       ///< Who holds on entering; a hand-off that was accepted before is not undone.
  DeadlineKind deadline;  ///< What is waited for on entering.
  bool open;              ///< False once Task.status is completed, rejected, failed or cancelled.
};

[[nodiscard]] const StateTraits& traits(State state) noexcept;
[[nodiscard]] std::string_view to_text(State state) noexcept;
[[nodiscard]] std::optional<State> parse_state(std::string_view name) noexcept;
[[nodiscard]] std::string_view to_text(PartyRole role) noexcept;
[[nodiscard]] std::optional<PartyRole> parse_party_role(std::string_view name) noexcept;
[[nodiscard]] std::string_view to_text(DeadlineKind kind) noexcept;
[[nodiscard]] std::optional<DeadlineKind> parse_deadline_kind(std::string_view name) noexcept;
[[nodiscard]] std::array<State, kStateCount> all_states() noexcept;

}  // namespace gateway::referral
