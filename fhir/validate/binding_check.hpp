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
  /// The binding of the base definitions; and each Coding by itself.
  void check_base(tree::Node node, const definitions::ElementRow& element);
  /// The binding of a profile's element.
  void check_rule(tree::Node node, const ElementRule& rule);

 private:
  void check_set(tree::Node node, std::string_view value_set, definitions::BindingStrength strength);
  void check_maximum(tree::Node node, std::string_view value_set);
  void check_coding(tree::Node coding);
  void report_outside(tree::Node node, std::string_view value_set, definitions::BindingStrength strength);
  void report_unchecked(tree::Node node, std::string_view value_set, definitions::BindingStrength strength);
  [[nodiscard]] bool is_plain_member(tree::Node node, definitions::ValueSetId set);
  Walk& walk_;
};

}  // namespace fhir::validate
