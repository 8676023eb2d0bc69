// Which resources a Registry keeps.
#pragma once

#include <string_view>

namespace fhir::packages {

/// True if resources of this type are known by a canonical URL: FHIR R4 gives them an element `url` of type
/// uri.
[[nodiscard]] bool has_canonical_url(std::string_view resource_type);

}  // namespace fhir::packages
