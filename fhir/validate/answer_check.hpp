// One answer of a QuestionnaireResponse against the definition of its question: type, options, bounds.
#pragma once

#include <string_view>

#include "fhir/tree/tree.hpp"
#include "fhir/validate/walk.hpp"

namespace fhir::validate {

/// Places and severities are those of HL7's validator: what is wrong with a value is reported at the value, a
/// Coding that is no option and an attachment of a wrong kind at the answer.
class AnswerCheck {
 public:
  /// All outlive the check. `question` is the item of the Questionnaire.
  AnswerCheck(Walk& walk, tree::Node questionnaire, tree::Node question)
      : walk_(walk), questionnaire_(questionnaire), question_(question) {}

  /// `answer` has a value, or nothing is checked.
  void check(tree::Node answer);

 private:
  [[nodiscard]] bool check_type(tree::Node value);
  void check_options(tree::Node answer, tree::Node value);
  void check_coded(tree::Node answer, tree::Node value, std::string_view value_set);
  [[nodiscard]] bool is_listed(tree::Node value) const;
  void check_range(tree::Node value);
  void check_bound(tree::Node value, tree::Node bound, bool is_minimum);
  void check_length(tree::Node value);
  void check_decimals(tree::Node value);
  void check_unit(tree::Node value);
  void check_attachment(tree::Node answer, tree::Node value);
  void check_reference(tree::Node value);
  void check_target_type(tree::Node value, std::string_view type);

  Walk& walk_;
  tree::Node questionnaire_;
  tree::Node question_;
};

}  // namespace fhir::validate
