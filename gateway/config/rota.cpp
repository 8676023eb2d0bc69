#include "gateway/config/rota.hpp"

#include <algorithm>

namespace gateway::config {

NextStep next_step(std::span<const RotaStep> rota, int step, fhir::Instant raised, fhir::Instant now) {
  const std::size_t last = rota.size() - 1;
  const std::size_t told = std::min(static_cast<std::size_t>(std::max(0, step + 1)), last);
  NextStep next;
  next.step = step + 1;
  next.told = &rota[told];
  if (told < last) {
    // A step that is already due when the one before it is told late still gets a minute of its own.
    next.next_at = std::max(raised + rota[told + 1].after, now + std::chrono::minutes(1));
    return next;
  }
  const std::chrono::minutes gap = last == 0 ? rota[0].after : rota[last].after - rota[last - 1].after;
  next.next_at = now + std::clamp(gap, kShortestRepeat, kLongestRepeat);
  return next;
}

}  // namespace gateway::config
