// JSON numbers compared by value, as text: no precision is lost.
#pragma once

#include <string_view>

namespace fhir::patch {

/// Both are JSON numbers. 1, 1.0, 10e-1 and 0.1E1 are the same, and so are 0 and -0. Cost: linear.
[[nodiscard]] bool same_number(std::string_view a, std::string_view b);

}  // namespace fhir::patch
