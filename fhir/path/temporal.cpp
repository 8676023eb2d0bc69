#include "fhir/path/temporal.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace fhir::path {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Reads fixed-width digits and marks from the front of a text.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}
  [[nodiscard]] bool done() const { return text_.empty(); }
  bool mark(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  std::optional<int> number(std::size_t width) {
    if (text_.size() < width ||
        !std::all_of(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(width), is_digit)) {
      return std::nullopt;
    }
    int value = 0;
    for (std::size_t i = 0; i < width; ++i)
      value = value * 10 + (text_[i] - '0');
    text_.remove_prefix(width);
    return value;
  }
  /// Up to nine digits as nanoseconds; more are cut. Empty without a digit.
  std::optional<std::uint32_t> fraction(std::uint8_t& digits) {
    std::uint32_t value = 0;
    digits = 0;
    std::size_t taken = 0;
    while (taken < text_.size() && is_digit(text_[taken])) {
      if (digits < 9) {
        value = value * 10 + static_cast<std::uint32_t>(text_[taken] - '0');
        ++digits;
      }
      ++taken;
    }
    if (taken == 0) return std::nullopt;
    text_.remove_prefix(taken);
    for (int i = digits; i < 9; ++i)
      value *= 10;
    return value;
  }

 private:
  std::string_view text_;
};

bool read_days(Cursor& cursor, Temporal& out) {
  const auto year = cursor.number(4);
  if (!year || *year == 0) return false;
  out.year = static_cast<std::int16_t>(*year);
  out.precision = Precision::kYear;
  if (!cursor.mark('-')) return true;
  const auto month = cursor.number(2);
  if (!month || *month < 1 || *month > 12) return false;
  out.month = static_cast<std::uint8_t>(*month);
  out.precision = Precision::kMonth;
  if (!cursor.mark('-')) return true;
  const auto day = cursor.number(2);
  if (!day) return false;
  out.day = static_cast<std::uint8_t>(*day);
  out.precision = Precision::kDay;
  return std::chrono::year_month_day(std::chrono::year(*year),
                                     std::chrono::month(static_cast<unsigned>(*month)),
                                     std::chrono::day(static_cast<unsigned>(*day)))
      .ok();
}

bool read_hours(Cursor& cursor, Temporal& out) {
  const auto hour = cursor.number(2);
  if (!hour || *hour > 23) return false;
  out.hour = static_cast<std::uint8_t>(*hour);
  out.precision = Precision::kHour;
  if (!cursor.mark(':')) return true;
  const auto minute = cursor.number(2);
  if (!minute || *minute > 59) return false;
  out.minute = static_cast<std::uint8_t>(*minute);
  out.precision = Precision::kMinute;
  if (!cursor.mark(':')) return true;
  const auto second = cursor.number(2);
  if (!second || *second > 59) return false;
  out.second = static_cast<std::uint8_t>(*second);
  out.precision = Precision::kSecond;
  if (!cursor.mark('.')) return true;
  const auto nanosecond = cursor.fraction(out.fraction_digits);
  out.nanosecond = nanosecond.value_or(0);
  return nanosecond.has_value();
}

bool read_offset(Cursor& cursor, Temporal& out) {
  if (cursor.done()) return true;
  out.has_offset = true;
  if (cursor.mark('Z')) return true;
  const bool west = cursor.mark('-');
  if (!west && !cursor.mark('+')) return false;
  const auto hours = cursor.number(2);
  if (!hours || *hours > 14 || !cursor.mark(':')) return false;
  const auto minutes = cursor.number(2);
  if (!minutes || *minutes > 59) return false;
  out.offset_minutes = static_cast<std::int16_t>((west ? -1 : 1) * (*hours * 60 + *minutes));
  return true;
}

void append_number(std::string& out, int value, std::size_t width) {
  const std::string digits = std::to_string(value);
  out.append(width > digits.size() ? width - digits.size() : 0, '0').append(digits);
}

void append_days(std::string& out, const Temporal& value) {
  append_number(out, value.year, 4);
  if (value.precision < Precision::kMonth) return;
  append_number(out.append("-"), value.month, 2);
  if (value.precision < Precision::kDay) return;
  append_number(out.append("-"), value.day, 2);
}

void append_hours(std::string& out, const Temporal& value) {
  append_number(out, value.hour, 2);
  if (value.precision < Precision::kMinute) return;
  append_number(out.append(":"), value.minute, 2);
  if (value.precision < Precision::kSecond) return;
  append_number(out.append(":"), value.second, 2);
  if (value.fraction_digits == 0) return;
  std::string digits;
  append_number(digits, static_cast<int>(value.nanosecond), 9);
  out.append(".").append(digits, 0, value.fraction_digits);
}

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

std::optional<Temporal> Temporal::parse_date(std::string_view text) noexcept {
  Temporal out;
  Cursor cursor(text);
  return read_days(cursor, out) && cursor.done() ? std::optional(out) : std::nullopt;
}

std::optional<Temporal> Temporal::parse_date_time(std::string_view text) noexcept {
  Temporal out;
  out.kind = TemporalKind::kDateTime;
  Cursor cursor(text);
  if (!read_days(cursor, out)) return std::nullopt;
  if (cursor.done()) return out;
  if (!cursor.mark('T')) return std::nullopt;
  if (cursor.done()) return out;
  if (out.precision != Precision::kDay || !read_hours(cursor, out) || !read_offset(cursor, out))
    return std::nullopt;
  return cursor.done() ? std::optional(out) : std::nullopt;
}

std::optional<Temporal> Temporal::parse_time(std::string_view text) noexcept {
  Temporal out;
  out.kind = TemporalKind::kTime;
  Cursor cursor(text);
  return read_hours(cursor, out) && cursor.done() ? std::optional(out) : std::nullopt;
}

Temporal Temporal::from_instant(TemporalKind kind, Instant instant) noexcept {
  Temporal out;
  out.kind = kind == TemporalKind::kTime ? TemporalKind::kDateTime : kind;
  const auto millis = std::chrono::floor<std::chrono::milliseconds>(instant.time_since_epoch()).count();
  const std::int64_t seconds = millis >= 0 ? millis / 1000 : (millis - 999) / 1000;
  if (!set_seconds(out, seconds)) return out;
  out.nanosecond = static_cast<std::uint32_t>(millis - seconds * 1000) * 1'000'000u;
  out.precision = Precision::kSecond;
  out.fraction_digits = 3;
  out.has_offset = kind == TemporalKind::kDateTime;
  if (kind == TemporalKind::kDate) return out.as_date();
  if (kind == TemporalKind::kTime) {
    out.kind = kind;
    out.year = 0;
    out.month = 1;
    out.day = 1;
  }
  return out;
}

std::string Temporal::text() const {
  std::string out;
  if (kind == TemporalKind::kTime) {
    append_hours(out, *this);
    return out;
  }
  append_days(out, *this);
  if (precision < Precision::kHour) return out;
  append_hours(out.append("T"), *this);
  if (!has_offset) return out;
  if (offset_minutes == 0) return out.append("Z");
  const int minutes = offset_minutes < 0 ? -offset_minutes : offset_minutes;
  append_number(out.append(offset_minutes < 0 ? "-" : "+"), minutes / 60, 2);
  append_number(out.append(":"), minutes % 60, 2);
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

std::optional<CalendarUnit> calendar_unit(std::string_view word) noexcept {
  for (const UnitWord& row : kUnitWords) {
    if (word == row.singular) return row.unit;
    if (word.size() == row.singular.size() + 1 && word.ends_with('s') && word.starts_with(row.singular))
      return row.unit;
  }
  return std::nullopt;
}

}  // namespace fhir::path
