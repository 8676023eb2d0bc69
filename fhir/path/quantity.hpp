// FHIRPath Quantity: a decimal with a UCUM unit or a calendar duration. FHIRPath 2.0, 4.1.7 and 6.6.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "fhir/base/decimal.hpp"
#include "fhir/path/temporal.hpp"

namespace fhir::path {

struct Quantity {
  Decimal value;
  std::string unit = "1";  ///< UCUM code, `mg`; or a calendar word as written, `days`.
  bool calendar = false;   ///< The unit is a calendar word.

  /// `1 'mg'`, `4 days`, `1.5`. Empty when it is none of them.
  [[nodiscard]] static std::optional<Quantity> parse(std::string_view text);
  [[nodiscard]] std::string text() const;
  /// The unit as a step of the calendar: words, and UCUM units of exact length (d, wk, h, min, s, ms). Not
  /// `a` and `mo`.
  [[nodiscard]] std::optional<CalendarUnit> step() const noexcept;
};

/// True when both units are known and measure the same thing. Years and months of the calendar are no UCUM
/// `a` and `mo`.
[[nodiscard]] bool comparable(const Quantity& a, const Quantity& b);
/// Empty when not comparable.
[[nodiscard]] std::optional<std::weak_ordering> compare(const Quantity& a, const Quantity& b);
/// `=`: empty between calendar and UCUM years or months; false when the units measure different things.
[[nodiscard]] std::optional<bool> equal(const Quantity& a, const Quantity& b);
/// `~`: compared at the precision of the less precise operand; calendar and UCUM years and months are
/// equivalent.
[[nodiscard]] bool equivalent(const Quantity& a, const Quantity& b);

/// In the unit of `a`. Empty when not comparable.
[[nodiscard]] std::optional<Quantity> add(const Quantity& a, const Quantity& b);
[[nodiscard]] std::optional<Quantity> subtract(const Quantity& a, const Quantity& b);
/// In base units, `m2`; in the unit of the other when one has unit `1`. Empty for a zero divisor or an
/// unknown unit.
[[nodiscard]] std::optional<Quantity> multiply(const Quantity& a, const Quantity& b);
[[nodiscard]] std::optional<Quantity> divide(const Quantity& a, const Quantity& b);

}  // namespace fhir::path
