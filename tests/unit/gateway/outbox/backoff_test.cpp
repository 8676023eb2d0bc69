#include "gateway/outbox/backoff.hpp"

#include <gtest/gtest.h>

namespace gateway::outbox {
namespace {

TEST(Backoff, GrowsToTheLimitWithItsLastQuarterRandom) {
  fhir::SeededRandom random(5);
  config::RetryPolicy policy;
  policy.first = std::chrono::milliseconds(1000);
  policy.factor = 2;
  policy.max = std::chrono::milliseconds(60'000);
  const std::int64_t whole[] = {1000, 1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000};
  for (int attempts = 0; attempts < 9; ++attempts) {
    for (int i = 0; i < 200; ++i) {
      const auto delay = backoff(policy, attempts, random).count();
      EXPECT_LE(delay, whole[attempts]) << attempts;
      EXPECT_GE(delay, whole[attempts] * 3 / 4) << attempts;
    }
  }
  EXPECT_LE(backoff(policy, 100'000, random), policy.max);
}

}  // namespace
}  // namespace gateway::outbox
