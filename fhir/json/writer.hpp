// Writes elements of the tree as FHIR JSON (FHIR R4 2.6.2), in canonical order.
//
// resourceType first, then the elements in definition order whatever order the tree has, then unknown
// elements in source order. Repeating elements are arrays; the id and extensions of primitives follow in
// `_name`, null-aligned; choices take their serial names. Escapes only what JSON requires. Equal content
// gives equal bytes.
#pragma once

#include <string>

#include "fhir/tree/layout.hpp"
#include "fhir/tree/tree.hpp"

namespace fhir::json {

/// The JSON of `node`: a resource (also one inside a Bundle or contained) as an object with resourceType,
/// another complex element as an object, a primitive as its value (null when it has none). An empty node
/// gives the empty string. Pure; any thread. Cost: linear; no allocation but the growth of the output and of
/// one work stack.
[[nodiscard]] std::string write(tree::Node node, tree::Layout layout = tree::Layout::kCompact);

/// The same, appended to `out`.
void append(std::string& out, tree::Node node, tree::Layout layout = tree::Layout::kCompact);

}  // namespace fhir::json
