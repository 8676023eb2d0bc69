// What the rules of profiles ask of an element: Walk's part for element definitions.
#include <algorithm>
#include <string>

#include "fhir/definitions/well_known.hpp"
#include "fhir/validate/binding_check.hpp"
#include "fhir/validate/compare.hpp"
#include "fhir/validate/narrative_check.hpp"
#include "fhir/validate/ordering.hpp"
#include "fhir/validate/reference_check.hpp"
#include "fhir/validate/vital_signs.hpp"
#include "fhir/validate/walk.hpp"

namespace fhir::validate {

using tree::Node;

namespace {

std::size_t characters_in(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; }));
}

void add_once(Actives& actives, const Active& active) {
  if (std::find(actives.begin(), actives.end(), active) == actives.end()) actives.push_back(active);
}

}  // namespace

void Walk::apply_profiles(Node resource, Actives& actives) {
  for (Node meta = resource.first_child(); meta; meta = meta.next_sibling()) {
    if (meta.name_id() != definitions::kMetaName) continue;
    for (const Node profile : meta.children("profile")) {
      if (profile.has_value()) apply(resource, profile.text(), actives, Severity::kWarning);
    }
  }
  if (resource.type() == "Observation") {
    if (const std::string_view profile = vital_signs_profile(resource); !profile.empty())
      apply(resource, profile, actives, Severity::kInformation);
  }
}

void Walk::apply(Node node, std::string_view profile, Actives& actives, Severity when_unknown) {
  const Program* program = shared_.programs.find(profile);
  if (program == nullptr) {
    findings_.add(
        node, when_unknown, IssueType::kNotFound,
        {"a profile that is claimed or asked for is not known here, or has no snapshot; it was not checked"});
    return;
  }
  if (!shared_.definitions.is_a(node.type(), program->type)) {
    findings_.error(node, IssueType::kStructure,
                    {"the profile ", program->url, " is for another type: ", program->type});
    return;
  }
  if (program->constrains) add_once(actives, {program, &program->root()});
}

void Walk::check_rule(Node node, const Active& active, Actives& actives) {
  const ElementRule& rule = *active.rule;
  check_types(node, active, actives);
  if (rule.fixed || rule.pattern) check_values(node, rule, *active.program);
  check_limits(node, rule);
  if (!rule.narrative_languages.empty())
    NarrativeCheck(*this).check_languages(node, rule.narrative_languages);
  if (!rule.value_set.empty() || !rule.max_value_set.empty()) BindingCheck(*this).check_rule(node, rule);
  check_constraints(node, active);
}

void Walk::check_types(Node node, const Active& active, Actives& actives) {
  const ElementRule& rule = *active.rule;
  if (rule.types.empty() || active.rule == &active.program->root()) return;
  std::vector<Active> candidates;
  bool fits = false;
  bool any_type = false;
  for (const TypeRule& type : rule.types) {
    if (type.code.empty()) return;
    // A code is a string, but no element that may be a string may be a code.
    const bool other_primitive =
        rule.choice && node.row().kind == tree::TypeKind::kPrimitive && node.type() != type.code;
    if (other_primitive || !shared_.definitions.is_a(node.type(), type.code)) continue;
    any_type = any_type || type.profiles.empty();
    fits = fits || type.profiles.empty();
    for (std::size_t i = 0; i < type.profiles.size(); ++i) {
      const std::string_view profile = type.profiles[i];
      const Program* program = shared_.programs.find(profile);
      const ElementRule* element = program == nullptr ? nullptr : program->element(type.profile_elements[i]);
      if (program != nullptr && type.profile_elements[i].empty() &&
          !shared_.definitions.is_a(node.type(), program->type))
        continue;
      any_type = true;
      if (element == nullptr) {
        fits = true;
        if (node.row().type != definitions::kExtensionType) {
          // The resources of an entry or a container are there for their profile; data types are not.
          findings_.add(node, node.is_resource() ? Severity::kError : Severity::kWarning,
                        IssueType::kNotFound,
                        {"the profile ", profile, " is not known here; it was not checked"});
        }
      } else if (!program->constrains) {
        fits = true;
      } else {
        candidates.push_back({program, element});
      }
    }
  }
  if (!any_type) {
    const bool of_extension =
        node.name_id() == definitions::kValueName && node.parent().row().type == definitions::kExtensionType;
    const bool of_choice = rule.choice && rule.slice_name.empty() && rule.types.size() > 1;
    findings_.error(of_extension || of_choice ? node.parent() : node, IssueType::kStructure,
                    {rule.path, " must be of another type: the profile ", active.program->url, " allows ",
                     rule.types.front().code, rule.types.size() > 1 ? " and others" : ""});
    return;
  }
  if (node.row().type == definitions::kReferenceType) ReferenceCheck(*this).check_rule(node, rule);
  if (fits || candidates.empty()) return;
  if (candidates.size() == 1) return add_once(actives, candidates.front());
  const bool conforming = std::any_of(candidates.begin(), candidates.end(),
                                      [&](const Active& candidate) { return conforms(node, candidate); });
  if (!conforming) {
    findings_.error(node, IssueType::kStructure,
                    {"this is valid against none of the profiles allowed for ", rule.path});
  }
}

void Walk::check_values(Node node, const ElementRule& rule, const Program& program) {
  const bool fixed = static_cast<bool>(rule.fixed);
  const auto differences =
      fixed ? differences_from_fixed(node, rule.fixed) : differences_from_pattern(node, rule.pattern);
  for (const Difference& difference : differences) {
    const std::string_view what = fixed ? "the fixed value" : "the pattern";
    if (difference.missing.empty()) {
      findings_.error(difference.at, IssueType::kValue,
                      {"this is not ", what, " of ", rule.path, " in ", program.url});
    } else {
      findings_.error_at_missing(difference.at, difference.missing, IssueType::kValue,
                                 {"missing, though part of ", what, " of ", rule.path, " in ", program.url});
    }
  }
}

/// Limits of a date given as a duration before now.
bool Walk::check_relative_limits(Node node, const ElementRule& rule) {
  if (shared_.options.clock == nullptr) return false;
  const Instant now = shared_.options.clock->now();
  if (rule.min_value && is_before(node, now, rule.min_value).value_or(false)) {
    findings_.error(node, IssueType::kInvalid,
                    {rule.path, " is further in the past than its minValue allows"});
  }
  if (rule.max_value && is_after(node, now, rule.max_value).value_or(false))
    findings_.error(node, IssueType::kInvalid, {rule.path, " is later than its maxValue allows"});
  return true;
}

void Walk::check_limits(Node node, const ElementRule& rule) {
  if (rule.max_length != 0 && node.has_value() && characters_in(node.text()) > rule.max_length) {
    const std::string most = std::to_string(rule.max_length);
    findings_.error(node, IssueType::kInvalid, {rule.path, " must not be longer than ", most, " characters"});
  }
  if (rule.min_length != 0 && node.has_value() && characters_in(node.text()) < rule.min_length) {
    const std::string least = std::to_string(rule.min_length);
    findings_.error(node, IssueType::kInvalid,
                    {rule.path, " must not be shorter than ", least, " characters"});
  }
  const bool relative = rule.min_value.child("code") || rule.max_value.child("code");
  if (relative && node.row().kind == tree::TypeKind::kPrimitive && check_relative_limits(node, rule)) return;
  if (rule.min_value && is_below(node, rule.min_value).value_or(false))
    findings_.error(node, IssueType::kInvalid, {rule.path, " is less than its minValue"});
  if (rule.max_value && is_above(node, rule.max_value).value_or(false))
    findings_.error(node, IssueType::kInvalid, {rule.path, " is greater than its maxValue"});
  if (rule.value_alternatives.empty() || node.has_value()) return;
  const auto stands_in = [&](Node extension) {
    const std::string_view url = extension.child("url").text();
    return std::find(rule.value_alternatives.begin(), rule.value_alternatives.end(), url) !=
           rule.value_alternatives.end();
  };
  for (const Node extension : node.children("extension")) {
    if (stands_in(extension)) return;
  }
  findings_.error(node, IssueType::kInvalid,
                  {rule.path, " has neither a value nor one of the extensions that may stand for it"});
}

void Walk::check_constraints(Node node, const Active& active) {
  for (const ConstraintRule& constraint : active.rule->constraints) {
    const path::Plan* plan = constraint.plan.get();
    if (constraint.base != kNoRule) {
      if (shared_.invariants.carries(node.row_id(), constraint.base)) continue;
      plan = shared_.invariants.plan(constraint.base);
    }
    if (constraint.best_practice && !shared_.options.best_practice) continue;
    if (plan == nullptr) continue;
    const path::Value focus(node);
    path::EvalContext context;
    context.root = resource_;
    context.root_resource = container_;
    context.focus = std::span(&focus, 1);
    context.host = this;
    context.clock = shared_.options.clock;
    const auto result = path::evaluate_boolean(*plan, context);
    if (result.has_value() && result->value_or(false)) continue;
    findings_.add(node, constraint.is_error ? Severity::kError : Severity::kWarning, IssueType::kInvariant,
                  {constraint.key, ": ", constraint.human, " (", active.program->url, ")"});
  }
}

}  // namespace fhir::validate
