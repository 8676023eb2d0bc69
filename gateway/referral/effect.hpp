// What a transition makes happen, as values. The one who applies the transition carries them out in its
// transaction.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/referral/referral_state.hpp"

namespace gateway::referral {

/// What the GP is told. Each kind is one Communication.
enum class CommunicationKind : std::uint8_t {
  kReceipt,
  kHeld,
  kEscalated,
  kAccepted,
  kRejected,
  kRedirected,
  kAdvice,
  kInformationAsked,
  kPriorityChanged,
  kOfferedOnward,
  kOnwardAccepted,
  kRouteChanged,
  kBooked,
  kAppointmentMoved,
  kAppointmentCancelled,
  kNotAttended,
  kCancelled,
  kCancellationAsked,
  kCancellationRefused,
  kDischarged,
  kFailed,
  kLetter,
  kMoved,  ///< The whole pathway is another organisation's from now on.
};
inline constexpr int kCommunicationKindCount = 23;
[[nodiscard]] std::string_view to_code(CommunicationKind kind) noexcept;

/// What a person must look at.
enum class WorkKind : std::uint8_t {
  kHeldReferral,
  kRedFlag,
  kRedFlagWithdrawn,
  kClinicalDuplicate,
  kDeadlinePassed,
  kUpdateAfterAcceptance,
  kTooManyHops,
  kTooManyBounces,
  kOutOfOrder,
  kPatientDied,
  kBookingAfterDeath,
  kChildDeclined,
};
[[nodiscard]] std::string_view to_code(WorkKind kind) noexcept;

struct SetTask {
  std::string_view status;
  std::string_view business_status;
};
struct SetOwner {
  PartyRole owner;
};
struct MoveHolder {
  PartyRole from;
  PartyRole to;
};
struct SetDeadline {
  DeadlineKind kind;
  fhir::Instant at;
};
struct ClearDeadline {};
struct TellGp {
  CommunicationKind kind;
};
/// Sends the changed Task (and request) to a partner. `about` is the event that caused it.
struct NotifyPartner {
  PartyRole to;
  EventKind about;
};
/// A child ServiceRequest (basedOn) with its own Task (partOf), carrying the pathway, correlation and clock
/// start on.
struct CreateChild {
  Organisation destination;
  std::string service;
};
/// The child Task becomes `status`.
struct CloseChild {
  std::string_view status;
};
struct OpenWorkItem {
  WorkKind kind;
  PartyRole for_role;
};
/// A Task with code abort, focus on this Task, owned by the holder.
struct CreateAbortTask {};
struct CloseAbortTask {
  std::string_view status;
};
/// ServiceRequest.status, by its author's word only.
struct SetRequestStatus {
  std::string_view status;
};
struct BumpRequestVersion {};
/// Keep what came (letter, answer) with the referral.
struct AttachDocument {};
/// Patient reference changes within one assigning authority.
struct RepointPatient {};
struct StopBooking {};
struct LinkDuplicate {};

using Effect =
    std::variant<SetTask, SetOwner, MoveHolder, SetDeadline, ClearDeadline, TellGp, NotifyPartner,
                 CreateChild, CloseChild, OpenWorkItem, CreateAbortTask, CloseAbortTask, SetRequestStatus,
                 BumpRequestVersion, AttachDocument, RepointPatient, StopBooking, LinkDuplicate>;

/// One line for the timeline: `tell_gp accepted`. Holds no data of a message.
[[nodiscard]] std::string to_text(const Effect& effect);

/// The first effect of type T, or null.
template <class T>
[[nodiscard]] const T* find_effect(const std::vector<Effect>& effects) noexcept {
  for (const Effect& effect : effects) {
    if (const T* found = std::get_if<T>(&effect)) return found;
  }
  return nullptr;
}

}  // namespace gateway::referral
