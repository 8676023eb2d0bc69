// The operational row of one referral: everything the state machine needs to know and nothing clinical.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/referral/event.hpp"

namespace gateway::referral {

/// A value. Invariant while open: exactly one holder, and one deadline.
struct ReferralState {
  State state = State::kReceived;
  State resume = State::kAtHub;  ///< While awaiting information: the state that goes on with the answer.
  Priority priority = Priority::kRoutine;
  bool red_flag = false;  ///< Once true, stays true.
  bool hub_acknowledged = false;
  bool started = false;  ///< Task.status has been in-progress: from here on only an abort Task cancels.
  bool abort_pending = false;
  bool deceased = false;
  bool attended = false;     ///< Seen at least once.
  bool advice = false;       ///< A question, not a referral: accepting it would make it one.
  bool convertible = false;  ///< Its author allows that.
  Withdrawal withdrawal = Withdrawal::kRevoked;  ///< What the pending abort asks for.

  Organisation referrer;
  Organisation hub;
  Organisation provider;    ///< That accepted or books; empty before.
  Organisation offered_to;  ///< Asked to take it on; empty unless offered onward.

  PartyRole holder = PartyRole::kReferrer;
  PartyRole owner =
      PartyRole::kHub;  ///< Task.owner: who must act. The asked party while awaiting information.

  DeadlineKind deadline_kind = DeadlineKind::kNone;
  fhir::Instant deadline{};
  std::string
      deadline_rule;  ///< How it was reckoned in working days; empty: elapsed time, or set by an event.
  DeadlineKind resume_deadline_kind =
      DeadlineKind::kNone;  ///< The clock that went on while information was awaited.
  fhir::Instant resume_deadline{};
  std::string resume_deadline_rule;

  std::uint32_t version = 1;          ///< Of the Task: rises with every accepted change.
  std::uint32_t request_version = 1;  ///< Of the ServiceRequest: rises with the author's changes only.
  std::uint8_t hops = 0;
  std::uint8_t bounces = 0;
  std::uint16_t missed_deadlines = 0;

  std::optional<fhir::Instant> last_request_event;      ///< Source time of the author's last word.
  std::optional<fhir::Instant> last_appointment_event;  ///< Source time of the last word about appointments.

  friend bool operator==(const ReferralState&, const ReferralState&) = default;
};

[[nodiscard]] bool is_open(const ReferralState& referral) noexcept;
/// Task.status of this referral: the state's, but a pause keeps the status it interrupted and work once
/// started stays in-progress.
[[nodiscard]] std::string_view task_status(const ReferralState& referral) noexcept;
[[nodiscard]] std::string_view business_status(const ReferralState& referral) noexcept;
/// Who must act for the present deadline to be met.
[[nodiscard]] PartyRole deadline_owner(const ReferralState& referral) noexcept;
/// The organisation behind a role; empty for nobody, reviewer and rota.
[[nodiscard]] const Organisation* organisation(const ReferralState& referral, PartyRole role) noexcept;

}  // namespace gateway::referral
