#include "fhir/path/temporal.hpp"

#include <gtest/gtest.h>
#include <string>

namespace fhir::path {
namespace {

/// A literal without its @: "T10:30" is a time, anything with a T later a dateTime.
Temporal at(std::string_view text) {
  if (text.starts_with("T")) return *Temporal::parse_time(text.substr(1));
  return text.find('T') == std::string_view::npos ? *Temporal::parse_date(text)
                                                  : *Temporal::parse_date_time(text);
}
std::string show(const std::optional<Temporal>& value) {
  return value ? value->text() : "none";
}

TEST(Temporal, WritesWhatItRead) {
  for (const std::string_view text :
       {"2015", "2015-02", "2015-02-04", "2015-02-04T14", "2015-02-04T14:34", "2015-02-04T14:34:28",
        "2015-02-04T14:34:28.1", "2015-02-04T14:34:28.123456789Z", "2015-02-04T14:34:28-05:30"}) {
    const auto value = Temporal::parse_date_time(text);
    ASSERT_TRUE(value.has_value()) << text;
    EXPECT_EQ(value->text(), text);
  }
  EXPECT_EQ(Temporal::parse_time("14:34:28.120")->text(), "14:34:28.120");
  EXPECT_EQ(Temporal::parse_date_time("2015-02-04T10:00+00:00")->text(), "2015-02-04T10:00Z");
}

TEST(Temporal, RefusesWhatDoesNotExist) {
  for (const std::string_view text : {"", "15", "0000", "2015-00", "2015-13", "2015-02-29", "2015-2-4",
                                      "2015-02-04T", "2015-02-04 ", "20150204"}) {
    EXPECT_FALSE(Temporal::parse_date(text).has_value()) << text;
  }
  for (const std::string_view text :
       {"2015-02T10", "2015-02-04T24:00", "2015-02-04T10:60", "2015-02-04T10:00:60", "2015-02-04T10:00:00.",
        "2015-02-04T10:00+15:00", "2015-02-04T10:00+1:00", "2015-02-04T10:00z"}) {
    EXPECT_FALSE(Temporal::parse_date_time(text).has_value()) << text;
  }
  EXPECT_FALSE(Temporal::parse_time("14:34Z").has_value());
  EXPECT_TRUE(Temporal::parse_date("2016-02-29").has_value());
}

struct OrderRow {
  std::string_view a;
  std::string_view b;
  char order;  // '<', '=', '>', '?' open
};

TEST(Temporal, ComparesAsFarAsBothAreKnown) {
  static constexpr OrderRow kRows[] = {
      {"2014-12-12", "2014-12-13", '<'},
      {"2014", "2015-01", '<'},
      {"2015", "2015-01", '?'},
      {"2018-03-01T10:30", "2018-03-01T10:30:00", '?'},
      {"2018-03-01T10:30:00", "2018-03-01T10:30:00.0", '='},
      {"2018-03-01T10:30:00.1", "2018-03-01T10:30:00", '>'},
      {"2017-11-05T01:30:00-04:00", "2017-11-05T01:15:00-05:00", '<'},
      {"2012-04-15T15:00:00+02:00", "2012-04-15T16:00:00+03:00", '='},
      {"2012-04-15T15:00:00Z", "2012-04-15T10:00:00", '?'},
      {"2012-04-15T15:00:00Z", "2012-04-18T10:00:00", '<'},
      {"2012-04-15", "2012-04-16T10:00:00Z", '<'},
      {"2012-12-31T23:30:00-02:00", "2013-01-01T01:30:00Z", '='},
      {"T10:30", "T10:30:00", '?'},
      {"T10:30", "T11", '<'},
      {"T10:30", "2015-01-01T10:30", '?'},
  };
  for (const OrderRow& row : kRows) {
    const auto found = compare(at(row.a), at(row.b));
    const char order = !found ? '?' : *found < 0 ? '<' : *found > 0 ? '>' : '=';
    EXPECT_EQ(order, row.order) << row.a << " " << row.b;
  }
  EXPECT_EQ(equal(at("T10:30"), at("2015")), false);
  EXPECT_FALSE(equivalent(at("2015"), at("2015-01")));
}

struct SumRow {
  std::string_view value;
  std::string_view amount;
  std::string_view unit;
  std::string_view sum;
};

TEST(Temporal, MovesByUnitsOfTheCalendar) {
  static constexpr SumRow kRows[] = {
      {"1973-12-25", "7", "days", "1974-01-01"},
      {"1973-12-25", "7.7", "days", "1974-01-01"},
      {"2020-01-31", "1", "month", "2020-02-29"},
      {"2020-02-29", "1", "year", "2021-02-28"},
      {"2020-03-31", "-1", "month", "2020-02-29"},
      {"2014", "24", "months", "2016"},
      {"2014", "23", "months", "2015"},
      {"2016", "365", "days", "2017"},
      {"2016-01", "30", "days", "2016-02"},
      {"2016-01-01", "25", "hours", "2016-01-02"},
      {"2016-01-01T23", "90", "minutes", "2016-01-02T00"},
      {"2016-12-31T23:59:59.9", "0.2", "seconds", "2017-01-01T00:00:00.1"},
      {"2016-01-01T00:00:00", "1", "millisecond", "2016-01-01T00:00:00.001"},
      {"2016-01-01T00:00:00Z", "-1", "second", "2015-12-31T23:59:59Z"},
      {"T23:30", "1", "hour", "00:30"},
      {"T10", "1", "day", "none"},
      {"9999-12-31", "1", "day", "none"},
      {"0001", "-1", "year", "none"},
      {"2016-01-01", "99999999999999999999", "days", "none"},
      {"2016-01-01T00:00:00", "9223372036854775807", "weeks", "none"},
  };
  for (const SumRow& row : kRows) {
    EXPECT_EQ(show(add(at(row.value), *Decimal::parse(row.amount), *calendar_unit(row.unit))), row.sum)
        << row.value << " + " << row.amount << " " << row.unit;
  }
}

struct BoundaryRow {
  std::string_view value;
  int digits;
  std::string_view low;
  std::string_view high;
};

TEST(Temporal, KnowsTheEarliestAndLatestItStandsFor) {
  static constexpr BoundaryRow kRows[] = {
      {"2014", 6, "2014-01", "2014-12"},
      {"2016-02", 8, "2016-02-01", "2016-02-29"},
      {"2014", 17, "none", "none"},
      {"2014T", 17, "2014-01-01T00:00:00.000+14:00", "2014-12-31T23:59:59.999-12:00"},
      {"2014-01-01T08:05+08:00", 17, "2014-01-01T08:05:00.000+08:00", "2014-01-01T08:05:59.999+08:00"},
      {"2014-01-01T08:05:07.1Z", 17, "2014-01-01T08:05:07.100Z", "2014-01-01T08:05:07.199Z"},
      {"2014-01-01T08:05", 8, "2014-01-01", "2014-01-01"},
      {"T10:30", 9, "10:30:00.000", "10:30:59.999"},
      {"T10:30", 5, "none", "none"},
  };
  for (const BoundaryRow& row : kRows) {
    EXPECT_EQ(show(low_boundary(at(row.value), row.digits)), row.low) << row.value;
    EXPECT_EQ(show(high_boundary(at(row.value), row.digits)), row.high) << row.value;
  }
}

TEST(Temporal, TakesItsPartsFromAnInstant) {
  const Instant instant = *parse_instant("2026-11-22T05:06:07.891234Z");
  EXPECT_EQ(Temporal::from_instant(TemporalKind::kDate, instant).text(), "2026-11-22");
  EXPECT_EQ(Temporal::from_instant(TemporalKind::kDateTime, instant).text(), "2026-11-22T05:06:07.891Z");
  EXPECT_EQ(Temporal::from_instant(TemporalKind::kTime, instant).text(), "05:06:07.891");
}

}  // namespace
}  // namespace fhir::path
