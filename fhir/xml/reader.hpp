// Reads a FHIR XML document (FHIR R4 2.6.1) into the same element tree as JSON.
//
// There are no document type declarations here, so no entities but the five of XML, nothing external and
// nothing fetched: the one place in the code base that makes an XML parser is parser.hpp, and it
// refuses them.
#pragma once

#include <string_view>

#include "fhir/base/limits.hpp"
#include "fhir/tree/read_outcome.hpp"
#include "fhir/tree/type_table.hpp"

namespace fhir::xml {

inline constexpr std::string_view kFhirNamespace = "http://hl7.org/fhir";
inline constexpr std::string_view kXhtmlNamespace = "http://www.w3.org/1999/xhtml";

/// Reads one resource. `bytes` is not kept; `table` outlives the tree. Pure; any thread.
///
/// Encoding: UTF-8 (a byte order mark is allowed) or its subset US-ASCII; others are refused. Fatal (no
/// tree): not well-formed, a DOCTYPE, another encoding, a limit, a root that is no known resource of the FHIR
/// namespace. Error (the tree keeps what was read): text where only elements belong, unknown attributes,
/// elements of other namespaces, repeats of one element apart from each other, an empty value. Unknown
/// elements of the FHIR namespace become nodes of the unknown row, without an issue; order is the
/// validator's. Comments and processing instructions are dropped; `xsi:schemaLocation` is passed over.
///
/// `div` becomes one node whose text is the element as it stood in the document, xhtml namespace declaration
/// included (added when it was inherited). A node's source span covers its element from `<` to `>`; an
/// attribute has the span of its element. Cost: linear in the bytes.
[[nodiscard]] tree::ReadOutcome read(std::string_view bytes, const tree::TypeTable& table,
                                     const ReadLimits& limits = {});

}  // namespace fhir::xml
