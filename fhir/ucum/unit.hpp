// Units of measure by UCUM 2.2, case sensitive codes: are they right, what do they measure, how do they
// convert.
//
//   if (!ucum::is_unit("mm[Hg]")) ...
//   const auto from = ucum::reduce("mg/dL"), to = ucum::reduce("g/L");
//   const auto value = ucum::convert(amount, *from, *to);
//
// Pure; any thread. Exact: numbers are fractions of decimals with a power of ten, and only the last division
// rounds. One deviation: the mole is a base unit, as in the SI; UCUM makes it a number, and no clinical
// quantity wants a count compared with an amount of substance.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fhir/base/decimal.hpp"

namespace fhir::ucum {

/// Metre, second, gram, radian, kelvin, coulomb, candela, mole.
inline constexpr std::size_t kBaseUnits = 8;
/// Arbitrary and non-linear units ([iU], [CFU], [pH], B): each measures a thing of its own.
inline constexpr std::size_t kOwnUnits = 2;

/// What a unit measures: powers of base units, and of at most two units of their own.
struct Dimension {
  struct Own {
    std::uint16_t atom = 0;  ///< Index into the atoms; meaningless while `power` is 0.
    std::int8_t power = 0;
    friend bool operator==(const Own&, const Own&) = default;
  };
  std::array<std::int8_t, kBaseUnits> powers{};
  std::array<Own, kOwnUnits> own{};  ///< Those in use first, by atom.
  friend bool operator==(const Dimension&, const Dimension&) = default;
};

/// value in base units = (value + shift) * numerator / denominator * 10^exponent.
struct Unit {
  Decimal numerator = Decimal::from_integer(1);
  Decimal denominator = Decimal::from_integer(1);
  int exponent = 0;
  Decimal shift;  ///< Not zero for degrees Celsius, Fahrenheit and Reaumur alone.
  Dimension dimension;

  /// The canonical unit: `m2`, `m-1.g`, `1`. The number is not in it.
  [[nodiscard]] std::string base_text() const;
};

/// The text is a unit by the grammar of UCUM 3 and all its atoms exist. Cost: linear; at most 256 bytes are
/// taken.
[[nodiscard]] bool is_unit(std::string_view code);

/// Empty for what is no unit, and for what has no linear form: a degree Celsius in a product, more than two
/// units of their own, numbers out of range.
[[nodiscard]] std::optional<Unit> reduce(std::string_view code);

[[nodiscard]] inline bool comparable(const Unit& a, const Unit& b) {
  return a.dimension == b.dimension;
}

/// Both values on one scale, with nothing divided. Empty when they measure different things, or the numbers
/// have no place in a Decimal.
struct Aligned {
  Decimal left;
  Decimal right;
};
[[nodiscard]] std::optional<Aligned> align(const Decimal& a, const Unit& unit_a, const Decimal& b,
                                           const Unit& unit_b);
[[nodiscard]] std::optional<std::weak_ordering> compare(const Decimal& a, const Unit& unit_a,
                                                        const Decimal& b, const Unit& unit_b);
/// `value` of unit `from` in unit `to`.
[[nodiscard]] std::optional<Decimal> convert(const Decimal& value, const Unit& from, const Unit& to);
/// The product, or with `divide` the quotient, of two values in the base units of both: the number, and its
/// canonical unit. Empty for shifted units and a zero divisor.
struct Product {
  Decimal value;
  std::string unit;
};
[[nodiscard]] std::optional<Product> multiply(const Decimal& a, const Unit& unit_a, const Decimal& b,
                                              const Unit& unit_b, bool divide);

/// unit *= other ^ power. False when a number, a power or the units of their own have no place; then `unit`
/// is of no use. Shifts are not looked at.
[[nodiscard]] bool multiply_in(Unit& unit, const Unit& other, int power);

}  // namespace fhir::ucum
