#include "mappings/engine/local_time.hpp"

#include <gtest/gtest.h>
#include <string>

namespace mappings::engine {
namespace {

struct Row {
  const char* v2;
  const char* date_time;  ///< Empty: refused.
};

TEST(LocalTime, KeepsPrecisionAndOffsetAndAddsTheZoneOnlyWhereNoneWasSent) {
  static constexpr Row kRows[] = {
      {"2024", "2024"},
      {"202402", "2024-02"},
      {"20240229", "2024-02-29"},
      {"20230229", ""},
      {"19510000", "1951"},
      {"19510500", "1951-05"},
      {"202401151030", "2024-01-15T10:30:00+00:00"},
      {"202407151030", "2024-07-15T10:30:00+01:00"},
      {"20240715103045", "2024-07-15T10:30:45+01:00"},
      {"20240715103045.1234", "2024-07-15T10:30:45.1234+01:00"},
      {"2024071510", "2024-07-15T10:00:00+01:00"},
      {"202407151030-0500", "2024-07-15T10:30:00-05:00"},
      {"202407151030+0000", "2024-07-15T10:30:00+00:00"},
      {"20240715+0100", "2024-07-15"},
      // Clocks went forward at 01:00 on 31 March 2024, back at 02:00 on 27 October.
      {"202403310059", "2024-03-31T00:59:00+00:00"},
      {"202403310130", "2024-03-31T01:30:00+00:00"},
      {"202403310200", "2024-03-31T02:00:00+01:00"},
      {"202410270130", "2024-10-27T01:30:00+01:00"},
      {"202410270200", "2024-10-27T02:00:00+00:00"},
      {"196806151200", "1968-06-15T12:00:00+01:00"},
      {"196912151200", "1969-12-15T12:00:00+01:00"},
      {"2024071524", ""},
      {"202407151060", ""},
      {"202413", ""},
      {"24", ""},
      {"", ""},
      // Not the standard's forms, and in use.
      {"2024-07-15", "2024-07-15"},
      {"2025-05-05 23:23:32", "2025-05-05T23:23:32+01:00"},
      {"19760121+", "1976-01-21"},
      {"2024-7-15", ""},
      {"202407151030+9900", ""},
      {"20240715103045.", ""},
  };
  LocalTime zone("Europe/London");
  for (const Row& row : kRows) {
    std::string out;
    const bool done = v2_to_date_time(row.v2, zone, out);
    EXPECT_EQ(done, *row.date_time != '\0') << row.v2;
    EXPECT_EQ(out, row.date_time) << row.v2;
  }
  LocalTime nowhere("Nowhere/Here");
  std::string out;
  EXPECT_FALSE(v2_to_date_time("202407151030", nowhere, out));
  EXPECT_TRUE(v2_to_date_time("20240715", nowhere, out));
}

TEST(LocalTime, DatesInstantsAndTimes) {
  LocalTime zone("Europe/London");
  std::string out;
  EXPECT_TRUE(v2_to_date("202407151030", out));
  EXPECT_EQ(out, "2024-07-15");
  EXPECT_FALSE(v2_to_instant("20240715", zone, out));
  out.clear();
  EXPECT_TRUE(v2_to_time("0930", out));
  EXPECT_EQ(out, "09:30:00");
  for (const char* bad : {"9", "2500", "09:30", "a"})
    EXPECT_FALSE(v2_to_time(bad, out)) << bad;
}

TEST(LocalTime, GoesBackToV2) {
  static constexpr const char* kRows[][2] = {{"2024", "2024"},
                                             {"2024-07-15", "20240715"},
                                             {"2024-07-15T10:30:45.120+01:00", "20240715103045.120+0100"},
                                             {"2024-07-15T10:30:45-05:00", "20240715103045-0500"},
                                             {"2024-07-15T10:30:45Z", "20240715103045+0000"}};
  for (const auto& row : kRows) {
    std::string out;
    EXPECT_TRUE(date_time_to_v2(row[0], out));
    EXPECT_EQ(out, row[1]);
  }
  std::string out;
  EXPECT_FALSE(date_time_to_v2("today", out));
}

}  // namespace
}  // namespace mappings::engine
