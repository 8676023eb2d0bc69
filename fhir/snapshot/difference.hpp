// A differential as a tree: which element each of its ElementDefinitions speaks of.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/issue.hpp"
#include "fhir/tree/tree.hpp"

namespace fhir::snapshot {

/// One element of a differential, or one that is only on the way to others (no definition).
struct Difference {
  std::string name;       ///< Part of the path as written: `value[x]`, `valueQuantity`.
  std::string slice;      ///< sliceName.
  tree::Node definition;  ///< The ElementDefinition; empty when implied.
  std::size_t index = 0;  ///< Its place in the differential.
  std::vector<std::unique_ptr<Difference>> children;
};

/// Reads StructureDefinition.differential. The slice an element is in is that of its id where id and path
/// agree, else that of the elements before it. Errors in paths are issues at
/// `StructureDefinition.differential.element[i]`, and the element is left out. Null when there is no
/// differential with an element.
[[nodiscard]] std::unique_ptr<Difference> read_differential(tree::Node structure, IssueList& issues);

/// `StructureDefinition.differential.element[3]`.
[[nodiscard]] std::string place_of(const Difference& difference);

}  // namespace fhir::snapshot
