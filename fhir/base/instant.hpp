// Instants, and the clocks that give them. All code takes its time from a Clock, so that a test or a
// simulation owns it.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace fhir {

/// A moment in UTC, to the microsecond. Years 0001 to 9999.
using Instant = std::chrono::sys_time<std::chrono::microseconds>;

/// A moment of a clock that never steps back; only differences mean anything.
struct MonotonicClock {
  using rep = std::int64_t;
  using period = std::nano;
  using duration = std::chrono::nanoseconds;
  using time_point = std::chrono::time_point<MonotonicClock>;
  static constexpr bool is_steady = true;
};
using Monotonic = MonotonicClock::time_point;

/// Source of time. Implementations: SystemClock (app), ManualClock (tests, simulation). Any thread.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;
  [[nodiscard]] virtual Instant now() const = 0;
  [[nodiscard]] virtual Monotonic monotonic() const = 0;
};

/// The machine's clocks.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override;
  [[nodiscard]] Monotonic monotonic() const override;
};

/// A clock that moves only when told. Not thread-safe.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Instant start) : now_(start) {}
  [[nodiscard]] Instant now() const override { return now_; }
  [[nodiscard]] Monotonic monotonic() const override { return monotonic_; }
  /// Moves both clocks on. `by` is not negative.
  void advance(std::chrono::nanoseconds by);
  /// Sets the wall clock, also backwards; the monotonic clock does not move.
  void set(Instant now) { now_ = now; }

 private:
  Instant now_;
  Monotonic monotonic_{};
  std::chrono::nanoseconds carried_{0};  // below a microsecond
};

/// FHIR instant in UTC: `2026-11-22T05:00:00.000Z`, milliseconds always (FHIR R4 2.24.0.1).
[[nodiscard]] std::string to_text(Instant instant);

/// Reads a FHIR instant: date, time with seconds, any fraction (cut to microseconds), and an offset or Z.
/// Empty when the text is not one, or names a day or time that does not exist. A leap second (`:60`) is read
/// as the second after.
[[nodiscard]] std::optional<Instant> parse_instant(std::string_view text);

}  // namespace fhir
