// What can happen to a referral, and who says so.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/instant.hpp"
#include "gateway/referral/deadlines.hpp"
#include "gateway/referral/state.hpp"

namespace gateway::referral {

enum class EventKind : std::uint8_t {
  kNewReferral,          ///< Only begin() makes a referral; as an event it is the same referral once more.
  kSameAgain,            ///< The same message again: its first answer stands.
  kClinicalDuplicate,    ///< Another open referral of the same patient for the same problem or site.
  kUpdate,               ///< The author sends a new version of the request.
  kCancel,               ///< The author withdraws it, or says it should never have been sent.
  kHubAcknowledged,      ///< The hub has it (business acknowledgement, or Task.status received).
  kReleased,             ///< A reviewer lets a held referral go on.
  kRedFlagRaised,        ///< Software or a person saw a red flag. Nothing takes it back.
  kEscalationConfirmed,  ///< A person of the rota has the red flag and sends the referral on.
  kInformationAsked,
  kInformationGiven,
  kAccept,
  kReject,
  kAdviceReturned,
  kRedirect,
  kPriorityChanged,
  kOnwardLeg,      ///< Offered to another provider: a child request with its own Task.
  kOfferDeclined,  ///< That provider sends it back.
  kBooked,
  kAppointmentMoved,
  kAppointmentCancelled,
  kNotAttended,
  kAttended,
  kLetter,
  kDischarge,
  kUnableToComplete,  ///< Failure after acceptance.
  kAbortAccepted,     ///< The holder agrees to stop work in progress.
  kAbortRefused,
  kPatientDied,
  kMerge,
  kDemographics,
  kDeadlinePassed,  ///< Silence.
  kGpTold,          ///< The closing Communication or letter was delivered and matched.
  kNoted,           ///< Somebody it concerns adds words or documents and decides nothing.
};
inline constexpr int kEventCount = 34;

[[nodiscard]] std::string_view to_text(EventKind kind) noexcept;
[[nodiscard]] std::optional<EventKind> parse_event(std::string_view name) noexcept;
[[nodiscard]] std::array<EventKind, kEventCount> all_events() noexcept;

/// In what capacity somebody speaks. Software of the gateway itself is kSystem.
enum class CallerRole : std::uint8_t { kReferrer, kHub, kProvider, kPas, kReviewer, kRota, kSystem };
inline constexpr int kCallerRoleCount = 7;
[[nodiscard]] std::string_view to_text(CallerRole role) noexcept;
[[nodiscard]] std::array<CallerRole, kCallerRoleCount> all_caller_roles() noexcept;

struct TransitionCaller {
  CallerRole role = CallerRole::kSystem;
  std::string ods;  ///< Organisation it speaks for; a PAS speaks for its hospital.
};

/// An organisation that can hold a referral. Never software.
struct Organisation {
  std::string ods;
  std::string name;
  friend bool operator==(const Organisation&, const Organisation&) = default;
};

/// The person behind a decision. A decision without a name is one of software.
struct Decider {
  std::string name;
  std::string role;
  Organisation organisation;
  friend bool operator==(const Decider&, const Decider&) = default;
};

/// A coded reason with the words of whoever gave it. The text is clinical: it goes to the GP and never into a
/// log.
struct Reason {
  std::string system;
  std::string code;
  std::string display;
  std::string text;
  [[nodiscard]] bool empty() const noexcept { return code.empty() && text.empty(); }
};

enum class Withdrawal : std::uint8_t { kRevoked, kEnteredInError };
enum class AttendanceOutcome : std::uint8_t { kContinues, kDischarged };

/// An event with what it carries. Fields that a kind does not use are left empty.
struct Event {
  EventKind kind = EventKind::kSameAgain;
  std::optional<fhir::Instant>
      occurred;  ///< At the source. Older than what is known of that matter: ignored.
  Decider decided_by;
  Reason reason;       ///< reject, advice, redirect, fail, cancel, decline, ask, priority.
  std::string advice;  ///< adviceReturned: the advice; informationAsked: the question.
  Withdrawal withdrawal = Withdrawal::kRevoked;
  std::optional<Priority> priority;  ///< priorityChanged, redFlagRaised, update.
  std::optional<Organisation>
      destination;              ///< accept, onwardLeg, released, escalationConfirmed: where it goes.
  bool against_choice = false;  ///< accept, onwardLeg: the patient chose another provider than `destination`.
  bool may_convert = false;     ///< update: its author allows the advice asked for to become a referral.
  std::string destination_service;         ///< Service id within it.
  std::optional<PartyRole> asked;          ///< informationAsked: who must answer; the referrer when empty.
  std::optional<fhir::Instant> answer_by;  ///< informationAsked: instead of the configured duration.
  std::optional<fhir::Instant> appointment_start;
  std::optional<fhir::Instant> appointment_end;
  AttendanceOutcome outcome = AttendanceOutcome::kContinues;
  DeadlineKind deadline = DeadlineKind::kNone;  ///< deadlinePassed: which one.
};

}  // namespace gateway::referral
