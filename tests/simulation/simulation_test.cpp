// Runs of the whole gateway by seed. A failing seed is printed with the end of its trace; it is run again by
//   LIGAMENT_SIMULATION_SEED=17 tests/simulation/simulation
// and LIGAMENT_SIMULATION_SEEDS says how many seeds are run (300).
#include <cstdlib>
#include <gtest/gtest.h>
#include <string>

#include "tests/simulation/run.hpp"

namespace tests::simulation {
namespace {

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

std::string tail(const std::vector<std::string>& lines, std::size_t count) {
  std::string text;
  for (std::size_t i = lines.size() > count ? lines.size() - count : 0; i < lines.size(); ++i)
    text += "  " + lines[i] + "\n";
  return text;
}

void expect_kept(std::uint64_t seed, const Outcome& outcome) {
  if (outcome.faults.empty()) return;
  ADD_FAILURE() << "LIGAMENT_SIMULATION_SEED=" << seed << "\n"
                << tail(outcome.faults, 20) << "trace:\n"
                << tail(outcome.trace, number_from("LIGAMENT_SIMULATION_TRACE", 60));
}

/// The seeds in four parts, so that they may run side by side.
class Seeds : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(Seeds, KeepEveryPromise) {
  const std::uint64_t parts = 4;
  const std::uint64_t only = number_from("LIGAMENT_SIMULATION_SEED", 0);
  if (only != 0) {
    if (only % parts == GetParam()) expect_kept(only, run(only));
    return;
  }
  const std::uint64_t count = number_from("LIGAMENT_SIMULATION_SEEDS", 300);
  int lives = 0;
  int acknowledged = 0;
  int delivered = 0;
  for (std::uint64_t seed = 1; seed <= count; ++seed) {
    if (seed % parts != GetParam()) continue;
    const Outcome outcome = run(seed);
    expect_kept(seed, outcome);
    lives += outcome.lives;
    acknowledged += outcome.acknowledged;
    delivered += outcome.delivered;
  }
  RecordProperty("lives", lives);
  RecordProperty("acknowledged", acknowledged);
  RecordProperty("delivered", delivered);
  if (count >= 20) {
    EXPECT_GT(lives, static_cast<int>(count / parts));
    EXPECT_GT(acknowledged, static_cast<int>(count / parts));
  }
}
INSTANTIATE_TEST_SUITE_P(Simulation, Seeds, ::testing::Values(0, 1, 2, 3));

TEST(Simulation, SameSeedGivesTheSameTrace) {
  for (const std::uint64_t seed : {3u, 8u, 21u}) {
    const Outcome first = run(seed);
    const Outcome second = run(seed);
    EXPECT_EQ(first.trace, second.trace) << "seed " << seed;
    EXPECT_EQ(first.faults, second.faults);
  }
}

/// True when one of a few runs of a broken gateway is found out.
bool is_found_out(Sabotage sabotage) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    if (!run(seed, sabotage).faults.empty()) return true;
  }
  return false;
}

TEST(Simulation, AcknowledgingWithoutCommitIsFoundOut) {
  EXPECT_TRUE(is_found_out(Sabotage::kForgetfulStore));
}
TEST(Simulation, APartnerThatDropsDeliveriesIsFoundOut) {
  EXPECT_TRUE(is_found_out(Sabotage::kDeafHub));
}

}  // namespace
}  // namespace tests::simulation
