// What the base definitions ask of an element: Walk's part that needs no profile.
#include <algorithm>
#include <string>
#include <unordered_set>

#include "fhir/definitions/well_known.hpp"
#include "fhir/validate/binding_check.hpp"
#include "fhir/validate/narrative_check.hpp"
#include "fhir/validate/primitive_check.hpp"
#include "fhir/validate/reference_check.hpp"
#include "fhir/validate/walk.hpp"

namespace fhir::validate {

using definitions::ElementRow;
using tree::Node;
using tree::RowId;
using tree::TypeKind;
using tree::TypeRow;

namespace {

Node child_of(Node parent, tree::NameId name) {
  for (Node at = parent.first_child(); at; at = at.next_sibling()) {
    if (at.name_id() == name) return at;
  }
  return {};
}

/// bdl-7: entries with the same fullUrl are versions of one resource. Linear, where isDistinct() need not be.
bool full_urls_differ(Node bundle) {
  if (child_of(bundle, definitions::kTypeName).text() == "history") return true;
  std::unordered_set<std::string> seen;
  for (Node entry = bundle.first_child(); entry; entry = entry.next_sibling()) {
    const Node url =
        entry.name_id() == definitions::kEntryName ? child_of(entry, definitions::kFullUrlName) : Node();
    if (!url.has_value()) continue;
    std::string key(url.text());
    const Node meta = child_of(child_of(entry, definitions::kResourceName), definitions::kMetaName);
    key.append(child_of(meta, definitions::kVersionIdName).text());
    if (!seen.insert(std::move(key)).second) return false;
  }
  return true;
}

bool evaluates_to_true(const path::Plan& plan, const path::EvalContext& context) {
  const auto result = path::evaluate_boolean(plan, context);
  return result.has_value() && result->value_or(false);
}

}  // namespace

void Walk::check_base(Node node, const TypeRow& row, ChildMask& present) {
  const RowId row_id = node.row_id();
  switch (row.kind) {
    case TypeKind::kPrimitive: check_primitive(node, row); break;
    case TypeKind::kXhtml: NarrativeCheck(*this).check(node); break;
    case TypeKind::kComplex:
    case TypeKind::kBackbone:
      if (node.has_value()) {
        findings_.error(node, IssueType::kStructure, {"this element has elements, not a value of its own"});
        return;
      }
      check_content(node);
      if (row.type == definitions::kReferenceType) ReferenceCheck(*this).check_base(node);
      if (row.type == attachment_) PrimitiveCheck(*this).check_attachment(node);
      if (row.type == identifier_) PrimitiveCheck(*this).check_identifier(node);
      if (row.type == definitions::kQuantityType) BindingCheck(*this).check_unit(node);
      break;
    case TypeKind::kUnknown:
    case TypeKind::kResource: break;
  }
  if (node.first_child() || shared_.definitions.row_required[row_id].count != 0)
    check_cardinality(node, row_id, row, present);
  const ElementRow& element = shared_.definitions.element(row);
  BindingCheck(*this).check_base(node, element);
}

void Walk::check_primitive(Node node, const TypeRow& row) {
  if (!node.has_value()) return check_content(node);
  PrimitiveCheck(*this).check(node, row);
  if (row.type == definitions::kCanonical) ReferenceCheck(*this).check_canonical(node);
  if (node.name_id() == definitions::kId && row.type == definitions::kString && !node.parent().is_resource())
    check_element_id(node);
}

void Walk::check_element_id(Node id) {
  // Snapshot and differential speak of the same elements.
  const Node scope = id.parent().type() == "ElementDefinition" ? id.parent().parent() : container_;
  if (!element_ids_.insert(std::to_string(scope.index()).append("#").append(id.text())).second)
    findings_.error(id.parent(), IssueType::kDuplicate, {"another element of the resource has the same id"});
}

void Walk::check_content(Node node) {
  for (Node at = node.first_child(); at; at = at.next_sibling()) {
    if (at.name_id() != definitions::kId || at.row().type != definitions::kString) return;
  }
  findings_.error(node, IssueType::kInvariant, {"an element must have a value or children (ele-1)"});
}

const TypeRow& Walk::slot_of(RowId parent, Node child) const {
  const tree::TypeTable& table = shared_.definitions.table;
  const TypeRow& row = table.row(child.row_id());
  if (row.kind != TypeKind::kResource) return row;
  return table.row(table.child(parent, child.name_id()));
}

void Walk::check_cardinality(Node node, RowId row_id, const TypeRow& row, ChildMask& present) {
  if (row.children_count == 0) return;  // children here are unknown ones, and reported as such
  const tree::TypeTable& table = shared_.definitions.table;
  const std::uint32_t last = table.children[row.children_begin + row.children_count - 1];
  const std::size_t positions = table.row(last).order + std::size_t{1};
  if (counts_.size() < positions) counts_.resize(positions);
  std::fill_n(counts_.begin(), positions, 0u);
  for (Node at = node.first_child(); at; at = at.next_sibling()) {
    const TypeRow& child = slot_of(row_id, at);
    if (child.kind == TypeKind::kUnknown || child.order >= positions) continue;
    present.set(child.order);
    if (++counts_[child.order] != child.max + std::uint64_t{1}) continue;
    const std::string most = std::to_string(child.max);
    findings_.error(node, IssueType::kStructure,
                    {shared_.definitions.text(shared_.definitions.element(child).path),
                     " must not occur more than ", most, child.max == 1 ? " time" : " times"});
  }
  for (const RowId required : shared_.definitions.required_children(row_id)) {
    const TypeRow& child = table.row(required);
    if (counts_[child.order] >= child.min) continue;
    const std::string least = std::to_string(child.min);
    findings_.error(node, IssueType::kRequired,
                    {shared_.definitions.text(shared_.definitions.element(child).path),
                     " must occur at least ", least, child.min == 1 ? " time" : " times"});
  }
}

void Walk::check_invariants(Node node, RowId row_id, const ChildMask& present) {
  for (const InvariantCheck& check : shared_.invariants.of(row_id)) {
    if (check.skip_when_absent && !check.reads.meets(present)) continue;
    if (holds(node, check)) continue;
    const definitions::InvariantRow& row = shared_.definitions.invariants[check.invariant];
    const std::string_view key = shared_.definitions.text(row.key);
    if (key == "dom-6" && !shared_.options.best_practice) continue;
    findings_.add(node, row.is_error != 0 ? Severity::kError : Severity::kWarning, IssueType::kInvariant,
                  {key, ": ", shared_.definitions.text(row.human)});
  }
}

bool Walk::holds(Node node, const InvariantCheck& check) {
  switch (check.method) {
    case Method::kWalk: return true;
    case Method::kExtensionOrValue:
      return static_cast<bool>(child_of(node, definitions::kExtensionName)) !=
             static_cast<bool>(child_of(node, definitions::kValueName));
    case Method::kLocalReference: {
      const Node reference = child_of(node, definitions::kReferenceName);
      if (!reference.has_value() || !reference.text().starts_with('#')) return true;
      return reference.text() == "#" || resolver_.contained(container_, reference.text().substr(1));
    }
    case Method::kFullUrlsDiffer: return full_urls_differ(node);
    case Method::kPeriodOrder:
    case Method::kPlan: break;
  }
  if (check.plan == nullptr) return true;
  const path::Value focus(node);
  path::EvalContext context;
  context.root = resource_;
  context.root_resource = container_;
  context.focus = std::span(&focus, 1);
  context.host = this;
  context.clock = shared_.options.clock;
  return evaluates_to_true(*check.plan, context);
}

}  // namespace fhir::validate
