// SearchParameters into one row for each base type they apply to.
#pragma once

#include <cstddef>

#include "fhir/definitions/generator/package.hpp"
#include "fhir/definitions/generator/tables.hpp"

namespace fhir::definitions::generator {

/// Adds them sorted by base and code. Returns how many parameters there were.
[[nodiscard]] std::size_t compile_search_parameters(const Json& bundle, Tables& out);

}  // namespace fhir::definitions::generator
