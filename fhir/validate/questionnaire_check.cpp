#include <unordered_map>

#include "fhir/validate/questionnaire_form.hpp"
#include "fhir/validate/questionnaire_rules.hpp"

namespace fhir::validate {

namespace {

using tree::Node;

bool is_within(Node inner, Node outer) {
  for (Node at = inner; at; at = at.parent()) {
    if (at == outer) return true;
  }
  return false;
}

/// Items numbered in the order a reader meets them.
void number_items(Node parent, std::unordered_map<tree::NodeIndex, std::size_t>& numbers) {
  for (const Node item : parent.children("item")) {
    numbers.emplace(item.index(), numbers.size());
    number_items(item, numbers);
  }
}

class ConditionCheck {
 public:
  ConditionCheck(Walk& walk, Node questionnaire) : walk_(walk), form_(questionnaire) {
    number_items(questionnaire, order_);
  }

  // As deep as the Questionnaire, which its reader has bounded.
  void check_below(Node parent) {
    for (const Node item : parent.children("item")) {
      for (const Node condition : item.children("enableWhen"))
        check(item, condition.child("question").text());
      check_below(item);
    }
  }

 private:
  void check(Node item, std::string_view question) {
    if (question.empty()) return;
    const FormItem* const target = form_.find(question);
    if (target == nullptr) {
      walk_.findings().error(item, IssueType::kInvalid,
                             {"enableWhen names a question that the Questionnaire has not"});
    } else if (target->item == item) {
      walk_.findings().error(item, IssueType::kInvalid, {"enableWhen names the item itself"});
    } else if (is_within(target->item, item)) {
      walk_.findings().error(item, IssueType::kInvalid, {"enableWhen names a question within the item"});
    } else if (order_[target->item.index()] > order_[item.index()]) {
      walk_.findings().warning(item, IssueType::kInvalid, {"enableWhen names a question that comes later"});
    }
  }

  Walk& walk_;
  QuestionnaireForm form_;
  std::unordered_map<tree::NodeIndex, std::size_t> order_;
};

}  // namespace

void check_questionnaire(Walk& walk, Node questionnaire) {
  ConditionCheck(walk, questionnaire).check_below(questionnaire);
}

}  // namespace fhir::validate
