#include "fhir/path/plan.hpp"
#include "fhir/validate/definition_rules.hpp"

namespace fhir::validate {

namespace {

using tree::Node;

void check_derivation(Walk& walk, Node parameter) {
  const Node canonical = parameter.child("derivedFrom");
  if (!canonical.has_value()) return;
  const auto error = [&](std::string_view text) {
    walk.findings().error(parameter, IssueType::kBusinessRule, {text});
  };
  const Node master = walk.shared().registry.find("SearchParameter", canonical.text());
  if (!master) {
    walk.findings().warning(parameter, IssueType::kBusinessRule,
                            {"the search parameter this one is derived from is not known here"});
    return;
  }
  const auto has_base = [&](std::string_view type) {
    for (const Node base : master.children("base")) {
      if (base.text() == type || base.text() == "Resource") return true;
    }
    return false;
  };
  for (const Node base : parameter.children("base")) {
    if (base.has_value() && !has_base(base.text()))
      error("the search parameter this one is derived from is not for all its resource types");
  }
  const Node type = parameter.child("type");
  if (type.has_value() && type.text() != master.child("type").text())
    error("the search parameter this one is derived from is of another type");
}

}  // namespace

void check_search_parameter(Walk& walk, Node parameter) {
  check_derivation(walk, parameter);
  const Node expression = parameter.child("expression");
  if (!expression.has_value()) return;
  path::CompileOptions options;
  options.as_filters = true;
  if (!path::Plan::compile(expression.text(), walk.shared().definitions.table, options).has_value())
    walk.findings().error(expression, IssueType::kInvalid, {"the expression is not FHIRPath"});
}

}  // namespace fhir::validate
