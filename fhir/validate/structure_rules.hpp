// The rules of StructureDefinition that no definition states (FHIR R4, profiling.html).
#pragma once

#include "fhir/validate/walk.hpp"

namespace fhir::validate {

/// A profile must give a snapshot: where its base is here, one is generated, and its faults are errors of the
/// StructureDefinition. No slicing of the root; no other fixed value than that of the base; the profiles of
/// an element's type are for that type, and extensions that modify are on modifierExtension only. Cost: that
/// of the snapshot.
void check_structure_definition(Walk& walk, tree::Node structure);

}  // namespace fhir::validate
