// Dates and times from and to text.
#include <algorithm>
#include <chrono>

#include "fhir/path/temporal.hpp"

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

}  // namespace fhir::path
