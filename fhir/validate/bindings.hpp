// Codes against the value sets their elements are bound to.
#pragma once

#include "fhir/definitions/definitions.hpp"
#include "fhir/tree/tree.hpp"
#include "fhir/validate/reporter.hpp"

namespace fhir::validate {

/// Required bindings and maximum value sets. Extensible, preferred and example bindings are not looked at.
///
/// A Coding or CodeableConcept outside a maximum value set is a warning, not the error that HL7's validator
/// makes of it: UK Core binds Patient.communication.language to a code system of its own, so that every
/// national message would be refused.
class BindingChecker {
 public:
  BindingChecker(const definitions::Definitions& definitions, Reporter& report, bool report_unchecked)
      : definitions_(definitions), report_(report), report_unchecked_(report_unchecked) {}

  /// `node` is of any type; `element` its definition. Nodes without a binding cost one comparison.
  void check(tree::Node node, const definitions::ElementRow& element) {
    if (element.binding == definitions::BindingStrength::kRequired) {
      check_set(node, element.value_set, Limit::kRequired);
    } else if (element.max_value_set != definitions::kNoValueSet) {
      check_set(node, element.max_value_set, Limit::kMaximum);
    }
  }

 private:
  enum class Limit { kRequired, kMaximum };
  void check_set(tree::Node node, definitions::ValueSetId set, Limit limit);
  void check_code(tree::Node node, definitions::ValueSetId set);
  void check_coding(tree::Node coding, definitions::ValueSetId set, Limit limit);
  void check_concept(tree::Node concept_node, definitions::ValueSetId set, Limit limit);
  void report_unchecked(tree::Node node, definitions::ValueSetId set);
  void report_outside(tree::Node node, definitions::ValueSetId set, Limit limit);

  const definitions::Definitions& definitions_;
  Reporter& report_;
  bool report_unchecked_;
};

}  // namespace fhir::validate
