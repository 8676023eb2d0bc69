// minValue and maxValue: numbers, dates, times, and quantities after conversion of their UCUM units.
#pragma once

#include <optional>

#include "fhir/base/instant.hpp"
#include "fhir/tree/tree.hpp"

namespace fhir::validate {

/// Empty when the two cannot be compared: other types, other dimensions, units that are not understood, or a
/// precision that leaves it open.
[[nodiscard]] std::optional<bool> is_below(tree::Node value, tree::Node limit);
[[nodiscard]] std::optional<bool> is_above(tree::Node value, tree::Node limit);

/// A date before `now` less a duration, or after `now` and a duration (ElementDefinition.minValueQuantity on
/// a date). `duration` is a Quantity in UCUM a, mo, wk, d, h, min or s.
[[nodiscard]] std::optional<bool> is_before(tree::Node date, Instant now, tree::Node duration);
[[nodiscard]] std::optional<bool> is_after(tree::Node date, Instant now, tree::Node duration);

}  // namespace fhir::validate
