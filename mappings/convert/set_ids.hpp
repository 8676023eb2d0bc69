// The running numbers of repeated segments in a message that was built.
#pragma once

#include "fhir/tree/tree.hpp"

namespace mappings::convert {

/// The tree with the set id (first field) of every DG1, AL1, NK1, OBX, CON and NTE that has none: 1, 2, ...
/// through the message, of NTE anew within each group. Elements keep their indices. Cost: linear.
[[nodiscard]] fhir::tree::TreePtr with_set_ids(const fhir::tree::TreePtr& message);

}  // namespace mappings::convert
