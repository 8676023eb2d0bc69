// Text in the FHIR Mapping Language to a MapAst. FHIR R5 7.8.3 (grammar) and the mapping-language guide's
// mapping.g4; the forms of R4 (2.x: `map "url" = "name"`, clauses without parentheses) are read too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <tl/expected.hpp>

#include "mappings/engine/map_ast.hpp"

namespace mappings::engine {

/// The whole text, or what is wrong with it and at which byte. Bounded by `max_nesting` rules within rules.
/// Cost: linear, but for texts in double quotes within unparenthesised clauses.
[[nodiscard]] tl::expected<MapAst, Word> parse_map(std::string_view text, std::uint32_t max_nesting = 64);

}  // namespace mappings::engine
