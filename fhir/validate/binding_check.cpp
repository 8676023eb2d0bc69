#include "fhir/validate/binding_check.hpp"

#include "fhir/definitions/well_known.hpp"
#include "fhir/terminology/membership.hpp"
#include "fhir/terminology/terminology.hpp"
#include "fhir/validate/primitive_check.hpp"

namespace fhir::validate {
namespace {

using definitions::BindingStrength;
using terminology::CodeAnswer;
using terminology::CodeVerdict;
using tree::Node;

Node child_of(Node parent, tree::NameId name) {
  for (Node at = parent.first_child(); at; at = at.next_sibling()) {
    if (at.name_id() == name) return at;
  }
  return {};
}

bool is_coded(tree::NameId type) {
  switch (type) {
    case definitions::kCode:
    case definitions::kString:
    case definitions::kUri:
    case definitions::kCodingType:
    case definitions::kQuantityType:
    case definitions::kCodeableConceptType: return true;
    default: return false;
  }
}

bool has_code(Node node) {
  switch (node.row().type) {
    case definitions::kCode:
    case definitions::kString:
    case definitions::kUri: return node.has_value();
    case definitions::kCodeableConceptType:
      return static_cast<bool>(child_of(node, definitions::kCodingName));
    default: return child_of(node, definitions::kCode).has_value();
  }
}

}  // namespace

void BindingCheck::check_base(Node node, const definitions::ElementRow& element) {
  if (element.binding == BindingStrength::kNone) return;
  const definitions::Definitions& definitions = walk_.shared().definitions;
  if (element.max_value_set != definitions::kNoValueSet)
    check_maximum(node, definitions.text(definitions.value_sets[element.max_value_set].url));
  if (element.binding < BindingStrength::kPreferred || element.value_set == definitions::kNoValueSet) return;
  if (element.binding == BindingStrength::kRequired && is_plain_member(node, element.value_set)) return;
  if (!is_coded(node.row().type)) return;
  check_set(node, definitions.text(definitions.value_sets[element.value_set].url), element.binding);
}

bool BindingCheck::is_plain_member(Node node, definitions::ValueSetId set) {
  if (node.row().type != definitions::kCode) return false;
  if (!node.has_value()) return true;
  return terminology::find_code(walk_.shared().definitions, set, node.text()) ==
         terminology::Verdict::kMember;
}

void BindingCheck::check_rule(Node node, const ElementRule& rule) {
  if (!is_coded(node.row().type)) return;
  if (!rule.max_value_set.empty()) check_maximum(node, rule.max_value_set);
  if (rule.binding < BindingStrength::kPreferred || rule.value_set.empty()) return;
  if (!node.has_value()) walk_.bound().push_back({node, &rule});
  check_set(node, rule.value_set, rule.binding, &rule);
}

CodeAnswer BindingCheck::ask(Node node, std::string_view value_set, const ElementRule* rule) {
  if (rule != nullptr && value_set.starts_with('#')) {
    Node definition = rule->definition;
    while (definition.parent())
      definition = definition.parent();
    if (const terminology::ValueSet* const set = walk_.contained_set(definition, value_set))
      return walk_.shared().terminology.validate_element_in(*set, node);
  }
  return walk_.shared().terminology.validate_element(value_set, node);
}

void BindingCheck::check_set(Node node, std::string_view value_set, BindingStrength strength,
                             const ElementRule* rule) {
  if (node.row().type == definitions::kCodeableConceptType) {
    if (!child_of(node, definitions::kCodingName)) {
      if (strength == BindingStrength::kRequired) report_outside(node, value_set, strength);
      return;
    }
  } else if (!has_code(node)) {
    return;
  }
  const CodeAnswer answer = ask(node, value_set, rule);
  if (answer.is_member()) return;
  if (answer.is_wrong()) return report_outside(node, value_set, strength);
  report_unchecked(node, value_set, strength);
}

void BindingCheck::check_maximum(Node node, std::string_view value_set) {
  if (!is_coded(node.row().type) || !has_code(node)) return;
  const CodeAnswer answer = walk_.shared().terminology.validate_element(value_set, node);
  if (answer.is_wrong()) {
    walk_.findings().error(node, IssueType::kCodeInvalid,
                           {"a code from the value set ", value_set, " is required"});
  }
}

void BindingCheck::report_outside(Node node, std::string_view value_set, BindingStrength strength) {
  switch (strength) {
    case BindingStrength::kRequired:
      return walk_.findings().error(node, IssueType::kCodeInvalid,
                                    {"a code from the value set ", value_set, " is required"});
    case BindingStrength::kExtensible:
      return walk_.findings().warning(
          node, IssueType::kCodeInvalid,
          {"a code from the value set ", value_set, " is required unless it has none that suits"});
    default:
      return walk_.findings().note(node, IssueType::kCodeInvalid,
                                   {"a code from the value set ", value_set, " is preferred"});
  }
}

void BindingCheck::report_unchecked(Node node, std::string_view value_set, BindingStrength strength) {
  if (strength == BindingStrength::kPreferred) return;
  walk_.findings().note(node, IssueType::kNotSupported,
                        {"whether the code is in ", value_set, " cannot be decided here"});
}

/// A value set may give a code another display than its system does: in the language of a country, say.
bool BindingCheck::is_display_of_binding(Node coding) {
  const auto allows = [](const CodeAnswer& answer) { return answer.is_member() && !answer.display_wrong; };
  const definitions::Definitions& definitions = walk_.shared().definitions;
  for (const Node bound : {coding, coding.parent()}) {
    const definitions::ElementRow& element = definitions.element(bound.row());
    if (element.binding == BindingStrength::kNone || element.value_set == definitions::kNoValueSet) continue;
    const std::string_view url = definitions.text(definitions.value_sets[element.value_set].url);
    if (allows(ask(coding, url, nullptr))) return true;
  }
  constexpr std::size_t kLast = 64;  // a coding comes soon after what binds it
  const auto& all = walk_.bound();
  for (std::size_t i = all.size(); i > 0 && all.size() - i < kLast; --i) {
    const Walk::Bound& bound = all[i - 1];
    if ((bound.coded == coding || bound.coded == coding.parent()) &&
        allows(ask(coding, bound.rule->value_set, bound.rule)))
      return true;
  }
  return false;
}

void BindingCheck::check_unit(Node quantity) {
  const Node code = child_of(quantity, definitions::kCode);
  const Node system = child_of(quantity, definitions::kSystemName);
  if (!code.has_value() || system.text() != "http://unitsofmeasure.org") return;
  const CodeAnswer answer = walk_.shared().terminology.validate_in_system(terminology::coded_of(quantity));
  if (answer.verdict == CodeVerdict::kUnknownCode)
    walk_.findings().warning(quantity, IssueType::kCodeInvalid, {"the code of the unit is none of UCUM"});
}

bool BindingCheck::check_system(Node system) {
  const packages::Registry& registry = walk_.shared().registry;
  if (!is_absolute_uri(system.text())) {
    walk_.findings().error(system, IssueType::kInvalid, {"the system of a code is an absolute URI"});
    return false;
  }
  if (walk_.shared().terminology.knows_system(system.text()) || !registry.find("ValueSet", system.text()))
    return true;
  walk_.findings().error(system, IssueType::kInvalid, {"the system of a code is no value set"});
  return false;
}

void BindingCheck::check_coding(Node coding) {
  const Node code = child_of(coding, definitions::kCode);
  const Node system = child_of(coding, definitions::kSystemName);
  if (system.has_value() && !check_system(system)) return;
  if (!code.has_value() || !system.has_value()) return;
  const CodeAnswer answer = walk_.shared().terminology.validate_in_system(terminology::coded_of(coding));
  if (answer.verdict == CodeVerdict::kUnknownCode) {
    walk_.findings().error(code, IssueType::kCodeInvalid, {"the code system has no such code"});
  } else if (answer.malformed) {
    walk_.findings().warning(
        code, IssueType::kCodeInvalid,
        {"the code system can have no such code: its form or its check digit is not that of the system"});
  } else if (answer.display_wrong) {
    if (is_display_of_binding(coding)) return;
    const Node display = coding.child("display");
    walk_.findings().error(display ? display : coding, IssueType::kInvalid,
                           {"the display is none of those the code system gives the code"});
  } else if (answer.verdict == CodeVerdict::kCannotCheck) {
    walk_.findings().note(code, IssueType::kNotSupported,
                          {"the content of the code system is not here: the code was not checked"});
  }
}

}  // namespace fhir::validate
