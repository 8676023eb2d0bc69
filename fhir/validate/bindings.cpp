#include "fhir/validate/bindings.hpp"

#include "fhir/definitions/well_known.hpp"
#include "fhir/terminology/membership.hpp"

namespace fhir::validate {
namespace {

using terminology::Verdict;
using tree::Node;

std::string_view text_of(Node parent, tree::NameId name) {
  for (Node at = parent.first_child(); at; at = at.next_sibling()) {
    if (at.name_id() == name) return at.text();
  }
  return {};
}

}  // namespace

void BindingChecker::check_set(Node node, definitions::ValueSetId set, Limit limit) {
  switch (node.row().type) {
    case definitions::kCode:
    case definitions::kString:
    case definitions::kUri: return check_code(node, set);
    case definitions::kCodingType:
    case definitions::kQuantityType: return check_coding(node, set, limit);
    case definitions::kCodeableConceptType: return check_concept(node, set, limit);
    default: return;
  }
}

void BindingChecker::check_code(Node node, definitions::ValueSetId set) {
  if (!node.has_value()) return;  // the extension says why
  switch (terminology::find_code(definitions_, set, node.text())) {
    case Verdict::kMember: return;
    case Verdict::kNotMember: return report_outside(node, set, Limit::kRequired);
    case Verdict::kUnchecked: return report_unchecked(node, set);
  }
}

void BindingChecker::check_coding(Node coding, definitions::ValueSetId set, Limit limit) {
  const std::string_view code = text_of(coding, definitions::kCode);
  if (code.empty()) return;
  switch (terminology::find_coding(definitions_, set, text_of(coding, definitions::kSystemName), code)) {
    case Verdict::kMember: return;
    case Verdict::kNotMember: return report_outside(coding, set, limit);
    case Verdict::kUnchecked: return report_unchecked(coding, set);
  }
}

void BindingChecker::check_concept(Node concept_node, definitions::ValueSetId set, Limit limit) {
  bool any = false;
  bool unchecked = false;
  for (Node at = concept_node.first_child(); at; at = at.next_sibling()) {
    if (at.name_id() != definitions::kCodingName) continue;
    any = true;
    const std::string_view code = text_of(at, definitions::kCode);
    const Verdict verdict =
        terminology::find_coding(definitions_, set, text_of(at, definitions::kSystemName), code);
    if (verdict == Verdict::kMember) return;
    unchecked = unchecked || verdict == Verdict::kUnchecked;
  }
  if (unchecked) {
    report_unchecked(concept_node, set);
  } else if (any || limit == Limit::kRequired) {
    report_outside(concept_node, set, limit);
  }
}

void BindingChecker::report_unchecked(Node node, definitions::ValueSetId set) {
  if (!report_unchecked_) return;
  report_.add(node, Severity::kInformation, IssueType::kNotSupported,
              {"whether the code is in ", definitions_.text(definitions_.value_sets[set].url),
               " cannot be decided here; only its syntax was checked"});
}

void BindingChecker::report_outside(Node node, definitions::ValueSetId set, Limit limit) {
  const definitions::ValueSetRow& row = definitions_.value_sets[set];
  const Severity severity = limit == Limit::kRequired ? Severity::kError : Severity::kWarning;
  report_.add(node, severity, IssueType::kCodeInvalid,
              {"a code from the value set ", definitions_.text(row.name), " (", definitions_.text(row.url),
               limit == Limit::kRequired ? ") is required" : ") is expected"});
}

}  // namespace fhir::validate
