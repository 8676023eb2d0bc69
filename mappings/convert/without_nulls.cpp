#include "mappings/convert/without_nulls.hpp"

#include <vector>

#include "fhir/tree/tree_builder.hpp"

namespace mappings::convert {

using fhir::tree::kNoNode;
using fhir::tree::Node;
using fhir::tree::NodeIndex;
using fhir::tree::NodeRecord;
using fhir::tree::Tree;
using fhir::tree::TreePtr;

namespace {

/// What is null, and what holds nothing but nulls. Parents stand before their children.
std::vector<bool> find_nulls(const Tree& tree, fhir::tree::NameId flag) {
  const auto count = static_cast<NodeIndex>(tree.node_count());
  std::vector<bool> null(count, false);
  std::vector<bool> kept_child(count, false);
  for (NodeIndex at = count; at-- > 0;) {
    const NodeRecord& record = tree.record(at);
    const NodeRecord* parent = record.parent == kNoNode ? nullptr : &tree.record(record.parent);
    if (record.name == flag && parent != nullptr) {
      null[at] = true;
      continue;
    }
    const bool has_children = record.first_child != kNoNode;
    null[at] = has_children && !kept_child[at] && record.kind == fhir::tree::ValueKind::kNone;
    if (!null[at] && parent != nullptr) kept_child[record.parent] = true;
  }
  null[0] = false;
  return null;
}

}  // namespace

TreePtr without_nulls(const TreePtr& message) {
  const Tree& tree = *message;
  const fhir::tree::NameId flag = tree.table().find_name("nullFlag");
  bool any = false;
  for (NodeIndex at = 0; at < tree.node_count() && !any; ++at)
    any = tree.record(at).name == flag;
  if (!any) return message;
  const std::vector<bool> null = find_nulls(tree, flag);
  fhir::tree::TreeBuilder builder(tree.table(), tree.node_count());
  std::vector<NodeIndex> went(tree.node_count(), kNoNode);
  for (NodeIndex at = 0; at < tree.node_count(); ++at) {
    const NodeRecord& record = tree.record(at);
    const Node node(&tree, at);
    const bool local = (record.name & fhir::tree::kLocalName) != 0;
    const fhir::tree::NameId name = local ? builder.intern(node.name()) : record.name;
    if (at == 0) {
      went[at] = builder.add_root(name, record.row);
    } else if (!null[at] && went[record.parent] != kNoNode) {
      went[at] = builder.add(went[record.parent], name, record.row);
    } else {
      continue;
    }
    builder.set_source(went[at], record.source);
    if (record.kind != fhir::tree::ValueKind::kNone) builder.set_value(went[at], record.kind, node.text());
  }
  return builder.finish();
}

}  // namespace mappings::convert
