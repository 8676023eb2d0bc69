// The filters of ValueSet.compose (FHIR R4 4.9.5 and the value set filter-operator).
#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "fhir/terminology/code_system.hpp"
#include "fhir/terminology/syntax.hpp"
#include "fhir/tree/tree.hpp"

namespace fhir::terminology {

/// One flag for each concept of `system`: does it pass `filter` (ValueSet.compose.include.filter)? Empty for
/// an operator, a property or a regular expression that is not understood: nobody can say then. Operators: =,
/// is-a, descendent-of, is-not-a, generalizes, regex, in, not-in, exists; of R5 child-of and descendent-leaf.
/// Properties: concept and code (the concept itself), display, definition, parent, child, and those of the
/// system. Cost: linear in the concepts.
[[nodiscard]] std::optional<std::vector<bool>> select(const CodeSystem& system, tree::Node filter);

/// The same for a system known by its syntax: `code` by regex, `canonical` of UCUM. Empty when not
/// understood.
[[nodiscard]] std::function<bool(std::string_view)> code_test(Syntax syntax, tree::Node filter);

/// Can `text` be the value of a filter by regular expression?
[[nodiscard]] bool is_regular_expression(std::string_view text);

}  // namespace fhir::terminology
