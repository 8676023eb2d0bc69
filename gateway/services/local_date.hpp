// The calendar date an instant has in England. By the system's time-zone data, never by a fixed offset.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fhir/base/instant.hpp"
#include "fhir/base/result.hpp"
#include "gateway/config/yaml.hpp"

namespace gateway::services {

using config::Date;

/// The same day of a later year; 28 February where that has no 29th.
[[nodiscard]] Date add_years(Date date, int years);

/// The date in Europe/London at `instant`. kUnavailable when the machine has no time-zone data. Any thread.
[[nodiscard]] fhir::Result<Date> london_date(fhir::Instant instant);

/// The date and the time of day.
struct LocalTime {
  Date date{};
  std::chrono::minutes since_midnight{0};  ///< By the clock on the wall: 60 is one o'clock on every day.
};
/// As london_date().
[[nodiscard]] fhir::Result<LocalTime> london_time(fhir::Instant instant);

/// The instant at which `date` begins in Europe/London. As london_date().
[[nodiscard]] fhir::Result<fhir::Instant> london_midnight(Date date);

/// Age in whole years on `on`. A birthday is reached at the start of its day; one of 29 February is reached
/// on 1 March in years without one (Family Law Reform Act 1969 s.9 counts the start of the day; 1 March is
/// the usual reading in England). Empty when the birth is after `on`.
[[nodiscard]] std::optional<int> age_in_years(Date birth, Date on);

/// From `from` up to and including `to`; an empty end is open.
struct DateRange {
  std::optional<Date> from;
  std::optional<Date> to;
  [[nodiscard]] bool contains(Date date) const noexcept {
    return (!from || *from <= date) && (!to || date <= *to);
  }
  [[nodiscard]] bool overlaps(const DateRange& other) const noexcept {
    return (!from || !other.to || *from <= *other.to) && (!other.from || !to || *other.from <= *to);
  }
};

}  // namespace gateway::services
