#include "fhir/base/instant.hpp"

#include <gtest/gtest.h>

namespace fhir {
namespace {

TEST(Instant, ReadsAndWrites) {
  struct Row {
    const char* in;
    const char* out;  // nullptr: refused
  };
  const Row rows[] = {
      {"2026-11-22T05:00:00Z", "2026-11-22T05:00:00.000Z"},
      {"2026-11-22T05:00:00.1234567+00:00", "2026-11-22T05:00:00.123Z"},
      {"2026-06-22T05:00:00+01:00", "2026-06-22T04:00:00.000Z"},
      {"2026-01-01T00:30:00.5+01:00", "2025-12-31T23:30:00.500Z"},
      {"2024-02-29T12:00:00-05:30", "2024-02-29T17:30:00.000Z"},
      {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"},
      {"2026-02-29T12:00:00Z", nullptr},
      {"0000-01-01T00:00:00Z", nullptr},
      {"2026-11-22T24:00:00Z", nullptr},
      {"2026-11-22T05:60:00Z", nullptr},
      {"2026-11-22T05:00:00", nullptr},
      {"2026-11-22", nullptr},
      {"2026-11-22T05:00:00.Z", nullptr},
      {"2026-11-22T05:00:00Zx", nullptr},
      {"2026-11-22T05:00:00+15:00", nullptr},
      {"2026/11/22T05:00:00Z", nullptr},
      {"", nullptr},
  };
  for (const Row& row : rows) {
    const auto instant = parse_instant(row.in);
    ASSERT_EQ(instant.has_value(), row.out != nullptr) << row.in;
    if (instant) EXPECT_EQ(to_text(*instant), row.out) << row.in;
  }
}

TEST(ManualClock, MovesOnlyWhenToldAndKeepsFractions) {
  ManualClock clock(*parse_instant("2026-11-22T05:00:00Z"));
  const Instant start = clock.now();
  const Monotonic steady = clock.monotonic();
  clock.advance(std::chrono::nanoseconds(600));
  clock.advance(std::chrono::nanoseconds(600));
  EXPECT_EQ(clock.now() - start, std::chrono::microseconds(1));
  EXPECT_EQ(clock.monotonic() - steady, std::chrono::nanoseconds(1200));
  clock.set(start - std::chrono::hours(1));
  EXPECT_EQ(clock.monotonic() - steady, std::chrono::nanoseconds(1200));
}

}  // namespace
}  // namespace fhir
