// A point in time by which an operation must be over. Made once at the edge, passed down every I/O call; a
// callee may only shorten it.
//
//   const Deadline deadline = Deadline::after(clock, config.request_time);
//   co_await partner.send(request, Deadline::earlier_of(deadline, Deadline::after(clock, 10s)));
#pragma once

#include <chrono>

#include "fhir/base/instant.hpp"

namespace gateway::async {

/// A value. `never()` is the largest monotonic instant, so comparisons need no special case.
class Deadline {
 public:
  /// Never.
  constexpr Deadline() = default;

  [[nodiscard]] static constexpr Deadline never() { return Deadline(); }
  [[nodiscard]] static constexpr Deadline at(fhir::Monotonic when) { return Deadline(when); }
  /// `duration` from now; saturates at never. A duration of zero or less has passed already.
  [[nodiscard]] static Deadline after(const fhir::Clock& clock, std::chrono::nanoseconds duration);
  [[nodiscard]] static constexpr Deadline earlier_of(Deadline a, Deadline b) {
    return a.when_ < b.when_ ? a : b;
  }

  [[nodiscard]] constexpr bool is_never() const { return when_ == fhir::Monotonic::max(); }
  [[nodiscard]] constexpr fhir::Monotonic when() const { return when_; }
  /// Not negative; `nanoseconds::max()` when never.
  [[nodiscard]] std::chrono::nanoseconds remaining(const fhir::Clock& clock) const;
  [[nodiscard]] bool passed(const fhir::Clock& clock) const;

  friend constexpr auto operator<=>(const Deadline&, const Deadline&) = default;

 private:
  explicit constexpr Deadline(fhir::Monotonic when) : when_(when) {}
  fhir::Monotonic when_ = fhir::Monotonic::max();
};

}  // namespace gateway::async
