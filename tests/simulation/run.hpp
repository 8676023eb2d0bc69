// One simulated run: a seed in, what happened and what was wrong out.
#pragma once

#include <string>
#include <vector>

#include "tests/simulation/life.hpp"
#include "tests/simulation/records.hpp"

namespace tests::simulation {

struct Outcome {
  std::vector<std::string> faults;  ///< Empty when every promise was kept.
  std::vector<std::string> trace;
  int lives = 0;
  int acknowledged = 0;
  int delivered = 0;
};

/// Deterministic: the same arguments give the same trace.
[[nodiscard]] Outcome run(std::uint64_t seed, Sabotage sabotage = Sabotage::kNone);

}  // namespace tests::simulation
