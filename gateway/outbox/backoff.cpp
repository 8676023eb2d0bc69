#include "gateway/outbox/backoff.hpp"

#include <algorithm>
#include <cmath>

namespace gateway::outbox {

std::chrono::milliseconds backoff(const config::RetryPolicy& policy, int attempts, fhir::Random& random) {
  const double longest = static_cast<double>(policy.max.count());
  const double grown =
      static_cast<double>(policy.first.count()) * std::pow(policy.factor, std::max(0, attempts - 1));
  const auto whole = static_cast<std::uint64_t>(std::clamp(grown, 1.0, std::max(1.0, longest)));
  const std::uint64_t spread = whole / 4 + 1;
  const std::uint64_t waited = whole - spread + 1 + random.below(spread);
  return std::chrono::milliseconds(static_cast<std::int64_t>(std::max<std::uint64_t>(1, waited)));
}

}  // namespace gateway::outbox
