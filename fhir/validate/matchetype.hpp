// Compares a resource with a matchetype: an expected resource that leaves some things open, as HL7's tools
// use them for test fixtures.
//
// The extension `matchetype` at the root says `complete` (nothing else may be there) or `partial`.
// `matchetype-optional` names children that may be absent, or as a boolean makes an item of a list optional;
// `matchetype-sort` names a list whose order does not count and the FHIRPath it is sorted by. A text such as
// `$date$` stands for any value of that form.
#pragma once

#include "fhir/base/issue.hpp"
#include "fhir/tree/tree.hpp"

namespace fhir::validate {

/// The differences, each an error. Places are JSON paths as HL7's tool writes them: `$`, `$.maritalStatus`;
/// all that is wrong with a list is at the list. Any thread. Cost: linear but for optional items of lists,
/// which are tried in order.
[[nodiscard]] IssueList compare_with_matchetype(tree::Node resource, tree::Node matchetype);

}  // namespace fhir::validate
