// A UCUM unit expression reduced to base units: enough of UCUM to compare and convert clinical quantities
// exactly. Metric prefixes, products, quotients, exponents, annotations, and the atoms of the table in
// unit.cpp.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fhir/path/decimal.hpp"

namespace fhir::path {

/// Base units: metre, second, gram, radian, kelvin, coulomb, candela, mole, international unit.
inline constexpr std::size_t kBaseUnits = 9;

/// value in base units = (value + shift) * numerator / denominator.
struct UnitForm {
  Decimal numerator = Decimal::from_integer(1);
  Decimal denominator = Decimal::from_integer(1);
  Decimal shift;  ///< Not zero for degrees Celsius and Fahrenheit only.
  std::array<std::int8_t, kBaseUnits> powers{};

  /// `m2`, `g.m-1`, `1`.
  [[nodiscard]] std::string base_text() const;
};

/// Empty for a unit that is not understood. Cost: linear in the text, at most 256 bytes.
[[nodiscard]] std::optional<UnitForm> parse_unit(std::string_view ucum);

}  // namespace fhir::path
