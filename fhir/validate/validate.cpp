#include "fhir/validate/validate.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "fhir/definitions/well_known.hpp"
#include "fhir/validate/bindings.hpp"
#include "fhir/validate/bundle.hpp"
#include "fhir/validate/primitives.hpp"
#include "fhir/validate/references.hpp"
#include "fhir/validate/reporter.hpp"
#include "fhir/validate/xhtml.hpp"

namespace fhir::validate {
namespace {

using definitions::Definitions;
using definitions::ElementRow;
using tree::Node;
using tree::RowId;
using tree::TypeKind;
using tree::TypeRow;

/// More than any R4 type has elements; choices count once.
constexpr std::size_t kMaxSiblings = 128;

class Walk {
 public:
  Walk(const Definitions& definitions, const ValidateOptions& options)
      : definitions_(definitions),
        options_(options),
        report_(options.source, options.max_issues),
        bindings_(definitions, report_, options.report_unchecked_codes),
        references_(definitions, report_) {}

  IssueList run(Node root);

 private:
  /// False if what is below the node cannot be judged.
  bool visit(Node node);
  void check_resource(Node node, const TypeRow& row);
  void check_primitive(Node node, const TypeRow& row);
  void check_complex(Node node, const TypeRow& row);
  void check_content(Node node);
  void check_extension(Node node);
  void check_cardinality(Node node, RowId row_id, const TypeRow& row);
  [[nodiscard]] const TypeRow& slot_of(RowId parent, Node child) const;

  const Definitions& definitions_;
  const ValidateOptions& options_;
  Reporter report_;
  BindingChecker bindings_;
  ReferenceChecker references_;
  std::array<std::uint32_t, kMaxSiblings> counts_{};
};

IssueList Walk::run(Node root) {
  if (!root || root.row().kind != TypeKind::kResource) {
    report_.add(root, Severity::kFatal, IssueType::kStructure, {"not a FHIR R4 resource"});
    return report_.take();
  }
  Node node = root;
  while (node) {
    Node next = visit(node) ? node.first_child() : Node();
    while (!next && node != root) {
      next = node.next_sibling();
      if (!next) node = node.parent();
    }
    node = next;
  }
  return report_.take();
}

bool Walk::visit(Node node) {
  const RowId row_id = node.row_id();
  const TypeRow& row = definitions_.table.row(row_id);
  switch (row.kind) {
    case TypeKind::kUnknown:
      report_.error(node, IssueType::kStructure, {"this element is not defined here"});
      return false;
    case TypeKind::kPrimitive: check_primitive(node, row); break;
    case TypeKind::kXhtml: {
      const XhtmlFault fault = node.has_value() ? check_xhtml(node.text()) : XhtmlFault::kEmpty;
      if (fault != XhtmlFault::kNone) report_.error(node, IssueType::kInvalid, {to_text(fault)});
      break;
    }
    case TypeKind::kResource: check_resource(node, row); break;
    case TypeKind::kComplex:
    case TypeKind::kBackbone: check_complex(node, row); break;
  }
  if (node.first_child() || definitions_.row_required[row_id].count != 0)
    check_cardinality(node, row_id, row);
  const ElementRow& element = definitions_.element(row);
  bindings_.check(node, element);
  if (options_.rule != nullptr) options_.rule->check(node, element, report_.issues());
  return true;
}

void Walk::check_resource(Node node, const TypeRow& row) {
  if (row.type == definitions::kResourceType || row.type == definitions::kDomainResourceType) {
    report_.error(node, IssueType::kStructure,
                  {"a resource must say its type, one of the concrete types of FHIR R4"});
    return;
  }
  references_.check_contained(node);
  if (row.type == definitions::kBundleType) check_bundle(node, report_);
}

void Walk::check_primitive(Node node, const TypeRow& row) {
  if (!node.has_value()) {
    check_content(node);
  } else if (!has_form(row.type, node.text())) {
    report_.error(node, IssueType::kValue, {definitions_.table.name(row.name), " ", form_of(row.type)});
  }
}

void Walk::check_complex(Node node, const TypeRow& row) {
  if (node.has_value()) {
    report_.error(node, IssueType::kStructure, {"this element has elements, not a value of its own"});
  } else if (row.type == definitions::kExtensionType) {
    check_extension(node);
  } else {
    check_content(node);
    if (row.type == definitions::kReferenceType) references_.check_reference(node);
  }
}

void Walk::check_content(Node node) {
  for (Node at = node.first_child(); at; at = at.next_sibling()) {
    if (at.name_id() != definitions::kId || at.row().type != definitions::kString) return;
  }
  report_.error(node, IssueType::kInvalid, {"an element must have a value or children (ele-1)"});
}

void Walk::check_extension(Node node) {
  bool has_value = false;
  bool has_extensions = false;
  Node url;
  for (Node at = node.first_child(); at; at = at.next_sibling()) {
    if (at.name_id() == definitions::kValueName) has_value = true;
    if (at.name_id() == definitions::kExtensionName) has_extensions = true;
    if (at.name_id() == definitions::kUrl) url = at;
  }
  if (has_value == has_extensions) {
    report_.error(node, IssueType::kStructure,
                  {"an extension must have either a value or extensions, not both (ext-1)"});
  }
  const bool nested = node.parent().row().type == definitions::kExtensionType;
  if (!nested && url.has_value() && url.text().find(':') == std::string_view::npos) {
    report_.error(url, IssueType::kExtension, {"the url of an extension must be absolute"});
  }
}

const TypeRow& Walk::slot_of(RowId parent, Node child) const {
  const TypeRow& row = definitions_.table.row(child.row_id());
  if (row.kind != TypeKind::kResource) return row;
  return definitions_.table.row(definitions_.table.child(parent, child.name_id()));
}

void Walk::check_cardinality(Node node, RowId row_id, const TypeRow& row) {
  if (row.children_count == 0) return;  // children here are unknown ones, and reported as such
  const std::uint32_t last_child = definitions_.table.children[row.children_begin + row.children_count - 1];
  const std::uint32_t positions = definitions_.table.row(last_child).order + 1u;
  std::fill_n(counts_.begin(), std::min<std::size_t>(positions, kMaxSiblings), 0u);
  for (Node at = node.first_child(); at; at = at.next_sibling()) {
    const TypeRow& child = slot_of(row_id, at);
    if (child.kind == TypeKind::kUnknown || child.order >= kMaxSiblings) continue;
    if (++counts_[child.order] == child.max + std::uint64_t{1}) {
      const std::string most = std::to_string(child.max);
      report_.error(at, IssueType::kStructure,
                    {definitions_.text(definitions_.element(child).path), " must not occur more than ", most,
                     child.max == 1 ? " time" : " times"});
    }
  }
  for (const RowId required : definitions_.required_children(row_id)) {
    const TypeRow& child = definitions_.table.row(required);
    if (counts_[child.order] >= child.min) continue;
    const std::string least = std::to_string(child.min);
    report_.error(node, IssueType::kRequired,
                  {definitions_.text(definitions_.element(child).path), " must occur at least ", least,
                   child.min == 1 ? " time" : " times"});
  }
}

}  // namespace

IssueList check(Node root, const ValidateOptions& options) {
  return Walk(definitions::r4_definitions(), options).run(root);
}

}  // namespace fhir::validate
