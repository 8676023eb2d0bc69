// The FHIRPath that names an element, as an OperationOutcome gives it.
#pragma once

#include <string>

#include "fhir/tree/tree.hpp"

namespace fhir::tree {

/// `Bundle.entry[2].resource.name[0].given[1]`; `Observation.value.ofType(Quantity).unit` for a choice.
/// Elements that may repeat always carry their index, others never. Cost: linear in depth and siblings; call
/// it when reporting.
[[nodiscard]] std::string expression(Node node);

/// The expression of a child `serial_name` that `parent` has not, or whose node was never made.
[[nodiscard]] std::string expression(Node parent, std::string_view serial_name);

}  // namespace fhir::tree
