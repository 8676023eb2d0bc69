// What can be known to fail before an expression runs: strict mode.
#pragma once

#include <optional>
#include <string_view>

#include "fhir/path/ast.hpp"
#include "fhir/path/failure.hpp"
#include "fhir/tree/type_table.hpp"

namespace fhir::path {

/// The first semantic failure: a name none of the possible types has, a criterion that is no boolean, an
/// order-dependent function on the unordered result of children() or descendants(). `input_type` empty:
/// unknown, nothing follows from it.
[[nodiscard]] std::optional<Failure> check_types(const Ast& ast, const tree::TypeTable& table,
                                                 std::string_view input_type);

}  // namespace fhir::path
