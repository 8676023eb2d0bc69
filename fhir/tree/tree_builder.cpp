#include "fhir/tree/tree_builder.hpp"

#include <utility>

namespace fhir::tree {

TreeBuilder::TreeBuilder(const TypeTable& table, std::size_t expected_nodes, std::size_t expected_text)
    : table_(&table) {
  text_.reserve(expected_text);
  nodes_.reserve(expected_nodes);
  last_child_.reserve(expected_nodes);
}

NodeIndex TreeBuilder::add_root(NameId name, RowId row) {
  NodeRecord& record = nodes_.emplace_back();
  record.name = name;
  record.row = row;
  last_child_.push_back(kNoNode);
  return 0;
}

NameId TreeBuilder::intern(std::string_view name) {
  const NameId known = table_->find_name(name);
  if (known != kNoName) return known;
  const auto [at, added] =
      local_ids_.try_emplace(std::string(name), static_cast<NameId>(local_names_.size()) | kLocalName);
  if (added) local_names_.emplace_back(name);
  return at->second;
}

std::string_view TreeBuilder::name(NameId id) const noexcept {
  if (id == kNoName) return {};
  if ((id & kLocalName) != 0) return local_names_[id & ~kLocalName];
  return table_->name(id);
}

void TreeBuilder::set_value(NodeIndex node, ValueKind kind, std::string_view text) {
  const auto offset = static_cast<std::uint32_t>(text_.size());
  text_.append(text);
  set_value(node, kind, offset, static_cast<std::uint32_t>(text.size()));
}

void TreeBuilder::set_value(NodeIndex node, ValueKind kind, std::uint32_t offset, std::uint32_t length) {
  NodeRecord& record = nodes_[node];
  record.kind = kind;
  record.text_offset = offset;
  record.text_length = length;
}

void TreeBuilder::copy_value(NodeIndex to, Node from) {
  if (from.has_value()) set_value(to, from.kind(), from.text());
}

NodeIndex TreeBuilder::add_copy(NodeIndex parent, NameId name, RowId row, Node from) {
  const NodeIndex top = add(parent, name, row);
  copy_value(top, from);
  // Walks `from` in document order; `to` is always the copy of the parent of `at`.
  NodeIndex to = top;
  Node at = from.first_child();
  while (at) {
    const NameId id = (at.name_id() & kLocalName) != 0 ? intern(at.name()) : at.name_id();
    const NodeIndex made = add(to, id, at.row_id());
    copy_value(made, at);
    if (at.first_child()) {
      to = made;
      at = at.first_child();
      continue;
    }
    while (at && !at.next_sibling()) {
      at = at.parent();
      if (at == from) return top;
      to = nodes_[to].parent;
    }
    if (at) at = at.next_sibling();
  }
  return top;
}

TreePtr TreeBuilder::finish() {
  auto tree = std::shared_ptr<Tree>(new Tree(*table_));
  tree->nodes_ = std::move(nodes_);
  tree->local_names_ = std::move(local_names_);
  tree->text_ = std::move(text_);
  nodes_.clear();
  last_child_.clear();
  local_names_.clear();
  local_ids_.clear();
  text_.clear();
  return tree;
}

}  // namespace fhir::tree
