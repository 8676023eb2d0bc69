// The names a CQL Library defines.
#pragma once

#include <optional>
#include <string_view>

#include "fhir/tree/tree.hpp"

namespace fhir::validate {

/// Does `library` define the expression `name`, in the ELM or else the CQL among its contents? Empty when it
/// has neither here. Cost: linear in the contents.
[[nodiscard]] std::optional<bool> defines_expression(tree::Node library, std::string_view name);

}  // namespace fhir::validate
