// The timed steps of the red-flag rota: who is told next, and when, until a person confirms.
#pragma once

#include <cstddef>
#include <span>

#include "fhir/base/instant.hpp"
#include "gateway/config/config.hpp"

namespace gateway::config {

/// The step that is due after `step`, and when the one after it will be. Past the last step the last one is
/// told again, as often as it came after the one before it, but at least every kLongestRepeat and at most
/// every kShortestRepeat: an escalation that nobody confirmed never falls silent.
struct NextStep {
  int step = 0;
  const RotaStep* told = nullptr;  ///< Of the span given.
  fhir::Instant next_at{};
};

inline constexpr std::chrono::minutes kShortestRepeat{5};
inline constexpr std::chrono::minutes kLongestRepeat{60};

/// `rota` is not empty and ascending by `after`; `step` was told, `raised` is when the flag was.
[[nodiscard]] NextStep next_step(std::span<const RotaStep> rota, int step, fhir::Instant raised,
                                 fhir::Instant now);

}  // namespace gateway::config
