#include "gateway/services/local_date.hpp"

#include <gtest/gtest.h>

namespace gateway::services {
namespace {

struct ZoneRow {
  const char* instant;
  const char* date;
};

TEST(LondonDate, FollowsSummerTime) {
  const ZoneRow rows[] = {
      {"2026-01-15T23:59:59Z", "2026-01-15"},      {"2026-01-16T00:00:00Z", "2026-01-16"},
      {"2026-06-15T22:59:59Z", "2026-06-15"},      {"2026-06-15T23:00:00Z", "2026-06-16"},
      {"2026-03-29T00:30:00Z", "2026-03-29"},      {"2026-03-28T23:30:00Z", "2026-03-28"},
      {"2026-10-24T23:00:00Z", "2026-10-25"},      {"2026-10-25T23:30:00Z", "2026-10-25"},
      {"2024-02-29T12:00:00+14:00", "2024-02-28"}, {"2026-12-31T23:59:59Z", "2026-12-31"},
  };
  for (const ZoneRow& row : rows) {
    const auto date = london_date(*fhir::parse_instant(row.instant));
    ASSERT_TRUE(date.has_value()) << row.instant;
    EXPECT_EQ(config::to_text(*date), row.date) << row.instant;
  }
}

struct AgeRow {
  const char* birth;
  const char* on;
  int age;  ///< -1: not yet born.
};

TEST(Age, IsWholeYearsOnTheDay) {
  const AgeRow rows[] = {
      {"2010-11-22", "2026-11-21", 15}, {"2010-11-22", "2026-11-22", 16}, {"2010-11-22", "2026-11-23", 16},
      {"2008-02-29", "2024-02-28", 15}, {"2008-02-29", "2024-02-29", 16}, {"2008-02-29", "2025-02-28", 16},
      {"2010-03-01", "2026-02-28", 15}, {"2012-02-29", "2028-02-28", 15}, {"2012-02-29", "2028-02-29", 16},
      {"2011-02-28", "2027-02-28", 16}, {"2008-02-29", "2026-02-28", 17}, {"2008-02-29", "2026-03-01", 18},
      {"2026-11-22", "2026-11-22", 0},  {"2026-11-23", "2026-11-22", -1}, {"1926-01-01", "2026-01-01", 100},
  };
  for (const AgeRow& row : rows) {
    const auto age = age_in_years(*config::parse_date(row.birth), *config::parse_date(row.on));
    EXPECT_EQ(age.value_or(-1), row.age) << row.birth << " on " << row.on;
  }
}

TEST(DateRange, IncludesItsLastDay) {
  const DateRange range{config::parse_date("2026-01-01"), config::parse_date("2026-01-31")};
  EXPECT_TRUE(range.contains(*config::parse_date("2026-01-31")));
  EXPECT_FALSE(range.contains(*config::parse_date("2026-02-01")));
  EXPECT_TRUE(range.overlaps({config::parse_date("2026-01-31"), std::nullopt}));
  EXPECT_FALSE(range.overlaps({config::parse_date("2026-02-01"), std::nullopt}));
  EXPECT_TRUE(range.overlaps({}));
}

}  // namespace
}  // namespace gateway::services
