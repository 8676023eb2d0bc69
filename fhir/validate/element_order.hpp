// XML alone has an order of elements: that of their definitions (FHIR R4 2.6.1).
#pragma once

#include <string_view>

#include "fhir/base/issue.hpp"
#include "fhir/tree/tree.hpp"

namespace fhir::validate {

/// An error for each element that stands before one it must follow. `source` are the bytes that the tree was
/// read from. Cost: linear in the nodes.
[[nodiscard]] IssueList check_element_order(tree::Node root, std::string_view source);

}  // namespace fhir::validate
