// Reads a FHIR JSON document (FHIR R4 2.6.2) into the element tree.
//
//   tree::ReadOutcome outcome = json::read(bytes, definitions::r4());
//   if (outcome.issues.has_error()) return refuse(outcome.issues);
//   use(outcome.tree->root());
//
// The reader knows the rules of the format: where `resourceType` stands, how `_name` adds to a primitive,
// where arrays and nulls belong, which JSON type a primitive takes. Cardinalities and the syntax of values
// are the validator's.
#pragma once

#include <string_view>

#include "fhir/base/limits.hpp"
#include "fhir/tree/read_outcome.hpp"
#include "fhir/tree/type_table.hpp"

namespace fhir::json {

/// Reads one resource. `bytes` is not kept; `table` outlives the tree. Pure; any thread.
///
/// Fatal (no tree): not JSON, data after the end, not UTF-8, byte order mark, unpaired surrogates, NUL, a
/// limit, a duplicate member, no known resourceType at the root. Error (the tree keeps what was read): array
/// or single value in the wrong place, wrong JSON type, empty array, object or string, stray null, a resource
/// without a known type inside another. Members the type does not have become nodes of the unknown row,
/// without an issue: the validator reports them.
///
/// Every node's source span covers its JSON value, with quotes or braces, without the member name; an element
/// that stands in both `x` and `_x` has the span of `x`. Numbers keep their digits. Cost: linear in the
/// bytes; one copy of them, which becomes the text of the tree.
[[nodiscard]] tree::ReadOutcome read(std::string_view bytes, const tree::TypeTable& table,
                                     const ReadLimits& limits = {});

}  // namespace fhir::json
