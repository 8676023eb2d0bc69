// Answers compared with what a Questionnaire names: options, bounds, the answers of enableWhen.
#pragma once

#include <compare>
#include <optional>

#include "fhir/tree/tree.hpp"

namespace fhir::validate {

/// Are two values of answers the same? Codings by system and code, Quantities by value and unit, numbers by
/// value, all else by text. False for values of different types.
[[nodiscard]] bool same_answer(tree::Node a, tree::Node b);

/// The order of two numbers, dates or times (by their beginning), strings, or Quantities with units that
/// can be compared. Empty when there is none.
[[nodiscard]] std::optional<std::weak_ordering> order_of_answers(tree::Node a, tree::Node b);

}  // namespace fhir::validate
