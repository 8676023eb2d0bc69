// Builds a Tree. Readers use it directly; code that makes resources uses ResourceBuilder.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/tree/tree.hpp"

namespace fhir::tree {

/// Nodes are appended below any node already made, so that a late JSON `_member` can add to an earlier
/// element. Not thread-safe; used once: finish() leaves it empty.
class TreeBuilder {
 public:
  /// `table` outlives the tree. The expected sizes only reserve.
  explicit TreeBuilder(const TypeTable& table, std::size_t expected_nodes = 0, std::size_t expected_text = 0);

  /// Makes the root. Called once, first.
  NodeIndex add_root(NameId name, RowId row);
  /// Appends a child after the last child of `parent`. Amortised constant.
  NodeIndex add(NodeIndex parent, NameId name, RowId row) {
    const auto index = static_cast<NodeIndex>(last_child_.size());
    NodeRecord& record = nodes_.emplace_back();
    record.name = name;
    record.row = row;
    record.parent = parent;
    last_child_.push_back(kNoNode);
    const NodeIndex previous = last_child_[parent];
    (previous == kNoNode ? nodes_[parent].first_child : nodes_[previous].next_sibling) = index;
    last_child_[parent] = index;
    return index;
  }

  /// The id for a name: the table's if it has one, else one local to this tree.
  NameId intern(std::string_view name);

  /// Sets the value to a copy of `text`.
  void set_value(NodeIndex node, ValueKind kind, std::string_view text);
  /// Sets the value to a range of the adopted text.
  void set_value(NodeIndex node, ValueKind kind, std::uint32_t offset, std::uint32_t length);
  /// Makes `text` the text of the tree. Called before any set_value. A reader that unescapes in place hands
  /// its buffer over here, and values are ranges of it.
  void adopt_text(std::string text) { text_ = std::move(text); }

  void set_source(NodeIndex node, SourceSpan span) { nodes_[node].source = span; }
  /// Gives a node another row, when the type of a resource becomes known late. Its children keep theirs.
  void set_row(NodeIndex node, RowId row) { nodes_[node].row = row; }
  void set_name(NodeIndex node, NameId name) { nodes_[node].name = name; }

  /// Appends a deep copy of `from` below `parent` under the name and row given. `from` may be of another tree
  /// of the same table. Source spans are not copied: they would name other bytes. No recursion.
  NodeIndex add_copy(NodeIndex parent, NameId name, RowId row, Node from);

  [[nodiscard]] const NodeRecord& record(NodeIndex node) const noexcept { return nodes_[node]; }
  [[nodiscard]] NodeRecord& record(NodeIndex node) noexcept { return nodes_[node]; }
  [[nodiscard]] NodeIndex last_child(NodeIndex node) const noexcept { return last_child_[node]; }
  [[nodiscard]] std::size_t node_count() const noexcept { return nodes_.size(); }
  [[nodiscard]] const TypeTable& table() const noexcept { return *table_; }
  [[nodiscard]] std::string_view name(NameId id) const noexcept;

  [[nodiscard]] TreePtr finish();

 private:
  void copy_value(NodeIndex to, Node from);
  const TypeTable* table_;
  std::vector<NodeRecord> nodes_;
  std::vector<NodeIndex> last_child_;
  std::vector<std::string> local_names_;
  std::unordered_map<std::string, NameId> local_ids_;
  std::string text_;
};

}  // namespace fhir::tree
