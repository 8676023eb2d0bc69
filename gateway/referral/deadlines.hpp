// How long each thing may take, by what is waited for and by priority. Plain configuration and a calendar; no
// clock of its own.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "fhir/base/instant.hpp"
#include "gateway/referral/state.hpp"
#include "gateway/services/calendar.hpp"

namespace gateway::referral {

/// FHIR RequestPriority, in rising order.
enum class Priority : std::uint8_t { kRoutine, kUrgent, kAsap, kStat };
inline constexpr int kPriorityCount = 4;

[[nodiscard]] std::string_view to_code(Priority priority) noexcept;
[[nodiscard]] std::optional<Priority> parse_priority(std::string_view code) noexcept;

/// Elapsed time or working days.
struct Deadlines {
  using Row = std::array<config::Term, kPriorityCount>;
  std::array<Row, kDeadlineKindCount> allowed;
  std::chrono::seconds after_appointment =
      std::chrono::hours(48);      ///< Attendance is expected this long after its end.
  std::uint8_t max_hops = 5;       ///< Onward legs of one referral before a person must look.
  std::uint8_t max_bounces = 2;    ///< Offers declined before a person must look.
  services::Week week;             ///< Of whoever works on the referral.
  services::CalendarPtr calendar;  ///< Null: working days are reckoned as days of 24 hours.

  /// Empty for kNone.
  [[nodiscard]] const config::Term& of(DeadlineKind kind, Priority priority) const noexcept {
    return allowed[static_cast<std::size_t>(kind)][static_cast<std::size_t>(priority)];
  }
  [[nodiscard]] services::Due due(DeadlineKind kind, Priority priority, fhir::Instant from) const {
    return services::due_after(of(kind, priority), week, calendar.get(), from);
  }
  void set(DeadlineKind kind, const Row& row) noexcept { allowed[static_cast<std::size_t>(kind)] = row; }
};

/// The durations used when configuration names none.
[[nodiscard]] Deadlines default_deadlines();

}  // namespace gateway::referral
