// The rules of the elements of a StructureDefinition (FHIR R4, elementdefinition.html).
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/validate/walk.hpp"

namespace fhir::validate {

/// The elements of a differential or a snapshot, one after the other.
class ElementDefinitionCheck {
 public:
  /// `view` is the differential or the snapshot of `structure`; `base` the structure it is built on, or
  /// empty.
  ElementDefinitionCheck(Walk& walk, tree::Node structure, tree::Node view, tree::Node base);
  /// Cost: linear in the elements, and the compilation of their expressions.
  void run();

 private:
  void check(tree::Node element);
  void check_path(tree::Node element, std::string_view path);
  void check_slicing(tree::Node element, std::string_view path);
  void check_types(tree::Node element, std::string_view path);
  void check_value_types(tree::Node element, const std::vector<std::string_view>& types);
  void check_constraint(tree::Node constraint);
  void check_binding(tree::Node binding);
  [[nodiscard]] bool is_expression(std::string_view text) const;
  void error(tree::Node at, std::string_view text);

  Walk& walk_;
  tree::Node structure_;
  tree::Node view_;
  bool is_snapshot_;
  std::string_view type_;  ///< The last part of StructureDefinition.type.
  std::unordered_map<std::string_view, std::string_view> constraints_;       ///< Expressions by key.
  std::unordered_map<std::string_view, std::string_view> base_constraints_;  ///< Those of the base.
};

/// The row of `Patient.contact.name` or `Observation.value[x]`, by the definitions of FHIR R4; kUnknownRow
/// when there is no such element.
[[nodiscard]] tree::RowId row_of_path(const definitions::Definitions& definitions, std::string_view path);

}  // namespace fhir::validate
