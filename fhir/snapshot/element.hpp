// The elements of a snapshot as a tree, while it is being made.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.hpp"
#include "fhir/snapshot/definition.hpp"
#include "fhir/tree/resource_builder.hpp"
#include "fhir/tree/tree.hpp"

namespace fhir::snapshot {

/// One element. Slices are siblings of the unsliced element, after it: name equal, slice not empty.
struct Element {
  std::string name;   ///< Last part of the path: `value[x]`.
  std::string slice;  ///< `a`, `a/b`; empty for the unsliced element.
  Definition definition;
  std::vector<std::unique_ptr<Element>> children;

  [[nodiscard]] bool is_choice() const {
    return name.size() > 3 && name.compare(name.size() - 3, 3, "[x]") == 0;
  }
  /// The unsliced child of this name, or null.
  [[nodiscard]] Element* child(std::string_view child_name) const;
  [[nodiscard]] Element* child(std::string_view child_name, std::string_view child_slice) const;
  /// The elements of the subtree. Cost: linear.
  [[nodiscard]] std::size_t count() const;
};

[[nodiscard]] std::unique_ptr<Element> clone(const Element& element);

/// The snapshot of a StructureDefinition as a tree under the name `root_name`. References inside
/// (`#Observation.x`) are made absolute with the URL of the type when `type_url` is not empty. kUnprocessable
/// when the snapshot is missing or its paths do not make a tree.
[[nodiscard]] Result<std::unique_ptr<Element>> read_snapshot(tree::Node structure, std::string_view root_name,
                                                             std::string_view type_url);

/// Writes the element and all below it as ElementDefinitions, ids and paths made anew. Depth is bounded by
/// that of the paths read.
void write_elements(const Element& root, tree::ResourceBuilder& out);

}  // namespace fhir::snapshot
