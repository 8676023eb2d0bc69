// Date, DateTime and Time of FHIRPath: partial precision, optional offset, no conversion through instants.
// FHIRPath 2.0, 4.1.4 to 4.1.6 (literals), 6.1 and 6.2 (comparison), 6.6.7 (arithmetic).
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fhir/base/decimal.hpp"
#include "fhir/base/instant.hpp"

namespace fhir::path {

enum class TemporalKind : std::uint8_t { kDate, kDateTime, kTime };

/// Seconds and their fraction are one precision.
enum class Precision : std::uint8_t { kYear = 1, kMonth, kDay, kHour, kMinute, kSecond };

enum class CalendarUnit : std::uint8_t { kYear, kMonth, kWeek, kDay, kHour, kMinute, kSecond, kMillisecond };

/// One value; parts beyond `precision` are zero (month and day: 1). Names a day and time that exist. 24
/// bytes, any thread.
struct Temporal {
  TemporalKind kind = TemporalKind::kDate;
  Precision precision = Precision::kYear;
  std::uint8_t month = 1;
  std::uint8_t day = 1;
  std::uint8_t hour = 0;
  std::uint8_t minute = 0;
  std::uint8_t second = 0;
  std::uint8_t fraction_digits = 0;  ///< As written; 0 to 9.
  std::uint32_t nanosecond = 0;
  std::int16_t year = 0;
  std::int16_t offset_minutes = 0;  ///< East is positive; meaningful with has_offset only.
  bool has_offset = false;

  /// Without `@` and `T` marks: `2015-02`, `2015-02-04T14:34+01:00`, `14:34:28.123`. Empty when it is not one
  /// or does not exist.
  [[nodiscard]] static std::optional<Temporal> parse_date(std::string_view text) noexcept;
  /// Also `2015`, `2015-02T` and `2015-02-04T14`.
  [[nodiscard]] static std::optional<Temporal> parse_date_time(std::string_view text) noexcept;
  [[nodiscard]] static std::optional<Temporal> parse_time(std::string_view text) noexcept;
  /// To the millisecond, as a clock `offset_minutes` east of UTC shows it.
  [[nodiscard]] static Temporal from_instant(TemporalKind kind, Instant instant,
                                             int offset_minutes = 0) noexcept;

  /// As parse_* reads it.
  [[nodiscard]] std::string text() const;
  /// Digits of the written value: 4 for a year, 8 for a date, 17 for milliseconds of a dateTime, 9 of a time.
  [[nodiscard]] int precision_digits() const noexcept;
  [[nodiscard]] Temporal as_date() const noexcept;
  [[nodiscard]] Temporal as_date_time() const noexcept;
};

/// The order of two values of comparable kinds (a date with a dateTime). Empty when precision or a missing
/// offset leaves it open, and for a time with anything else.
[[nodiscard]] std::optional<std::strong_ordering> compare(const Temporal& a, const Temporal& b) noexcept;
/// `=`: empty when open; false for a time with a date.
[[nodiscard]] std::optional<bool> equal(const Temporal& a, const Temporal& b) noexcept;
/// Values that are `=` hash the same.
[[nodiscard]] std::size_t hash(const Temporal& value) noexcept;
/// `~`: differing precision is false.
[[nodiscard]] bool equivalent(const Temporal& a, const Temporal& b) noexcept;

/// `value` moved by `amount` units, cut to the precision of `value`; a fraction counts for seconds only. Days
/// past the end of a month become its last day. Empty when the result leaves the years 0001 to 9999.
[[nodiscard]] std::optional<Temporal> add(const Temporal& value, const Decimal& amount, CalendarUnit unit);

/// The earliest and latest value it could stand for, with `digits` digits (see precision_digits). Empty when
/// that is no precision of its kind. A missing offset becomes +14:00 or -12:00.
[[nodiscard]] std::optional<Temporal> low_boundary(const Temporal& value, int digits);
[[nodiscard]] std::optional<Temporal> high_boundary(const Temporal& value, int digits);

/// `year`, `years`, ..., `millisecond`, `milliseconds`.
[[nodiscard]] std::optional<CalendarUnit> calendar_unit(std::string_view word) noexcept;

}  // namespace fhir::path
