// Codes against the value sets of their elements, and against the code systems they come from.
#pragma once

#include <string_view>

#include "fhir/validate/walk.hpp"

namespace fhir::terminology {
struct CodeAnswer;
}

namespace fhir::validate {

class BindingCheck {
 public:
  explicit BindingCheck(Walk& walk) : walk_(walk) {}
  /// The binding of the base definitions.
  void check_base(tree::Node node, const definitions::ElementRow& element);
  /// The binding of a profile's element.
  void check_rule(tree::Node node, const ElementRule& rule);
  /// The code and the display of a Coding by themselves; after its bindings.
  void check_coding(tree::Node coding);
  /// A Quantity: its unit is one of UCUM, if it says so.
  void check_unit(tree::Node quantity);

 private:
  void check_set(tree::Node node, std::string_view value_set, definitions::BindingStrength strength,
                 const ElementRule* rule = nullptr);
  void check_maximum(tree::Node node, std::string_view value_set);
  [[nodiscard]] bool check_system(tree::Node system);
  [[nodiscard]] bool is_display_of_binding(tree::Node coding);
  /// `rule`, if any, is of the profile that binds, which may contain the value set.
  [[nodiscard]] terminology::CodeAnswer ask(tree::Node node, std::string_view value_set,
                                            const ElementRule* rule);
  void report_outside(tree::Node node, std::string_view value_set, definitions::BindingStrength strength);
  void report_unchecked(tree::Node node, std::string_view value_set, definitions::BindingStrength strength);
  [[nodiscard]] bool is_plain_member(tree::Node node, definitions::ValueSetId set);
  Walk& walk_;
};

}  // namespace fhir::validate
