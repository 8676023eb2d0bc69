// The rules of StructureDefinition that no definition states (FHIR R4, profiling.html).
#pragma once

#include "fhir/validate/walk.hpp"

namespace fhir::validate {

/// A profile must give a snapshot: where its base is here, one is generated, and its faults are errors of the
/// StructureDefinition. It is of the type and kind of its base; no slicing of the root; no other fixed value
/// than that of the base; the profiles of an element's type are for that type, and extensions that modify are
/// on modifierExtension only. Extensions say where they may stand, and fix their url. Obligations come from
/// profiles made for that. The elements are checked by element_definition_check.hpp. Cost: that of the
/// snapshot.
void check_structure_definition(Walk& walk, tree::Node structure);

}  // namespace fhir::validate
