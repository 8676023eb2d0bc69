// Working days: which days people work, and by when a term that is said in working days has run out.
//
//   const Due due = due_after(config::Term::in_working_days(2), week, calendar, received);
//   due.at;    // 2026-12-30T00:00:00Z: the end of the second working day
//   due.rule;  // "2wd england-and-wales 2026.1"
//
// A working day is Monday to Friday without the bank holidays of England and Wales, in Europe/London. The
// holidays are data of the installation (`calendar.yaml` beside the services), because proclamations add and
// move them; the data ends somewhere, and nothing is guessed beyond its end.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/instant.hpp"
#include "fhir/base/issue.hpp"
#include "gateway/config/term.hpp"
#include "gateway/config/yaml.hpp"
#include "gateway/services/local_date.hpp"

namespace gateway::services {

/// Immutable; any thread.
class Calendar {
 public:
  /// `holidays` are in `first` to `last`, ascending. Both ends belong to it.
  Calendar(std::string name, Date first, Date last, std::vector<Date> holidays)
      : name_(std::move(name)), first_(first), last_(last), holidays_(std::move(holidays)) {}
  /// `england-and-wales 2026.1`: what and which edition.
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] Date last() const noexcept { return last_; }
  [[nodiscard]] bool covers(Date date) const noexcept { return first_ <= date && date <= last_; }
  /// Of a date it covers.
  [[nodiscard]] bool is_working_day(Date date) const;

 private:
  std::string name_;
  Date first_;
  Date last_;
  std::vector<Date> holidays_;
};
using CalendarPtr = std::shared_ptr<const Calendar>;

/// When a service works. What comes at or after the cut-off, or on a day on which nobody works, counts as
/// come on the next working day.
struct Week {
  bool every_day = false;                       ///< Seven days, bank holidays too: needs no calendar.
  std::optional<std::chrono::minutes> cut_off;  ///< Local time of day.
  friend bool operator==(const Week&, const Week&) = default;
};
/// Empty for Monday to Friday without a cut-off; else `every-day`, `960`, `every-day 960` (minutes).
[[nodiscard]] std::string to_text(const Week& week);
[[nodiscard]] std::optional<Week> parse_week(std::string_view text);

struct Due {
  fhir::Instant at{};
  /// How it was reckoned, for people; empty for elapsed time. Says so when working days could not be counted.
  std::string rule;
};

/// When `term` that began at `from` has run out. Elapsed time is added as it is. Working days end with the
/// N-th working day after day 0, at the midnight that ends it; day 0 is the day `from` counts as come on. A
/// day beyond the calendar (or without one) is not guessed: each working day is then a day of 24 hours, which
/// is never later than the right deadline. Pure; some microseconds for working days.
[[nodiscard]] Due due_after(const config::Term& term, const Week& week, const Calendar* calendar,
                            fhir::Instant from);

/// Longest term that is reckoned with it may reach beyond the end: less than 90 days are left, or none.
[[nodiscard]] bool ends_soon(const Calendar& calendar, fhir::Instant now);

/// `calendar.yaml`. Mistakes go to `issues`; null when it cannot be made for them.
[[nodiscard]] CalendarPtr read_calendar(const config::YamlFile& file, fhir::IssueList& issues);

/// `working_time:` of a service.
[[nodiscard]] Week read_week(const config::YamlValue& value);

}  // namespace gateway::services
