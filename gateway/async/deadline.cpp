#include "gateway/async/deadline.hpp"

#include <algorithm>

namespace gateway::async {

Deadline Deadline::after(const fhir::Clock& clock, std::chrono::nanoseconds duration) {
  const fhir::Monotonic now = clock.monotonic();
  if (duration >= fhir::Monotonic::max() - now) return never();
  return Deadline(now + duration);
}

std::chrono::nanoseconds Deadline::remaining(const fhir::Clock& clock) const {
  if (is_never()) return std::chrono::nanoseconds::max();
  return std::max(when_ - clock.monotonic(), std::chrono::nanoseconds::zero());
}

bool Deadline::passed(const fhir::Clock& clock) const {
  return when_ <= clock.monotonic();
}

}  // namespace gateway::async
