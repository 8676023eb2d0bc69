#include "fhir/path/temporal.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace fhir::path {
namespace {

std::chrono::sys_days days_of(const Temporal& value) {
  return std::chrono::sys_days(std::chrono::year(value.year) / value.month / value.day);
}

/// Seconds since 1970 of the written clock time; of a time, since midnight.
std::int64_t seconds_of(const Temporal& value) {
  const std::int64_t day =
      value.kind == TemporalKind::kTime ? 0 : std::chrono::seconds(days_of(value).time_since_epoch()).count();
  return day + value.hour * 3600 + value.minute * 60 + value.second;
}

/// Writes the day and time of `seconds` since 1970. False outside the years 0001 to 9999.
bool set_seconds(Temporal& value, std::int64_t seconds) {
  constexpr std::int64_t kDay = 86'400;
  std::int64_t day = seconds / kDay;
  std::int64_t rest = seconds % kDay;
  if (rest < 0) {
    rest += kDay;
    --day;
  }
  value.hour = static_cast<std::uint8_t>(rest / 3600);
  value.minute = static_cast<std::uint8_t>(rest / 60 % 60);
  value.second = static_cast<std::uint8_t>(rest % 60);
  if (value.kind == TemporalKind::kTime) return true;
  if (day < -719'162 || day > 2'932'896) return false;
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(day))};
  value.year = static_cast<std::int16_t>(static_cast<int>(date.year()));
  value.month = static_cast<std::uint8_t>(static_cast<unsigned>(date.month()));
  value.day = static_cast<std::uint8_t>(static_cast<unsigned>(date.day()));
  return true;
}

Temporal to_utc(Temporal value) {
  if (!value.has_offset || value.offset_minutes == 0) return value;
  Temporal moved = value;
  if (!set_seconds(moved, seconds_of(value) - std::int64_t{value.offset_minutes} * 60)) return value;
  moved.offset_minutes = 0;
  return moved;
}

/// Parts from the largest on, down to `to`; the first difference decides.
std::strong_ordering compare_parts(const Temporal& a, const Temporal& b, Precision to) {
  const auto parts = [](const Temporal& t) {
    return std::array<std::uint32_t, 7>{
        static_cast<std::uint32_t>(t.year), t.month, t.day, t.hour, t.minute, t.second, t.nanosecond};
  };
  const auto left = parts(a);
  const auto right = parts(b);
  const std::size_t count = to == Precision::kSecond ? 7 : static_cast<std::size_t>(to);
  for (std::size_t i = 0; i < count; ++i) {
    if (left[i] != right[i]) return left[i] <=> right[i];
  }
  return std::strong_ordering::equal;
}

bool comparable_kinds(const Temporal& a, const Temporal& b) {
  return (a.kind == TemporalKind::kTime) == (b.kind == TemporalKind::kTime);
}

/// Months per unit, or 0.
int months_in(CalendarUnit unit) {
  return unit == CalendarUnit::kYear ? 12 : unit == CalendarUnit::kMonth ? 1 : 0;
}

/// Milliseconds per unit of exact length.
std::int64_t milliseconds_in(CalendarUnit unit) {
  switch (unit) {
    case CalendarUnit::kWeek: return 7 * 86'400'000LL;
    case CalendarUnit::kDay: return 86'400'000LL;
    case CalendarUnit::kHour: return 3'600'000LL;
    case CalendarUnit::kMinute: return 60'000LL;
    case CalendarUnit::kSecond: return 1'000LL;
    default: return 1;
  }
}

std::optional<Temporal> add_months(Temporal value, std::int64_t months) {
  const std::int64_t total = std::int64_t{value.year} * 12 + value.month - 1 + months;
  const std::int64_t year = total >= 0 ? total / 12 : -1;
  if (year < 1 || year > 9999) return std::nullopt;
  value.year = static_cast<std::int16_t>(year);
  value.month = static_cast<std::uint8_t>(total % 12 + 1);
  const std::chrono::year_month_day_last last(std::chrono::year(value.year),
                                              std::chrono::month_day_last(std::chrono::month(value.month)));
  value.day = std::min(value.day, static_cast<std::uint8_t>(static_cast<unsigned>(last.day())));
  return value;
}

/// A duration of exact length, in nanoseconds.
std::optional<Temporal> add_exact(Temporal value, std::int64_t nanoseconds) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  std::int64_t seconds = nanoseconds / kSecond;
  std::int64_t rest = nanoseconds % kSecond + value.nanosecond;
  if (rest < 0) {
    rest += kSecond;
    --seconds;
  } else if (rest >= kSecond) {
    rest -= kSecond;
    ++seconds;
  }
  if (!set_seconds(value, seconds_of(value) + seconds)) return std::nullopt;
  value.nanosecond = static_cast<std::uint32_t>(rest);
  while (value.fraction_digits < 9) {  // Show the digits the sum has.
    std::uint32_t below = 1;
    for (int i = value.fraction_digits; i < 9; ++i)
      below *= 10;
    if (value.nanosecond % below == 0) break;
    value.fraction_digits = static_cast<std::uint8_t>(std::min(9, value.fraction_digits + 3));
  }
  return value;
}

struct UnitWord {
  std::string_view singular;
  CalendarUnit unit;
};
constexpr UnitWord kUnitWords[] = {
    {"year", CalendarUnit::kYear},     {"month", CalendarUnit::kMonth},
    {"week", CalendarUnit::kWeek},     {"day", CalendarUnit::kDay},
    {"hour", CalendarUnit::kHour},     {"minute", CalendarUnit::kMinute},
    {"second", CalendarUnit::kSecond}, {"millisecond", CalendarUnit::kMillisecond},
};

}  // namespace

Temporal Temporal::from_instant(TemporalKind kind, Instant instant, int offset) noexcept {
  Temporal out;
  out.kind = kind == TemporalKind::kTime ? TemporalKind::kDateTime : kind;
  const auto millis =
      std::chrono::floor<std::chrono::milliseconds>(instant.time_since_epoch() + std::chrono::minutes(offset))
          .count();
  const std::int64_t seconds = millis >= 0 ? millis / 1000 : (millis - 999) / 1000;
  if (!set_seconds(out, seconds)) return out;
  out.nanosecond = static_cast<std::uint32_t>(millis - seconds * 1000) * 1'000'000u;
  out.precision = Precision::kSecond;
  out.fraction_digits = 3;
  out.has_offset = kind == TemporalKind::kDateTime;
  out.offset_minutes = static_cast<std::int16_t>(out.has_offset ? offset : 0);
  if (kind == TemporalKind::kDate) return out.as_date();
  if (kind == TemporalKind::kTime) {
    out.kind = kind;
    out.year = 0;
    out.month = 1;
    out.day = 1;
  }
  return out;
}

int Temporal::precision_digits() const noexcept {
  static constexpr std::array<int, 7> kDigits = {0, 4, 6, 8, 10, 12, 14};
  const int digits = kDigits[static_cast<std::size_t>(precision)] +
                     (precision == Precision::kSecond && fraction_digits > 0 ? 3 : 0);
  return kind == TemporalKind::kTime ? digits - 8 : digits;
}

Temporal Temporal::as_date() const noexcept {
  Temporal out;
  out.precision = std::min(precision, Precision::kDay);
  out.year = year;
  out.month = month;
  out.day = day;
  return out;
}

Temporal Temporal::as_date_time() const noexcept {
  Temporal out = *this;
  out.kind = TemporalKind::kDateTime;
  return out;
}

std::optional<std::strong_ordering> compare(const Temporal& a, const Temporal& b) noexcept {
  if (!comparable_kinds(a, b)) return std::nullopt;
  const bool both_timed = a.precision >= Precision::kHour && b.precision >= Precision::kHour;
  if (both_timed && a.has_offset != b.has_offset) {
    // The missing offset leaves up to 26 hours open.
    constexpr std::int64_t kOpen = 26 * 3600;
    const std::int64_t difference = seconds_of(a) - seconds_of(b);
    if (difference > kOpen) return std::strong_ordering::greater;
    if (difference < -kOpen) return std::strong_ordering::less;
    return std::nullopt;
  }
  const bool shift = both_timed && a.has_offset && a.offset_minutes != b.offset_minutes;
  const std::strong_ordering order =
      compare_parts(shift ? to_utc(a) : a, shift ? to_utc(b) : b, std::min(a.precision, b.precision));
  if (order != std::strong_ordering::equal || a.precision == b.precision) return order;
  return std::nullopt;
}

std::optional<bool> equal(const Temporal& a, const Temporal& b) noexcept {
  if (!comparable_kinds(a, b)) return false;
  const auto order = compare(a, b);
  return order ? std::optional(*order == std::strong_ordering::equal) : std::nullopt;
}

std::size_t hash(const Temporal& value) noexcept {
  // Equal values have one precision, and either both an offset or neither.
  const auto seconds = static_cast<std::uint64_t>(seconds_of(to_utc(value)));
  const std::uint64_t shape = static_cast<std::uint64_t>(value.precision) * 2 + (value.has_offset ? 1u : 0u);
  return static_cast<std::size_t>((seconds * 31 + value.nanosecond) * 31 + shape);
}

bool equivalent(const Temporal& a, const Temporal& b) noexcept {
  return a.precision == b.precision && equal(a, b).value_or(false);
}

std::optional<Temporal> add(const Temporal& value, const Decimal& amount, CalendarUnit unit) {
  const bool is_time = value.kind == TemporalKind::kTime;
  if (is_time && unit <= CalendarUnit::kDay) return std::nullopt;
  const auto whole = amount.to_integer();
  constexpr std::int64_t kMost =
      400'000'000'000;  // Milliseconds past this leave the years there are, and fit as nanoseconds below.
  if (!whole || *whole > kMost * 1000 || *whole < -kMost * 1000) return std::nullopt;
  if (const int months = months_in(unit); months != 0) {
    if (value.precision != Precision::kYear) return add_months(value, *whole * months);
    return add_months(value, *whole * months / 12 * 12);
  }
  if (value.precision < Precision::kDay && !is_time) {
    // 365 days are a year, 30 days a month: FHIRPath 2.0, 6.6.7.
    const std::int64_t days = *whole /
                              (86'400'000 / std::min<std::int64_t>(86'400'000, milliseconds_in(unit))) *
                              std::max<std::int64_t>(1, milliseconds_in(unit) / 86'400'000);
    return add_months(value, value.precision == Precision::kYear ? days / 365 * 12 : days / 30);
  }
  // Whole units of the precision of the value are added, the rest is ignored.
  const std::int64_t unit_ms = milliseconds_in(unit);
  std::int64_t step_ms = unit_ms;
  if (value.precision == Precision::kDay) step_ms = 86'400'000;
  if (value.precision == Precision::kHour) step_ms = 3'600'000;
  if (value.precision == Precision::kMinute) step_ms = 60'000;
  const bool seconds = unit >= CalendarUnit::kSecond && value.precision == Precision::kSecond;
  std::int64_t total_seconds = 0;
  std::int64_t nanoseconds = 0;
  if (seconds) {
    const auto scaled = Decimal::multiply(amount, Decimal::from_integer(unit_ms * 1'000'000));
    const auto exact = scaled ? scaled->to_integer() : std::nullopt;
    if (!exact) return std::nullopt;
    nanoseconds = *exact;
  } else {
    const std::int64_t steps = unit_ms >= step_ms ? *whole : *whole / (step_ms / unit_ms);
    total_seconds = steps * (std::max(unit_ms, step_ms) / 1000);
  }
  Temporal moved = value;
  if (total_seconds > kMost || total_seconds < -kMost) return std::nullopt;
  if (!set_seconds(moved, seconds_of(value) + total_seconds)) return std::nullopt;
  return nanoseconds == 0 ? std::optional(moved) : add_exact(moved, nanoseconds);
}

std::optional<CalendarUnit> calendar_unit(std::string_view word) noexcept {
  for (const UnitWord& row : kUnitWords) {
    if (word == row.singular) return row.unit;
    if (word.size() == row.singular.size() + 1 && word.ends_with('s') && word.starts_with(row.singular))
      return row.unit;
  }
  return std::nullopt;
}

}  // namespace fhir::path
