// What would tell where a restricted patient is.
#pragma once

#include "fhir/tree/tree.hpp"

namespace mappings::convert {

/// The Bundle, a Patient or a document of it is marked with confidentiality R or V, or the local mark S.
[[nodiscard]] bool is_restricted(fhir::tree::Node bundle) noexcept;

/// The Bundle with Patients that have no address, telecom, contact, practice, narrative or extension. Linear.
[[nodiscard]] fhir::tree::TreePtr without_whereabouts(fhir::tree::Node bundle);

}  // namespace mappings::convert
