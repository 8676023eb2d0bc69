// FHIRPath Patch: a Parameters resource with operations, applied to a resource (FHIR R4, fhirpatch.html).
//
//   patch::PatchOutcome outcome = patch::apply_fhirpath_patch(patient, parameters);
//   if (!outcome.tree) return refuse(outcome.issues);
//
// Each `parameter` named `operation` has the parts type, path and what its type needs:
//
//   add      name, value              appends to the one element at path; a single element must not be there
//   yet insert   index, value             into the list at path; index may be its size delete the one element
//   at path; none there is no error replace  value                    the one element at path move source,
//   destination      within the list at path; destination counts without the moved item
//
// A value is a value[x], a resource, or for a backbone element nested parts named as its elements. A
// primitive takes the value of another primitive type when both have the same JSON form (a string for a code,
// a code for xhtml). An element that a delete leaves empty is taken away as well.
#pragma once

#include "fhir/patch/outcome.hpp"
#include "fhir/tree/tree.hpp"

namespace fhir::patch {

/// Applies all operations in order, or none. Both trees were read against the same type table. Paths are
/// compiled against it; expressions are bounded by `limits`. The result is a tree of the same table without
/// source spans; whether it is valid is the validator's to say. Pure; any thread. Cost: linear in the
/// resource for each operation.
[[nodiscard]] PatchOutcome apply_fhirpath_patch(tree::Node resource, tree::Node parameters,
                                                const PatchLimits& limits = {});

}  // namespace fhir::patch
