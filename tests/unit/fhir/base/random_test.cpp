#include "fhir/base/random.hpp"

#include <array>
#include <gtest/gtest.h>
#include <map>

namespace fhir {
namespace {

TEST(SeededRandom, SameSeedSameBytes) {
  SeededRandom a(7), b(7), c(8);
  std::array<std::uint8_t, 13> x{}, y{}, z{};
  a.fill(x);
  b.fill(y);
  c.fill(z);
  EXPECT_EQ(x, y);
  EXPECT_NE(x, z);
}

TEST(Random, BelowStaysBelowAndReachesAll) {
  SeededRandom random(1);
  std::map<std::uint64_t, int> seen;
  for (int i = 0; i < 1000; ++i)
    ++seen[random.below(5)];
  EXPECT_EQ(seen.size(), 5u);
  EXPECT_LT(seen.rbegin()->first, 5u);
}

}  // namespace
}  // namespace fhir
