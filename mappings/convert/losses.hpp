// What of a source reached nothing.
#pragma once

#include <vector>

#include "mappings/convert/converter.hpp"

namespace mappings::convert {

/// From the receipt's unmapped elements, without what only steers the conversion: delimiters, set ids, types
/// of values. A mandatory field is also lost when rules read it and made nothing of it, as with a code that
/// is in no table.
[[nodiscard]] std::vector<Loss> find_losses(const engine::Receipt& receipt, fhir::tree::Node source,
                                            bool is_referral);

}  // namespace mappings::convert
