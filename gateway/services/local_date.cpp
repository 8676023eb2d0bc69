#include "gateway/services/local_date.hpp"

#include <date/tz.h>
#include <exception>

namespace gateway::services {

namespace {

/// Throws without time-zone data.
const date::time_zone& london() {
  static const date::time_zone* const zone = date::locate_zone("Europe/London");
  return *zone;
}

tl::unexpected<fhir::Error> no_zone() {
  return fhir::fail(fhir::ErrorCode::kUnavailable, "no time-zone data for Europe/London on this machine");
}

}  // namespace

fhir::Result<Date> london_date(fhir::Instant instant) {
  LIGAMENT_TRY(const LocalTime local, london_time(instant));
  return local.date;
}

fhir::Result<LocalTime> london_time(fhir::Instant instant) {
  try {
    const auto local = london().to_local(std::chrono::time_point_cast<std::chrono::microseconds>(instant));
    const auto days = std::chrono::floor<std::chrono::days>(local.time_since_epoch());
    const auto time = std::chrono::floor<std::chrono::minutes>(local.time_since_epoch() - days);
    return LocalTime{Date(std::chrono::sys_days(std::chrono::days(days.count()))), time};
  } catch (const std::exception&) {
    return no_zone();
  }
}

fhir::Result<fhir::Instant> london_midnight(Date date) {
  try {
    const auto days = std::chrono::sys_days(date).time_since_epoch();
    const date::local_time<std::chrono::microseconds> midnight{days};
    // The clocks change at one o'clock: a midnight is there once.
    return fhir::Instant(london().to_sys(midnight, date::choose::earliest).time_since_epoch());
  } catch (const std::exception&) {
    return no_zone();
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
