// What a patch gives, and the bounds on its work.
#pragma once

#include <cstddef>

#include "fhir/base/issue.hpp"
#include "fhir/tree/tree.hpp"

namespace fhir::patch {

/// `tree` is null exactly when an issue is an error: a patch is applied whole or not at all. An issue names
/// the operation by its number, counted from 0, and says which rule it broke; it quotes nothing. A test that
/// does not hold is of type kConflict, a patch that is no patch kInvalid, a place that is not there
/// kNotFound.
struct PatchOutcome {
  tree::TreePtr tree;
  IssueList issues;
};

struct PatchLimits {
  std::size_t max_operations = 1000;
  std::size_t max_nodes = 1'000'000;  ///< Elements or JSON values of the result, at any time.
  std::size_t max_steps = 1'000'000;  ///< Of one FHIRPath expression.
};

}  // namespace fhir::patch
