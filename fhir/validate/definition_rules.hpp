// The rules of OperationDefinition and SearchParameter that no definition states.
#pragma once

#include "fhir/validate/walk.hpp"

namespace fhir::validate {

/// inputProfile and outputProfile, profiles on Parameters, say the same of each parameter as the definition
/// does: how often it occurs, its types and the profiles of its targets. Cost: that of the profiles.
void check_operation_definition(Walk& walk, tree::Node operation);

/// A search parameter derived from another is of its type, and for its resource types; expressions are
/// FHIRPath.
void check_search_parameter(Walk& walk, tree::Node parameter);

}  // namespace fhir::validate
