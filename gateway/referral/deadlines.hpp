// How long each thing may take, by what is waited for and by priority. Plain configuration; no clock of its
// own.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "fhir/base/instant.hpp"
#include "gateway/referral/state.hpp"

namespace gateway::referral {

/// FHIR RequestPriority, in rising order.
enum class Priority : std::uint8_t { kRoutine, kUrgent, kAsap, kStat };
inline constexpr int kPriorityCount = 4;

[[nodiscard]] std::string_view to_code(Priority priority) noexcept;
[[nodiscard]] std::optional<Priority> parse_priority(std::string_view code) noexcept;

/// Durations in elapsed time. Working-day calendars are the caller's: it may set any instant itself.
struct Deadlines {
  using Row = std::array<std::chrono::seconds, kPriorityCount>;
  std::array<Row, kDeadlineKindCount> allowed;
  std::chrono::seconds after_appointment =
      std::chrono::hours(48);    ///< Attendance is expected this long after its end.
  std::uint8_t max_hops = 5;     ///< Onward legs of one referral before a person must look.
  std::uint8_t max_bounces = 2;  ///< Offers declined before a person must look.

  /// Zero for kNone.
  [[nodiscard]] std::chrono::seconds of(DeadlineKind kind, Priority priority) const noexcept {
    return allowed[static_cast<std::size_t>(kind)][static_cast<std::size_t>(priority)];
  }
  void set(DeadlineKind kind, Row row) noexcept { allowed[static_cast<std::size_t>(kind)] = row; }
};

/// The durations used when configuration names none.
[[nodiscard]] Deadlines default_deadlines();

}  // namespace gateway::referral
