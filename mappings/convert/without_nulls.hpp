// A v2 message without its explicit nulls.
#pragma once

#include "fhir/tree/tree.hpp"

namespace mappings::convert {

/// The tree without elements that were sent as `""` and those that hold nothing else: "" deletes at the
/// receiver's and is no data. The same tree when there is none. Spans are kept. Cost: linear.
[[nodiscard]] fhir::tree::TreePtr without_nulls(const fhir::tree::TreePtr& message);

}  // namespace mappings::convert
