// The profiles FHIR R4 makes mandatory for vital signs, told by their LOINC code (FHIR R4, Observation vital
// signs).
#pragma once

#include <string_view>

#include "fhir/tree/tree.hpp"

namespace fhir::validate {

/// The canonical of the profile an Observation with this code must conform to; empty for all others.
[[nodiscard]] std::string_view vital_signs_profile(tree::Node observation);

}  // namespace fhir::validate
