#include <array>
#include <charconv>
#include <optional>
#include <string_view>
#include <vector>

#include "fhir/packages/registry.hpp"
#include "fhir/path/evaluate.hpp"
#include "fhir/validate/answer_check.hpp"
#include "fhir/validate/enable_when.hpp"
#include "fhir/validate/questionnaire_form.hpp"
#include "fhir/validate/questionnaire_rules.hpp"

namespace fhir::validate {

namespace {

using tree::Node;

constexpr std::string_view kMinOccurs = "http://hl7.org/fhir/StructureDefinition/questionnaire-minOccurs";
constexpr std::string_view kMaxOccurs = "http://hl7.org/fhir/StructureDefinition/questionnaire-maxOccurs";
constexpr std::string_view kConstraint = "http://hl7.org/fhir/StructureDefinition/questionnaire-constraint";

std::optional<std::size_t> count_of(Node node) {
  const std::string_view text = node.text();
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return !text.empty() && error == std::errc() ? std::optional(number) : std::nullopt;
}

bool is_true(Node node) {
  return node.text() == "true";
}

/// The Questionnaire a response names; empty, and said, when it is not here.
Node form_of(Walk& walk, Node response) {
  const Node named = response.child("questionnaire");
  if (!named.has_value()) {
    walk.findings().note(response, IssueType::kRequired,
                         {"no Questionnaire is named, so the answers are not checked against one"});
    return {};
  }
  if (named.text().starts_with('#')) {
    const Node target = walk.resolver().resolve(named.text(), named).target;
    if (target.type() == "Questionnaire") return target;
  } else {
    const packages::Registry& registry = walk.shared().registry;
    if (const Node form = registry.find("Questionnaire", named.text())) return form;
    if (registry.find(named.text())) {
      walk.findings().error(named, IssueType::kInvalid,
                            {"the canonical names a resource that is no Questionnaire"});
    }
  }
  const bool example = named.text().starts_with("http://example.org");
  walk.findings().add(response, example ? Severity::kInformation : Severity::kWarning, IssueType::kRequired,
                      {"the Questionnaire is not here, so the answers are not checked against it"});
  return {};
}

class ResponseCheck {
 public:
  ResponseCheck(Walk& walk, Node form, Node response)
      : walk_(walk),
        form_(form),
        response_(response),
        enable_when_(form, response, walk.host()),
        when_missing_(response.child("status").text() == "in-progress" ? Severity::kWarning
                                                                       : Severity::kError) {}

  void run() {
    check_constraints(form_.root(), response_);
    scopes_.push_back(response_);
    check_items(form_.root(), response_);
  }

 private:
  /// The items below an element of the response, by the order of the form.
  struct Group {
    Node question;
    std::vector<Node> items;
  };

  // The recursion is as deep as the response, which its reader has bounded.
  void check_items(Node questions, Node parent) {
    std::vector<Group> groups;
    for (const Node question : questions.children("item"))
      groups.push_back({question, {}});
    std::size_t last = 0;
    for (const Node item : parent.children("item")) {
      const FormItem* const known = known_item(item, parent);
      if (known == nullptr) continue;
      if (!(known->parent == questions)) {
        walk_.findings().error(parent, IssueType::kStructure,
                               {"an item is not where the Questionnaire has it"});
        check_item(known->item, item, true);
        continue;
      }
      if (known->ordinal < last) {
        walk_.findings().error(parent, IssueType::kStructure,
                               {"items are not in the order of the Questionnaire"});
      }
      last = known->ordinal;
      groups[known->ordinal].items.push_back(item);
    }
    for (const Group& group : groups)
      check_group(group, parent);
  }

  const FormItem* known_item(Node item, Node parent) {
    const std::string_view link_id = item.child("linkId").text();
    if (link_id.empty()) {
      walk_.findings().error(parent, IssueType::kRequired, {"an item has no linkId"});
      return nullptr;
    }
    const FormItem* const known = form_.find(link_id);
    if (known == nullptr) {
      walk_.findings().error(parent, IssueType::kNotFound,
                             {"an item has a linkId that the Questionnaire has not"});
    }
    return known;
  }

  void check_group(const Group& group, Node parent) {
    const bool enabled = enable_when_.is_enabled(group.question, scopes_);
    if (group.items.empty()) {
      if (enabled && is_true(group.question.child("required")))
        walk_.findings().add(parent, when_missing_, IssueType::kRequired, {"a required item has no answer"});
      return;
    }
    if (group.items.size() > 1 && !is_true(group.question.child("repeats"))) {
      walk_.findings().error(parent, IssueType::kInvalid,
                             {"an item that does not repeat stands more than once"});
    }
    for (const Node item : group.items) {
      if (!enabled && (item.child("answer") || item.child("item")))
        walk_.findings().error(item, IssueType::kInvalid, {"the item is answered, and is not enabled"});
      check_item(group.question, item, enabled);
    }
  }

  void check_item(Node question, Node item, bool enabled) {
    scopes_.push_back(item);
    const std::string_view text = item.child("text").text();
    if (!text.empty() && text != question.child("text").text())
      walk_.findings().error(item, IssueType::kInvalid, {"the text of the item is not that of the question"});
    const std::string_view type = question.child("type").text();
    if (type == "group") {
      check_group_item(question, item, enabled);
    } else if (type == "display" || type == "question") {
      if (item.child("answer"))
        walk_.findings().error(item, IssueType::kStructure, {"items of the type ", type, " have no answers"});
      if (item.child("item"))
        walk_.findings().error(item, IssueType::kStructure, {"items of the type ", type, " have no items"});
    } else {
      check_question(question, item, enabled);
    }
    check_constraints(question, item);
    scopes_.pop_back();
  }

  void check_group_item(Node question, Node item, bool enabled) {
    if (item.child("answer"))
      walk_.findings().error(item, IssueType::kStructure, {"items of the type group have no answers"});
    if (enabled && is_true(question.child("required")) && !item.child("item"))
      walk_.findings().add(item, when_missing_, IssueType::kInvariant, {"a required group has no items"});
    check_items(question, item);
  }

  void check_question(Node question, Node item, bool enabled) {
    check_counts(question, item, enabled);
    if (item.child("item"))
      walk_.findings().error(item, IssueType::kStructure, {"items below a question stand below its answer"});
    AnswerCheck check(walk_, form_.root(), question);
    for (const Node answer : item.children("answer")) {
      check.check(answer);
      scopes_.push_back(answer);
      check_items(question, answer);
      scopes_.pop_back();
    }
  }

  void check_counts(Node question, Node item, bool enabled) {
    const std::size_t answers = item.children("answer").size();
    if (answers == 0 && enabled && is_true(question.child("required")))
      walk_.findings().add(item, when_missing_, IssueType::kRequired, {"a required item has no answer"});
    if (answers > 1 && !is_true(question.child("repeats")))
      walk_.findings().error(item, IssueType::kInvalid, {"the question takes one answer only"});
    const auto least = count_of(extension_value(question, kMinOccurs));
    const auto most = count_of(extension_value(question, kMaxOccurs));
    if (least && answers < *least && enabled)
      walk_.findings().add(item, when_missing_, IssueType::kInvalid, {"the question needs more answers"});
    if (most && answers > *most)
      walk_.findings().error(item, IssueType::kInvalid, {"the question takes fewer answers"});
  }

  /// The conditions a form states itself: warning or error as it says; a warning when one cannot be
  /// evaluated.
  void check_constraints(Node question, Node at) {
    for (const Node extension : question.children("extension")) {
      if (extension.child("url").text() != kConstraint) continue;
      const std::string_view expression = extension_value(extension, "expression").text();
      const bool warning = extension_value(extension, "severity").text() == "warning";
      if (!expression.empty())
        check_constraint(expression, warning ? Severity::kWarning : Severity::kError, at);
    }
  }

  void check_constraint(std::string_view expression, Severity severity, Node at) {
    const auto plan = path::Plan::compile(expression, at.tree()->table());
    if (!plan) {
      walk_.findings().warning(at, IssueType::kInvariant, {"a constraint of the question is no FHIRPath"});
      return;
    }
    const std::array<path::Value, 1> focus{path::Value(at)};
    const std::array<path::Value, 1> form{path::Value(form_.root())};
    const std::array<path::Variable, 1> variables{path::Variable{"questionnaire", form}};
    path::EvalContext context{.root = response_, .focus = focus, .variables = variables};
    context.host = &walk_.host();
    const auto holds = path::evaluate_boolean(**plan, context);
    if (!holds) {
      walk_.findings().warning(at, IssueType::kInvariant,
                               {"a constraint of the question cannot be evaluated"});
    } else if (!holds->value_or(false)) {
      walk_.findings().add(at, severity, IssueType::kInvariant,
                           {"a constraint of the question does not hold"});
    }
  }

  Walk& walk_;
  QuestionnaireForm form_;
  Node response_;
  EnableWhen enable_when_;
  Severity when_missing_;
  std::vector<Node> scopes_;
};

}  // namespace

void check_questionnaire_response(Walk& walk, Node response) {
  if (const Node form = form_of(walk, response)) ResponseCheck(walk, form, response).run();
}

}  // namespace fhir::validate
