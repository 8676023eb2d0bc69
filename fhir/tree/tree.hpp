// The one element tree: every format is read into it, every engine works on it.
//
//   fhir::tree::TreePtr tree = ...;               // from a reader or a ResourceBuilder
//   for (Node name : tree->root().children("name"))
//     use(name.child("family").text());
//
// A tree is a compact array of nodes with the text of its values. It is immutable once built and may be read
// from any thread. Nodes are cheap handles; they and the texts they give are valid as long as the tree.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/tree/type_table.hpp"

namespace fhir::tree {

/// What a node's text is.
enum class ValueKind : std::uint8_t {
  kNone,     ///< No value: a complex element, or a primitive with extensions only.
  kString,   ///< Unescaped UTF-8.
  kNumber,   ///< The digits as they were written: 72.50 stays 72.50.
  kBoolean,  ///< `true` or `false`.
  kXhtml,    ///< A serialised `<div>`.
};

/// Where an element stood in the original bytes. Length 0: it did not come from there.
struct SourceSpan {
  std::uint32_t offset = 0;
  std::uint32_t length = 0;
};

using NodeIndex = std::uint32_t;
inline constexpr NodeIndex kNoNode = 0xFFFF'FFFFu;

/// One element. Links are indexes into the same array.
struct NodeRecord {
  NameId name = kNoName;
  RowId row = kUnknownRow;
  NodeIndex parent = kNoNode;
  NodeIndex first_child = kNoNode;
  NodeIndex next_sibling = kNoNode;
  std::uint32_t text_offset = 0;
  std::uint32_t text_length = 0;
  SourceSpan source;
  ValueKind kind = ValueKind::kNone;
};

class Tree;
class NodeRange;

/// A handle to one element, or to nothing. Two words; pass by value.
class Node {
 public:
  Node() = default;
  Node(const Tree* tree, NodeIndex index) : tree_(index == kNoNode ? nullptr : tree), index_(index) {}

  /// False for "no such element". Every accessor of an empty node answers empty.
  explicit operator bool() const noexcept { return tree_ != nullptr; }
  friend bool operator==(const Node& a, const Node& b) noexcept {
    return a.tree_ == b.tree_ && (a.tree_ == nullptr || a.index_ == b.index_);
  }

  [[nodiscard]] std::string_view name() const noexcept;         ///< `value`
  [[nodiscard]] std::string_view serial_name() const noexcept;  ///< `valueQuantity`
  [[nodiscard]] std::string_view type()
      const noexcept;  ///< `Quantity`; `Patient` for a resource; empty when unknown
  [[nodiscard]] const TypeRow& row() const noexcept;  ///< The unknown row for an empty node.
  [[nodiscard]] RowId row_id() const noexcept;
  [[nodiscard]] NameId name_id() const noexcept;
  [[nodiscard]] bool is_resource() const noexcept;

  [[nodiscard]] ValueKind kind() const noexcept;
  [[nodiscard]] bool has_value() const noexcept { return kind() != ValueKind::kNone; }
  [[nodiscard]] std::string_view text() const noexcept;  ///< The value, unescaped; empty when there is none.
  [[nodiscard]] SourceSpan source() const noexcept;

  [[nodiscard]] Node parent() const noexcept;
  [[nodiscard]] Node first_child() const noexcept;
  [[nodiscard]] Node next_sibling() const noexcept;
  /// The first child with this FHIRPath name, or an empty node. Cost: linear in the children.
  [[nodiscard]] Node child(std::string_view name) const noexcept;
  /// The first node along a chain of names: `node.at("subject", "identifier", "value")`.
  template <class... Names>
  [[nodiscard]] Node at(std::string_view first, Names... rest) const noexcept {
    const Node next = child(first);
    if constexpr (sizeof...(rest) == 0) {
      return next;
    } else {
      return next.at(rest...);
    }
  }
  [[nodiscard]] NodeRange children() const noexcept;
  [[nodiscard]] NodeRange children(std::string_view name) const noexcept;

  [[nodiscard]] const Tree* tree() const noexcept { return tree_; }
  [[nodiscard]] NodeIndex index() const noexcept { return index_; }

 private:
  const Tree* tree_ = nullptr;
  NodeIndex index_ = kNoNode;
};

/// Children of one node, all or those of one name. A forward range; order is that of the source.
class NodeRange {
 public:
  class iterator {
   public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = Node;
    using difference_type = std::ptrdiff_t;
    using pointer = const Node*;
    using reference = Node;
    iterator() = default;
    iterator(Node at, NameId only) : at_(at), only_(only) { skip(); }
    Node operator*() const noexcept { return at_; }
    iterator& operator++() noexcept {
      at_ = at_.next_sibling();
      skip();
      return *this;
    }
    iterator operator++(int) noexcept {
      iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const iterator& a, const iterator& b) noexcept { return a.at_ == b.at_; }

   private:
    void skip() noexcept {
      while (only_ != kNoName && at_ && at_.name_id() != only_)
        at_ = at_.next_sibling();
    }
    Node at_;
    NameId only_ = kNoName;
  };
  NodeRange() = default;
  NodeRange(Node first, NameId only) : first_(first), only_(only) {}
  [[nodiscard]] iterator begin() const noexcept { return {first_, only_}; }
  [[nodiscard]] iterator end() const noexcept { return {}; }
  [[nodiscard]] bool empty() const noexcept { return begin() == end(); }
  /// Cost: linear.
  [[nodiscard]] std::size_t size() const noexcept {
    std::size_t count = 0;
    for (iterator at = begin(); at != end(); ++at)
      ++count;
    return count;
  }

 private:
  Node first_;
  NameId only_ = kNoName;
};

/// Made by TreeBuilder only.
class Tree {
 public:
  Tree(const Tree&) = delete;
  Tree& operator=(const Tree&) = delete;
  ~Tree() = default;

  /// The outermost element; empty for a tree without nodes.
  [[nodiscard]] Node root() const noexcept { return {this, nodes_.empty() ? kNoNode : 0}; }
  [[nodiscard]] const TypeTable& table() const noexcept { return *table_; }
  [[nodiscard]] const NodeRecord& record(NodeIndex index) const noexcept { return nodes_[index]; }
  [[nodiscard]] std::size_t node_count() const noexcept { return nodes_.size(); }
  [[nodiscard]] std::string_view name(NameId id) const noexcept;
  /// The id `name` has in this tree, or kNoName if no element can have it.
  [[nodiscard]] NameId find_name(std::string_view name) const noexcept;
  [[nodiscard]] std::string_view text(const NodeRecord& record) const noexcept {
    return {text_.data() + record.text_offset, record.text_length};
  }

 private:
  friend class TreeBuilder;
  explicit Tree(const TypeTable& table) : table_(&table) {}
  const TypeTable* table_;
  std::vector<NodeRecord> nodes_;
  std::vector<std::string> local_names_;
  std::string text_;
};

using TreePtr = std::shared_ptr<const Tree>;

// Inline below: these run once for each step of every expression.

inline const TypeRow& Node::row() const noexcept {
  static constexpr TypeRow kUnknown;
  return tree_ == nullptr ? kUnknown : tree_->table().row(row_id());
}
inline RowId Node::row_id() const noexcept {
  return tree_ == nullptr ? kUnknownRow : tree_->record(index_).row;
}
inline NameId Node::name_id() const noexcept {
  return tree_ == nullptr ? kNoName : tree_->record(index_).name;
}
inline ValueKind Node::kind() const noexcept {
  return tree_ == nullptr ? ValueKind::kNone : tree_->record(index_).kind;
}
inline std::string_view Node::text() const noexcept {
  return tree_ == nullptr ? std::string_view() : tree_->text(tree_->record(index_));
}
inline std::string_view Node::name() const noexcept {
  return tree_ == nullptr ? std::string_view() : tree_->name(name_id());
}
inline SourceSpan Node::source() const noexcept {
  return tree_ == nullptr ? SourceSpan() : tree_->record(index_).source;
}
inline Node Node::parent() const noexcept {
  return tree_ == nullptr ? Node() : Node(tree_, tree_->record(index_).parent);
}
inline Node Node::first_child() const noexcept {
  return tree_ == nullptr ? Node() : Node(tree_, tree_->record(index_).first_child);
}
inline Node Node::next_sibling() const noexcept {
  return tree_ == nullptr ? Node() : Node(tree_, tree_->record(index_).next_sibling);
}
inline NodeRange Node::children() const noexcept {
  return {first_child(), kNoName};
}

}  // namespace fhir::tree
