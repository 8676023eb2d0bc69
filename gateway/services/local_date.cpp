#include "gateway/services/local_date.hpp"

#include <date/tz.h>
#include <exception>

namespace gateway::services {

fhir::Result<Date> london_date(fhir::Instant instant) {
  try {
    static const date::time_zone* const london = date::locate_zone("Europe/London");
    const auto local = london->to_local(std::chrono::time_point_cast<std::chrono::microseconds>(instant));
    const auto days = std::chrono::floor<std::chrono::days>(local.time_since_epoch());
    return Date(std::chrono::sys_days(std::chrono::days(days.count())));
  } catch (const std::exception&) {
    return fhir::fail(fhir::ErrorCode::kUnavailable, "no time-zone data for Europe/London on this machine");
  }
}

Date add_years(Date date, int years) {
  const Date later = date + std::chrono::years(years);
  return later.ok() ? later : Date(later.year(), std::chrono::February, std::chrono::day(28));
}

std::optional<int> age_in_years(Date birth, Date on) {
  if (birth > on) return std::nullopt;
  const int years = static_cast<int>(on.year()) - static_cast<int>(birth.year());
  // Comparing month and day as a pair puts a birthday of 29 February on 1 March in other years.
  const bool reached =
      std::chrono::month_day(on.month(), on.day()) >= std::chrono::month_day(birth.month(), birth.day());
  return reached ? years : years - 1;
}

}  // namespace gateway::services
