#include "gateway/services/calendar.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <set>

#include "gateway/config/yaml.hpp"

namespace gateway::services {
namespace {

using config::Term;
using std::chrono::days;
using std::chrono::sys_days;

CalendarPtr read(const std::string& text, fhir::IssueList& issues) {
  const auto yaml = config::parse_yaml(text, "calendar.yaml", issues);
  return yaml ? read_calendar(*yaml, issues) : nullptr;
}

CalendarPtr england() {
  const auto text =
      config::read_text_file(std::string(LIGAMENT_SOURCE_DIR) + "/samples/services/calendar.yaml", 1u << 20);
  EXPECT_TRUE(text.has_value());
  fhir::IssueList issues;
  CalendarPtr calendar = read(*text, issues);
  EXPECT_FALSE(issues.has_error());
  return calendar;
}

fhir::Instant at(const char* text) {
  return *fhir::parse_instant(text);
}

struct Row {
  const char* why;
  std::uint16_t working_days;
  const char* from;
  const char* ends;
};

TEST(WorkingDays, EndWithTheLastOfThem) {
  const Row rows[] = {
      {"Tuesday to Thursday night", 2, "2026-11-24T10:00:00Z", "2026-11-27T00:00:00Z"},
      {"over a weekend", 2, "2026-11-27T10:00:00Z", "2026-12-02T00:00:00Z"},
      {"come on a Saturday is come on Monday", 1, "2026-11-28T10:00:00Z", "2026-12-02T00:00:00Z"},
      {"Saturday and Sunday are alike", 1, "2026-11-29T23:59:59Z", "2026-12-02T00:00:00Z"},
      {"Christmas 2026: Friday, the weekend, and Monday for Boxing Day", 1, "2026-12-24T10:00:00Z",
       "2026-12-30T00:00:00Z"},
      {"Christmas 2027: both days are given back", 2, "2027-12-24T10:00:00Z", "2027-12-31T00:00:00Z"},
      {"across the year's end", 2, "2026-12-31T10:00:00Z", "2027-01-06T00:00:00Z"},
      {"New Year of 2028 is given back on Monday", 1, "2027-12-31T10:00:00Z", "2028-01-05T00:00:00Z"},
      {"Easter", 1, "2026-04-02T10:00:00Z", "2026-04-07T23:00:00Z"},
      {"the jubilee of 2022", 1, "2022-06-01T10:00:00Z", "2022-06-06T23:00:00Z"},
      {"the funeral of 2022", 1, "2022-09-16T10:00:00Z", "2022-09-20T23:00:00Z"},
      {"the holiday that was moved in 2020", 1, "2020-05-07T10:00:00Z", "2020-05-11T23:00:00Z"},
      {"and not on the day it was moved from", 1, "2020-05-01T10:00:00Z", "2020-05-04T23:00:00Z"},
      {"into summer time: the night is an hour shorter", 1, "2026-03-27T10:00:00Z", "2026-03-30T23:00:00Z"},
      {"out of summer time", 1, "2026-10-23T10:00:00Z", "2026-10-27T00:00:00Z"},
      {"local midnight decides, not that of UTC", 1, "2026-06-15T23:30:00Z", "2026-06-17T23:00:00Z"},
      {"a minute before", 1, "2026-06-15T22:59:00Z", "2026-06-16T23:00:00Z"},
      {"29 February", 1, "2028-02-28T10:00:00Z", "2028-03-01T00:00:00Z"},
  };
  const CalendarPtr calendar = england();
  for (const Row& row : rows) {
    SCOPED_TRACE(row.why);
    const Due due = due_after(Term::in_working_days(row.working_days), {}, calendar.get(), at(row.from));
    EXPECT_EQ(fhir::to_text(due.at), fhir::to_text(at(row.ends)));
    EXPECT_EQ(due.rule, std::to_string(row.working_days) + "wd england-and-wales 2026.1");
  }
}

TEST(WorkingDays, BeginOnTheNextOneAfterTheCutOff) {
  const Week week{false, std::chrono::hours(16)};
  const CalendarPtr calendar = england();
  const Row rows[] = {
      {"before it", 1, "2026-11-24T15:59:59Z", "2026-11-26T00:00:00Z"},
      {"at it", 1, "2026-11-24T16:00:00Z", "2026-11-27T00:00:00Z"},
      {"on Friday evening", 1, "2026-11-27T17:00:00Z", "2026-12-02T00:00:00Z"},
      {"by the clock on the wall in summer", 1, "2026-06-16T14:59:00Z", "2026-06-17T23:00:00Z"},
      {"which is an hour before that of UTC", 1, "2026-06-16T15:00:00Z", "2026-06-18T23:00:00Z"},
  };
  for (const Row& row : rows) {
    const Due due = due_after(Term::in_working_days(1), week, calendar.get(), at(row.from));
    EXPECT_EQ(fhir::to_text(due.at), fhir::to_text(at(row.ends))) << row.why;
  }
}

TEST(WorkingDays, OfAServiceOfSevenDaysNeedNoCalendar) {
  const Week week{true, {}};
  const Due due = due_after(Term::in_working_days(2), week, nullptr, at("2026-12-24T10:00:00Z"));
  EXPECT_EQ(due.at, at("2026-12-27T00:00:00Z"));
  EXPECT_EQ(due.rule, "2wd every-day");
  const Due later = due_after(Term::in_working_days(1), week, nullptr, at("2031-06-14T22:59:00Z"));
  EXPECT_EQ(later.at, at("2031-06-15T23:00:00Z"));
}

TEST(WorkingDays, AreNotGuessedBeyondTheCalendar) {
  const CalendarPtr calendar = england();
  const Due last = due_after(Term::in_working_days(1), {}, calendar.get(), at("2028-12-28T10:00:00Z"));
  EXPECT_EQ(last.at, at("2028-12-30T00:00:00Z")) << "its last working day is still counted";
  for (const char* from : {"2028-12-29T10:00:00Z", "2030-01-01T10:00:00Z", "2013-05-01T10:00:00Z"}) {
    const Due due = due_after(Term::in_working_days(3), {}, calendar.get(), at(from));
    EXPECT_EQ(due.at, at(from) + days(3)) << "never later than the right one";
    EXPECT_EQ(due.rule, "3wd as days of 24 hours: not all in england-and-wales 2026.1");
  }
  const Due without = due_after(Term::in_working_days(3), {}, nullptr, at("2026-11-24T10:00:00Z"));
  EXPECT_EQ(without.at, at("2026-11-27T10:00:00Z"));
  EXPECT_EQ(without.rule, "3wd as days of 24 hours: no calendar");
  EXPECT_FALSE(ends_soon(*calendar, at("2028-10-01T00:00:00Z")));
  EXPECT_TRUE(ends_soon(*calendar, at("2028-10-03T00:00:00Z")));
  EXPECT_TRUE(ends_soon(*calendar, at("2031-01-01T00:00:00Z")));
}

TEST(WorkingDays, ElapsedTimeIsJustAdded) {
  const CalendarPtr calendar = england();
  const Due due = due_after(std::chrono::hours(48), {}, calendar.get(), at("2026-03-28T10:00:00Z"));
  EXPECT_EQ(due.at, at("2026-03-30T10:00:00Z")) << "48 hours, whatever the clocks on the walls do";
  EXPECT_EQ(due.rule, "");
}

/// Later is never earlier, and the fallback is never later than the calendar: for every hour of some years.
TEST(WorkingDays, NeverRunBackwards) {
  const CalendarPtr calendar = england();
  const Week weeks[] = {{}, {false, std::chrono::hours(16)}, {true, {}}, {true, std::chrono::hours(8)}};
  for (const Week& week : weeks) {
    for (const std::uint16_t term : {std::uint16_t{1}, std::uint16_t{3}, std::uint16_t{10}}) {
      fhir::Instant before{};
      for (fhir::Instant from = at("2026-03-01T00:00:00Z"); from < at("2027-05-01T00:00:00Z");
           from += std::chrono::hours(5)) {
        const Due due = due_after(Term::in_working_days(term), week, calendar.get(), from);
        ASSERT_GE(due.at, before) << fhir::to_text(from);
        ASSERT_GE(due.at, from + days(term)) << fhir::to_text(from);
        before = due.at;
      }
    }
  }
}

/// A second way to the same days: Easter and the fixed rules, for years without a proclamation.
sys_days easter_sunday(int year) {
  const int a = year % 19, b = year / 100, c = year % 100;
  const int h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
  const int l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
  const int m = (a + 11 * h + 22 * l) / 451;
  const int month = (h + l - 7 * m + 114) / 31, day = (h + l - 7 * m + 114) % 31 + 1;
  return sys_days(std::chrono::year(year) / month / day);
}

std::set<sys_days> by_rule(int number) {
  using namespace std::chrono;
  const year y(number);
  std::set<sys_days> all = {sys_days(y / May / Monday[1]), sys_days(y / May / Monday[last]),
                            sys_days(y / August / Monday[last]), easter_sunday(number) - days(2),
                            easter_sunday(number) + days(1)};
  for (sys_days day : {sys_days(y / January / 1), sys_days(y / December / 25), sys_days(y / December / 26)}) {
    const auto free = [&](sys_days at) { return weekday(at) == Saturday || weekday(at) == Sunday; };
    while (free(day) || all.contains(day))
      day += days(1);
    all.insert(day);
  }
  return all;
}

TEST(BankHolidays, AreThoseOfTheRuleButForProclamations) {
  const CalendarPtr calendar = england();
  const std::set<std::string> proclaimed = {"2020-05-04", "2020-05-08", "2022-05-30", "2022-06-02",
                                            "2022-06-03", "2022-09-19", "2023-05-08"};
  std::set<std::string> different;
  for (int year = 2014; year <= 2028; ++year) {
    const std::set<sys_days> rule = by_rule(year);
    for (sys_days day = std::chrono::year(year) / 1 / 1; day < sys_days(std::chrono::year(year + 1) / 1 / 1);
         day += days(1)) {
      const std::chrono::weekday weekday(day);
      const bool weekend = weekday == std::chrono::Saturday || weekday == std::chrono::Sunday;
      if (calendar->is_working_day(Date(day)) == (weekend || rule.contains(day)))
        different.insert(config::to_text(Date(day)));
    }
  }
  EXPECT_EQ(different, proclaimed);
}

TEST(CalendarFile, IsRefusedWithItsMistakes) {
  const std::string head = "calendar: {name: test, version: '1', source: us, from: 2026-01-01, ";
  const std::string wrong[] = {
      head + "to: 2025-01-01, bank_holidays: []}",
      head + "to: 2026-12-31, bank_holidays: [2027-01-01]}",
      head + "to: 2026-12-31, bank_holidays: [2026-05-04, 2026-04-06]}",
      head + "to: 2026-12-31, bank_holidays: [2026-05-04, 2026-05-04]}",
      head + "to: 2026-12-31, bank_holidays: [2026-02-30]}",
      head + "to: 2026-12-31, bank_holidays: [], more: 1}",
      head + "bank_holidays: []}",
  };
  for (const std::string& text : wrong) {
    fhir::IssueList issues;
    static_cast<void>(read(text, issues));
    EXPECT_TRUE(issues.has_error()) << text;
  }
}

TEST(WeekText, ReadsBack) {
  for (const Week& week : {Week{}, Week{true, {}}, Week{false, std::chrono::minutes(990)},
                           Week{true, std::chrono::minutes(0)}}) {
    EXPECT_EQ(parse_week(to_text(week)), week) << to_text(week);
  }
  for (const char* wrong : {"never", "1440", "every-day x", "-1"})
    EXPECT_FALSE(parse_week(wrong)) << wrong;
}

TEST(TermText, ReadsBack) {
  for (const char* text : {"2wd", "366wd", "5d", "36h", "90m", "1s", "250ms"}) {
    const auto term = config::parse_term(text);
    ASSERT_TRUE(term) << text;
    EXPECT_EQ(config::to_text(*term), text);
  }
  for (const char* wrong : {"0wd", "367wd", "-1wd", "wd", "2 wd", "2w", "1.5wd"})
    EXPECT_FALSE(config::parse_term(wrong)) << wrong;
}

}  // namespace
}  // namespace gateway::services
