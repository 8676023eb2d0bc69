#include "gateway/config/rota.hpp"

#include <gtest/gtest.h>
#include <vector>

namespace gateway::config {
namespace {

using namespace std::chrono_literals;

const fhir::Instant kRaised = *fhir::parse_instant("2026-11-22T09:00:00Z");

TEST(Rota, GoesStepByStepAndThenRepeatsTheLast) {
  const std::vector<RotaStep> rota{
      {"duty clinician", "rota", 0min}, {"lead", "lead", 15min}, {"director", "director", 45min}};
  const NextStep second = next_step(rota, 0, kRaised, kRaised + 15min);
  EXPECT_EQ(second.told->partner, "lead");
  EXPECT_EQ(second.next_at, kRaised + 45min);
  const NextStep third = next_step(rota, second.step, kRaised, kRaised + 45min);
  EXPECT_EQ(third.told->partner, "director");
  EXPECT_EQ(third.next_at, kRaised + 75min);
  const NextStep again = next_step(rota, third.step, kRaised, kRaised + 75min);
  EXPECT_EQ(again.told->partner, "director");
  EXPECT_EQ(again.next_at, kRaised + 105min);
}

TEST(Rota, OneStepAloneIsToldAgainAndAgain) {
  const std::vector<RotaStep> rota{{"duty clinician", "rota", 0min}};
  const NextStep again = next_step(rota, 0, kRaised, kRaised + 5min);
  EXPECT_EQ(again.told->partner, "rota");
  EXPECT_EQ(again.next_at, kRaised + 10min);
  EXPECT_EQ(next_step(rota, 7, kRaised, kRaised + 5min).step, 8);
}

TEST(Rota, AStepTakenLateLeavesTheNextItsMinute) {
  const std::vector<RotaStep> rota{{"a", "a", 0min}, {"b", "b", 10min}, {"c", "c", 20min}};
  EXPECT_EQ(next_step(rota, 0, kRaised, kRaised + 60min).next_at, kRaised + 61min);
}

}  // namespace
}  // namespace gateway::config
