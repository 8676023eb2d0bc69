#include "fhir/tree/tree.hpp"

namespace fhir::tree {

std::string_view Tree::name(NameId id) const noexcept {
  if (id == kNoName) return {};
  if ((id & kLocalName) != 0) return local_names_[id & ~kLocalName];
  return table_->name(id);
}

NameId Tree::find_name(std::string_view wanted) const noexcept {
  const NameId known = table_->find_name(wanted);
  if (known != kNoName) return known;
  for (std::size_t i = 0; i < local_names_.size(); ++i) {
    if (local_names_[i] == wanted) return static_cast<NameId>(i) | kLocalName;
  }
  return kNoName;
}

std::string_view Node::serial_name() const noexcept {
  const TypeRow& type_row = row();
  if ((type_row.flags & kChoice) != 0) return tree_->table().name(type_row.serial_name);
  return name();
}

std::string_view Node::type() const noexcept {
  const TypeRow& type_row = row();
  return type_row.type == kNoName ? std::string_view() : tree_->table().name(type_row.type);
}

bool Node::is_resource() const noexcept {
  return row().kind == TypeKind::kResource;
}

Node Node::child(std::string_view wanted) const noexcept {
  if (tree_ == nullptr) return {};
  const NameId id = tree_->find_name(wanted);
  if (id == kNoName) return {};
  Node at = first_child();
  while (at && at.name_id() != id)
    at = at.next_sibling();
  return at;
}

NodeRange Node::children(std::string_view wanted) const noexcept {
  if (tree_ == nullptr) return {};
  const NameId id = tree_->find_name(wanted);
  return id == kNoName ? NodeRange() : NodeRange(first_child(), id);
}

}  // namespace fhir::tree
