// lowBoundary() and highBoundary() of dates and times.
#include <chrono>

#include "fhir/path/temporal.hpp"

namespace fhir::path {
namespace {

std::optional<Precision> precision_of(const Temporal& value, int digits) {
  const int whole = value.kind == TemporalKind::kTime ? digits + 8 : digits;
  if (value.kind == TemporalKind::kTime && digits < 2) return std::nullopt;
  if (value.kind == TemporalKind::kDate && digits > 8) return std::nullopt;
  switch (whole) {
    case 4: return Precision::kYear;
    case 6: return Precision::kMonth;
    case 8: return Precision::kDay;
    case 10: return Precision::kHour;
    case 12: return Precision::kMinute;
    case 14:
    case 17: return Precision::kSecond;
    default: return std::nullopt;
  }
}

std::optional<Temporal> boundary(Temporal value, int digits, bool high) {
  const auto wanted = precision_of(value, digits);
  if (!wanted) return std::nullopt;
  const Precision known = value.precision;
  const bool is_time = value.kind == TemporalKind::kTime;
  if (known < Precision::kMonth && !is_time) value.month = high ? 12 : 1;
  if (known < Precision::kDay && !is_time) {
    const std::chrono::year_month_day_last last(std::chrono::year(value.year),
                                                std::chrono::month_day_last(std::chrono::month(value.month)));
    value.day = high ? static_cast<std::uint8_t>(static_cast<unsigned>(last.day())) : std::uint8_t{1};
  }
  if (known < Precision::kHour) value.hour = high ? 23 : 0;
  // An hour without minutes stands for minute 00: FHIR has minutes wherever it has hours, and the R4 suite
  // asks for it.
  if (known < Precision::kHour) value.minute = high ? 59 : 0;
  if (known < Precision::kSecond) value.second = high ? 59 : 0;
  if (value.fraction_digits < 3) {
    std::uint32_t open = 1'000'000'000;
    for (int i = 0; i < value.fraction_digits; ++i)
      open /= 10;
    if (high) value.nanosecond += open - 1'000'000;
  }
  value.precision = *wanted;
  value.fraction_digits = (is_time ? digits == 9 : digits == 17) ? 3 : 0;
  value.nanosecond = value.fraction_digits == 0 ? 0 : value.nanosecond / 1'000'000 * 1'000'000;
  if (value.kind == TemporalKind::kDateTime && value.precision >= Precision::kHour && !value.has_offset) {
    value.has_offset = true;
    value.offset_minutes = high ? -12 * 60 : 14 * 60;
  }
  if (value.precision < Precision::kHour && !is_time) value.has_offset = false;
  return value;
}

}  // namespace

std::optional<Temporal> low_boundary(const Temporal& value, int digits) {
  return boundary(value, digits, false);
}
std::optional<Temporal> high_boundary(const Temporal& value, int digits) {
  return boundary(value, digits, true);
}

}  // namespace fhir::path
