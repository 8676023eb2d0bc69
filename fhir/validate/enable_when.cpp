#include "fhir/validate/enable_when.hpp"

#include <algorithm>
#include <array>

#include "fhir/path/evaluate.hpp"
#include "fhir/validate/answer_value.hpp"

namespace fhir::validate {

namespace {

using tree::Node;

/// The published extensions that hold a condition as FHIRPath: an Expression or a string.
constexpr std::array<std::string_view, 2> kExpressionUrls{
    "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-enableWhenExpression",
    "http://phr.kanta.fi/StructureDefinition/fiphr-ext-questionnaire-enablewhen"};

std::string_view expression_of(Node item) {
  for (const std::string_view url : kExpressionUrls) {
    const Node value = extension_value(item, url);
    if (value.type() == "string") return value.text();
    const std::string_view language = value.child("language").text();
    if (value && (language.empty() || language == "text/fhirpath")) return value.child("expression").text();
  }
  return {};
}

bool compares(Node answer, std::string_view op, Node wanted) {
  if (op == "=") return same_answer(answer, wanted);
  if (op == "!=") return !same_answer(answer, wanted);
  const auto order = order_of_answers(answer, wanted);
  if (!order) return false;
  if (op == ">") return *order == std::weak_ordering::greater;
  if (op == "<") return *order == std::weak_ordering::less;
  if (op == ">=") return *order != std::weak_ordering::less;
  if (op == "<=") return *order != std::weak_ordering::greater;
  return false;
}

}  // namespace

bool EnableWhen::holds(Node condition, std::span<const Node> scopes) const {
  std::vector<Node> answers;
  const std::string_view question = condition.child("question").text();
  for (std::size_t at = scopes.size(); at-- > 0;) {
    if (index_.answers_within(scopes[at], question, answers)) break;
  }
  const std::string_view op = condition.child("operator").text();
  const Node wanted = condition.child("answer");
  if (op == "exists") return (wanted.text() == "true") != answers.empty();
  return std::any_of(answers.begin(), answers.end(),
                     [&](Node answer) { return compares(answer.child("value"), op, wanted); });
}

bool EnableWhen::expression_holds(std::string_view text) {
  const auto [known, added] = expressions_.try_emplace(text, true);
  if (!added) return known->second;
  path::CompileOptions compile;
  compile.input_type = response_.type();
  const auto plan = path::Plan::compile(text, response_.tree()->table(), compile);
  if (!plan) return true;
  const std::array<path::Value, 1> form{path::Value(questionnaire_)};
  const std::array<path::Variable, 1> variables{path::Variable{"questionnaire", form}};
  path::EvalContext context{.root = response_, .variables = variables};
  context.host = &host_;
  const auto result = path::evaluate_boolean(**plan, context);
  known->second = !result || result->value_or(false);
  return known->second;
}

bool EnableWhen::is_enabled(Node item, std::span<const Node> scopes) {
  if (const std::string_view expression = expression_of(item);
      !expression.empty() && !expression_holds(expression))
    return false;
  std::size_t conditions = 0;
  std::size_t held = 0;
  for (const Node condition : item.children("enableWhen")) {
    ++conditions;
    if (holds(condition, scopes)) ++held;
  }
  if (conditions <= 1) return held == conditions;
  const std::string_view behavior = item.child("enableBehavior").text();
  if (behavior == "any") return held > 0;
  return behavior != "all" || held == conditions;
}

}  // namespace fhir::validate
