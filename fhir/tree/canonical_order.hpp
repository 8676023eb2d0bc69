// The order writers put the children of an element in: definition order, then unknown elements in source
// order, repeats together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "fhir/tree/tree.hpp"

namespace fhir::tree {

/// A child in its place. Neighbours with the same serial name are one repeating element.
struct OrderedChild {
  NodeIndex node = kNoNode;
  NameId serial_name = kNoName;
  std::uint32_t order = 0;
  bool repeats = false;  ///< The definition lets it repeat where it stands.
};

/// Appends the children of `parent` to `out` in canonical order. Cost: linear when they stand in that order
/// already, as they do in most documents; else n log n.
void append_children(std::vector<OrderedChild>& out, Node parent);

}  // namespace fhir::tree
