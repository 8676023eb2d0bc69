// Is an item of a Questionnaire enabled, given the answers? (FHIR R4,
// questionnaire-definitions.html#Questionnaire.item.enableWhen)
#pragma once

#include <span>
#include <unordered_map>
#include <vector>

#include "fhir/path/host.hpp"
#include "fhir/path/plan.hpp"
#include "fhir/tree/tree.hpp"
#include "fhir/validate/questionnaire_form.hpp"

namespace fhir::validate {

/// Conditions read the answers that are nearest: within the item or answer around, else further out. Also
/// sdc-questionnaire-enableWhenExpression, FHIRPath on the response. Not thread-safe. All references outlive
/// it.
class EnableWhen {
 public:
  EnableWhen(tree::Node questionnaire, tree::Node response, path::Host& host)
      : questionnaire_(questionnaire), response_(response), index_(response), host_(host) {}

  /// `scopes`: the response, then the items and answers around the place, the innermost last. Several
  /// conditions without enableBehavior, which R4 does not allow, enable.
  [[nodiscard]] bool is_enabled(tree::Node item, std::span<const tree::Node> scopes);

 private:
  [[nodiscard]] bool holds(tree::Node condition, std::span<const tree::Node> scopes) const;
  [[nodiscard]] bool expression_holds(std::string_view text);

  tree::Node questionnaire_;
  tree::Node response_;
  ResponseIndex index_;
  path::Host& host_;
  std::unordered_map<std::string_view, bool> expressions_;
};

}  // namespace fhir::validate
