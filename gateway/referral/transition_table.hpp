// The rows behind transition(): which event is allowed in which states, from whom, and where it leads.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "gateway/referral/effect.hpp"
#include "gateway/referral/transition.hpp"

namespace gateway::referral {

/// How a caller stands to a referral. Bits.
enum Standing : std::uint16_t {
  kAuthor = 1,
  kHubOfIt = 2,
  kProviderOfIt = 4,
  kOfferedIt = 8,
  kAskedParty = 16,
  kPasOfIt = 32,  ///< PAS of the hub or of the provider, also of the one it is offered to.
  kReviewerOnDuty = 64,
  kRotaOnDuty = 128,
  kGateway = 256,
  kHolderOfIt = 512,
  kAnyone = 0xFFFF,
};

/// What happens to an event that has no row for the present state.
enum class Misplaced : std::uint8_t {
  kIgnore,  ///< A message of a feed or an author: recorded, never an error to its sender.
  kRefuse,  ///< An act on the Task: its sender must know that it did not take effect.
};

using StateSet = std::uint32_t;
[[nodiscard]] constexpr StateSet bit(State state) noexcept {
  return 1u << static_cast<unsigned>(state);
}
/// Accepted, but the work has begun (an appointment was cancelled): Task.status stays in-progress, so other
/// rows apply.
inline constexpr StateSet kAcceptedAgain = 1u << kStateCount;

/// Where a row leads.
enum class Target : std::uint8_t {
  kStay,
  kMove,        ///< To `to`.
  kPause,       ///< To awaiting information, remembering where from.
  kResume,      ///< Back to where it was.
  kHubOrQueue,  ///< at hub when the hub has acknowledged, else received.
  kUnbook,      ///< in treatment when the patient was seen before, else accepted.
  kAttend,      ///< in treatment, or discharged when that was the outcome.
};

struct TransitionRow {
  EventKind event;
  StateSet in;
  std::uint16_t who;  ///< Standing bits, any of which suffices.
  Target target;
  State to;
  std::optional<CommunicationKind> gp;
  std::string_view effect;  ///< In words, for the printed table.
};

[[nodiscard]] std::span<const TransitionRow> transition_rows() noexcept;
[[nodiscard]] Misplaced misplaced(EventKind kind) noexcept;
/// The row of an event for a caller of this standing; else one of the state for other callers; else null.
/// While information is awaited, rows of the paused state apply too.
[[nodiscard]] const TransitionRow* find_row(EventKind event, const ReferralState& referral,
                                            std::uint16_t standing) noexcept;
/// Everybody who may do it in some state.
[[nodiscard]] std::uint16_t anyone_who_may(EventKind event) noexcept;
[[nodiscard]] std::uint16_t standing(const ReferralState& referral, const TransitionCaller& caller) noexcept;

/// The state table and the event table as Markdown, for the documentation.
[[nodiscard]] std::string print_transition_table();

}  // namespace gateway::referral
