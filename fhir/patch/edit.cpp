#include "fhir/patch/edit.hpp"

#include <vector>

#include "fhir/patch/material.hpp"
#include "fhir/tree/tree_builder.hpp"

namespace fhir::patch {

namespace {

using tree::kNoNode;
using tree::Node;
using tree::NodeIndex;

/// An edit changes the children of one element, the site; everything else is copied.
class Copying {
 public:
  Copying(Node root, const Edit& edit)
      : root_(root),
        edit_(edit),
        removed_(edit.removed),
        builder_(root.tree()->table(), root.tree()->node_count() + 8) {}

  EditOutcome run() {
    shrink_removal();
    std::vector<Node> path;
    for (Node at = site(); at; at = at == root_ ? Node() : at.parent())
      path.push_back(at);
    NodeIndex to = builder_.add_root(name_of(root_), root_.row_id());
    for (std::size_t level = path.size(); level-- > 1;)
      to = copy_level(path[level], path[level - 1], to);
    copy_site(path.front(), to);
    if (fault_ != nullptr) return {nullptr, fault_};
    return {builder_.finish(), nullptr};
  }

 private:
  [[nodiscard]] Node node(NodeIndex index) const { return {root_.tree(), index}; }

  [[nodiscard]] Node site() const {
    if (edit_.placement == Placement::kLastChild) return node(edit_.anchor);
    return node(edit_.placement == Placement::kNothing ? removed_ : edit_.anchor).parent();
  }

  /// FHIR knows no empty elements: what only held the removed element goes with it.
  void shrink_removal() {
    if (edit_.placement != Placement::kNothing) return;
    for (Node up = node(removed_).parent(); up && !(up == root_) && !(up.parent() == Node());
         up = up.parent()) {
      const bool only = up.first_child() == node(removed_) && !up.first_child().next_sibling();
      if (!only || up.has_value() || up.is_resource()) return;
      removed_ = up.index();
    }
  }

  tree::NameId name_of(Node from) { return builder_.intern(from.name()); }

  void copy_whole(Node from, NodeIndex to) { builder_.add_copy(to, name_of(from), from.row_id(), from); }

  /// Copies the children of `from` but `open`, of which the node alone; gives its copy.
  NodeIndex copy_level(Node from, Node open, NodeIndex to) {
    NodeIndex made = kNoNode;
    for (const Node child : from.children()) {
      if (!(child == open)) {
        copy_whole(child, to);
        continue;
      }
      made = builder_.add(to, name_of(child), child.row_id());
      if (child.has_value()) builder_.set_value(made, child.kind(), child.text());
    }
    return made;
  }

  void copy_site(Node from, NodeIndex to) {
    for (const Node child : from.children()) {
      const bool anchor = child.index() == edit_.anchor && edit_.placement != Placement::kLastChild;
      if (anchor && edit_.placement == Placement::kBefore) place(to);
      if (child.index() != removed_) copy_whole(child, to);
      if (anchor && edit_.placement == Placement::kAfter) place(to);
    }
    if (edit_.placement == Placement::kLastChild) place(to);
  }

  void place(NodeIndex to) {
    if (edit_.moved) {
      copy_whole(edit_.moved, to);
    } else {
      fault_ = add_material(builder_, to, edit_.row, edit_.value);
    }
  }

  Node root_;
  const Edit& edit_;
  NodeIndex removed_;
  tree::TreeBuilder builder_;
  const char* fault_ = nullptr;
};

}  // namespace

EditOutcome edited(Node root, const Edit& edit) {
  return Copying(root, edit).run();
}

}  // namespace fhir::patch
