// minValue and maxValue: numbers, dates, times, and quantities after conversion of their UCUM units.
#pragma once

#include <optional>

#include "fhir/tree/tree.hpp"

namespace fhir::validate {

/// Empty when the two cannot be compared: other types, other dimensions, units that are not understood, or a
/// precision that leaves it open.
[[nodiscard]] std::optional<bool> is_below(tree::Node value, tree::Node limit);
[[nodiscard]] std::optional<bool> is_above(tree::Node value, tree::Node limit);

}  // namespace fhir::validate
