// The FHIRPath that names an element, as an OperationOutcome gives it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fhir/tree/tree.hpp"

namespace fhir::tree {

/// `Bundle.entry[2].resource.name[0].given[1]`; `Observation.value.ofType(Quantity).unit` for a choice.
/// Elements that may repeat always carry their index, others never. Cost: linear in depth and siblings; call
/// it when reporting.
[[nodiscard]] std::string expression(Node node);

/// The expression of a child `serial_name` that `parent` has not, or whose node was never made.
[[nodiscard]] std::string expression(Node parent, std::string_view serial_name);

/// Expressions of many elements, asked for in the order of the document: each costs the steps and siblings
/// that come after those of the one before. Any order is right. Not thread-safe.
class Expressions {
 public:
  /// Holds until the next call. Trees outlive it.
  [[nodiscard]] std::string_view of(Node node);

 private:
  struct Step {
    Node node;
    std::size_t index = 0;   ///< Among siblings of its name.
    std::size_t length = 0;  ///< Of the text up to its end.
  };
  std::vector<Step> steps_;  ///< From the root.
  std::vector<Node> wanted_;
  std::string text_;
};

}  // namespace fhir::tree
