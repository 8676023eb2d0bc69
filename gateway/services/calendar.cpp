#include "gateway/services/calendar.hpp"

#include <algorithm>
#include <charconv>

namespace gateway::services {

namespace {

constexpr std::string_view kEveryDay = "every-day";

Date next_day(Date date) {
  return std::chrono::sys_days(date) + std::chrono::days(1);
}

/// A day of a week on which its people work; empty when the calendar does not know.
std::optional<bool> works(const Week& week, const Calendar* calendar, Date date) {
  if (week.every_day) return true;
  if (calendar == nullptr || !calendar->covers(date)) return std::nullopt;
  return calendar->is_working_day(date);
}

/// The first working day at or after `date`; empty beyond the calendar.
std::optional<Date> working_day_from(const Week& week, const Calendar* calendar, Date date) {
  while (true) {
    const std::optional<bool> working = works(week, calendar, date);
    if (!working) return std::nullopt;
    if (*working) return date;
    date = next_day(date);
  }
}

/// The midnight that ends the last of `days` working days; empty beyond the calendar.
std::optional<fhir::Instant> end_of_working_days(int days, const Week& week, const Calendar* calendar,
                                                 fhir::Instant from) {
  const auto local = london_time(from);
  if (!local.has_value()) return std::nullopt;
  const bool late = week.cut_off && local->since_midnight >= *week.cut_off;
  std::optional<Date> day = working_day_from(week, calendar, late ? next_day(local->date) : local->date);
  for (int counted = 0; day && counted < days; ++counted)
    day = working_day_from(week, calendar, next_day(*day));
  if (!day) return std::nullopt;
  const auto end = london_midnight(next_day(*day));
  if (!end.has_value()) return std::nullopt;
  return *end;
}

std::optional<int> minutes_of(std::string_view text, int most) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0 || value > most)
    return std::nullopt;
  return value;
}

}  // namespace

bool Calendar::is_working_day(Date date) const {
  const std::chrono::weekday day{std::chrono::sys_days(date)};
  return day != std::chrono::Saturday && day != std::chrono::Sunday &&
         !std::ranges::binary_search(holidays_, date);
}

std::string to_text(const Week& week) {
  std::string text(week.every_day ? kEveryDay : "");
  if (week.cut_off) text.append(text.empty() ? "" : " ").append(std::to_string(week.cut_off->count()));
  return text;
}

std::optional<Week> parse_week(std::string_view text) {
  Week week;
  if (text.starts_with(kEveryDay)) {
    week.every_day = true;
    text.remove_prefix(kEveryDay.size());
    if (text.starts_with(' ')) text.remove_prefix(1);
  }
  if (text.empty()) return week;
  const auto minutes = minutes_of(text, 24 * 60 - 1);
  if (!minutes) return std::nullopt;
  week.cut_off = std::chrono::minutes(*minutes);
  return week;
}

Due due_after(const config::Term& term, const Week& week, const Calendar* calendar, fhir::Instant from) {
  if (term.working_days == 0) return {from + term.elapsed, {}};
  std::string rule = config::to_text(term);
  if (const auto end = end_of_working_days(term.working_days, week, calendar, from)) {
    rule.append(" ").append(week.every_day ? kEveryDay : std::string_view(calendar->name()));
    return {*end, std::move(rule)};
  }
  rule.append(" as days of 24 hours: ");
  if (calendar == nullptr) {
    rule.append("no calendar");
  } else {
    rule.append("not all in ").append(calendar->name());
  }
  return {from + std::chrono::days(term.working_days), std::move(rule)};
}

bool ends_soon(const Calendar& calendar, fhir::Instant now) {
  constexpr std::chrono::days kEnough{90};
  return std::chrono::sys_days(calendar.last()) < now + kEnough;
}

CalendarPtr read_calendar(const config::YamlFile& file, fhir::IssueList& issues) {
  config::YamlMap root = config::root_map(file, issues);
  config::YamlMap map = root.require("calendar").map();
  std::string name = map.text("name");
  name.append(" ").append(map.text("version"));
  static_cast<void>(map.text("source"));
  const config::YamlValue from = map.require("from");
  const config::YamlValue to = map.require("to");
  const std::optional<Date> first = from.date();
  const std::optional<Date> last = to.date();
  if (first && last && *last < *first) to.complain("ends before it starts");
  std::vector<Date> holidays;
  for (const config::YamlValue& value : map.require("bank_holidays").list()) {
    const std::optional<Date> date = value.date();
    if (!date || !first || !last) continue;
    if (*date < *first || *last < *date) value.complain("is outside the calendar");
    if (!holidays.empty() && *date <= holidays.back()) value.complain("is not after the one before it");
    holidays.push_back(*date);
  }
  if (!first || !last || issues.has_error()) return nullptr;
  return std::make_shared<const Calendar>(std::move(name), *first, *last, std::move(holidays));
}

Week read_week(const config::YamlValue& value) {
  config::YamlMap map = value.map();
  Week week;
  if (const config::YamlValue days = map.find("days"))
    week.every_day = days.one_of({"monday-to-friday", "every-day"}) == 1;
  const config::YamlValue cut_off = map.find("cut_off");
  if (!cut_off) return week;
  const std::string text = cut_off.text();
  const bool shaped = text.size() == 5 && text[2] == ':';
  const auto hours = shaped ? minutes_of(std::string_view(text).substr(0, 2), 23) : std::nullopt;
  const auto minutes = shaped ? minutes_of(std::string_view(text).substr(3), 59) : std::nullopt;
  if (!hours || !minutes) {
    cut_off.complain("must be a time of day such as 16:00");
  } else {
    week.cut_off = std::chrono::minutes(*hours * 60 + *minutes);
  }
  return week;
}

}  // namespace gateway::services
