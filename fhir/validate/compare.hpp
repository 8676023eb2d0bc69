// Fixed values and patterns: an element against the value a profile prescribes.
#pragma once

#include <string_view>
#include <vector>

#include "fhir/tree/tree.hpp"

namespace fhir::validate {

/// Where an element differs from what is prescribed: at an element, or at a child it has not.
struct Difference {
  tree::Node at;
  std::string_view missing;  ///< Serial name of the child of `at` that is not there; empty: `at` itself.
};

/// Same value, same children in the same order, at any depth up to a bound. Names of the two nodes may
/// differ.
[[nodiscard]] bool is_equal(tree::Node a, tree::Node b);

/// All that `pattern` has, `node` has: primitives equal, children matched, each repeat of the pattern by some
/// repeat of the element.
[[nodiscard]] bool matches_pattern(tree::Node node, tree::Node pattern);

/// The places where `node` is not equal to `fixed`; none when it is.
[[nodiscard]] std::vector<Difference> differences_from_fixed(tree::Node node, tree::Node fixed);
[[nodiscard]] std::vector<Difference> differences_from_pattern(tree::Node node, tree::Node pattern);

}  // namespace fhir::validate
