// One change of a tree, made by copying it.
#pragma once

#include <cstdint>

#include "fhir/tree/tree.hpp"

namespace fhir::patch {

/// Where something goes in: as the last child of `anchor`, before it or after it.
enum class Placement : std::uint8_t { kNothing, kLastChild, kBefore, kAfter };

/// Takes one element away, puts one in, or both.
struct Edit {
  tree::NodeIndex removed = tree::kNoNode;  ///< With all below it, and the parents it leaves empty.
  Placement placement = Placement::kNothing;
  tree::NodeIndex anchor = tree::kNoNode;  ///< May be `removed` itself: that is a replacement.
  tree::Node moved;                        ///< What goes in: an element of the same tree ...
  tree::Node value;                        ///< ... or the value of an operation, for `row`.
  tree::RowId row = tree::kUnknownRow;
};

struct EditOutcome {
  tree::TreePtr tree;
  const char* fault = nullptr;
};

/// A copy of the tree of `root` with the edit made. Cost: linear; no recursion on its depth.
[[nodiscard]] EditOutcome edited(tree::Node root, const Edit& edit);

}  // namespace fhir::patch
