// Writes elements of the tree as FHIR XML (FHIR R4 2.6.1), in definition order, unknown elements last.
#pragma once

#include <string>

#include "fhir/tree/layout.hpp"
#include "fhir/tree/tree.hpp"

namespace fhir::xml {

/// The XML of `node`, without an XML declaration: a resource as `<Patient xmlns="http://hl7.org/fhir">`,
/// another element under its serial name with the same namespace. `id` of elements and `url` of extensions
/// are attributes; `div` stands as it is.
///
/// A `div` that is not well-formed XHTML cannot stand in XML: it is written as a div holding its text,
/// escaped. Characters XML cannot hold become U+FFFD, characters a name cannot hold become `_`. Pure; any
/// thread. Cost: linear.
[[nodiscard]] std::string write(tree::Node node, tree::Layout layout = tree::Layout::kCompact);

/// The same, appended to `out`.
void append(std::string& out, tree::Node node, tree::Layout layout = tree::Layout::kCompact);

}  // namespace fhir::xml
