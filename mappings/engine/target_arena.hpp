// The result while it is being built: elements are added in any order, and become a Tree in definition order
// at the end, without those that stayed empty. Internal.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "fhir/tree/tree.hpp"
#include "mappings/engine/receipt.hpp"

namespace mappings::engine {

/// Keeps copies of texts at fixed addresses.
class TextArena {
 public:
  [[nodiscard]] std::string_view keep(std::string_view text);
  /// All of them, one behind the other.
  [[nodiscard]] std::string_view keep(std::span<const std::string_view> texts);
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
  [[nodiscard]] char* take(std::size_t size);
  static constexpr std::size_t kBlock = 16u << 10;
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t left_ = 0;
  char* next_ = nullptr;
  std::size_t bytes_ = 0;
};

/// A value that is only known when all is built.
enum class Pending : std::uint8_t { kNone, kReference, kPointer };

struct TargetNode {
  fhir::tree::NameId name = fhir::tree::kNoName;
  fhir::tree::RowId row = fhir::tree::kUnknownRow;
  fhir::tree::NodeIndex parent = fhir::tree::kNoNode;
  fhir::tree::NodeIndex first = fhir::tree::kNoNode;
  fhir::tree::NodeIndex last = fhir::tree::kNoNode;
  fhir::tree::NodeIndex next = fhir::tree::kNoNode;
  std::string_view text;                                ///< Of the source tree or a TextArena.
  fhir::tree::NodeIndex subject = fhir::tree::kNoNode;  ///< Of a pending value.
  std::uint32_t rule = 0;
  std::uint32_t sources_begin = 0;  ///< Of the run's list.
  std::uint16_t sources_count = 0;
  std::uint16_t order = 0;  ///< Among its siblings.
  fhir::tree::ValueKind kind = fhir::tree::ValueKind::kNone;
  Pending pending = Pending::kNone;
  bool live = false;      ///< It or something below it has a value.
  bool unsorted = false;  ///< Its children do not stand in definition order.
};

class TargetArena {
 public:
  explicit TargetArena(const fhir::tree::TypeTable& table) : table_(&table) {
    nodes_.reserve(512);
    sorting_.reserve(64);
  }

  /// An element without a parent.
  fhir::tree::NodeIndex make(fhir::tree::NameId name, fhir::tree::RowId row);
  /// A new child; at the front of its siblings when `first`.
  fhir::tree::NodeIndex add(fhir::tree::NodeIndex parent, fhir::tree::NameId name, fhir::tree::RowId row,
                            std::uint16_t order, bool first = false);
  /// Gives an element without a parent one.
  void attach(fhir::tree::NodeIndex parent, fhir::tree::NodeIndex child, fhir::tree::NameId name,
              std::uint16_t order, bool first = false);
  void remove(fhir::tree::NodeIndex child);
  /// The last child with this name, or kNoNode.
  [[nodiscard]] fhir::tree::NodeIndex find(fhir::tree::NodeIndex parent,
                                           fhir::tree::NameId name) const noexcept {
    fhir::tree::NodeIndex found = fhir::tree::kNoNode;
    for (fhir::tree::NodeIndex at = nodes_[parent].first; at != fhir::tree::kNoNode; at = nodes_[at].next) {
      if (nodes_[at].name == name) found = at;
    }
    return found;
  }
  /// Marks the element and all around it as no longer empty.
  void enliven(fhir::tree::NodeIndex node) noexcept {
    for (; node != fhir::tree::kNoNode && !nodes_[node].live; node = nodes_[node].parent)
      nodes_[node].live = true;
  }

  [[nodiscard]] TargetNode& at(fhir::tree::NodeIndex node) noexcept { return nodes_[node]; }
  [[nodiscard]] const TargetNode& at(fhir::tree::NodeIndex node) const noexcept { return nodes_[node]; }
  [[nodiscard]] std::size_t size() const noexcept { return nodes_.size(); }
  [[nodiscard]] const fhir::tree::TypeTable& table() const noexcept { return *table_; }
  [[nodiscard]] const fhir::tree::TypeRow& row(fhir::tree::NodeIndex node) const noexcept {
    return table_->row(nodes_[node].row);
  }

  /// One pass into a tree, in definition order; `receipt.entries` gets what each value came from. Called
  /// once, last.
  [[nodiscard]] fhir::tree::TreePtr finish(fhir::tree::NodeIndex root, Receipt& receipt);

 private:
  void link(TargetNode& owner, fhir::tree::NodeIndex child, TargetNode& node, bool first);
  void sort_children(fhir::tree::NodeIndex parent);
  /// `node`, or the first of its next siblings that is not empty.
  [[nodiscard]] fhir::tree::NodeIndex live(fhir::tree::NodeIndex node) const noexcept {
    while (node != fhir::tree::kNoNode && !nodes_[node].live)
      node = nodes_[node].next;
    return node;
  }
  const fhir::tree::TypeTable* table_;
  std::vector<TargetNode> nodes_;
  std::vector<fhir::tree::NodeIndex> sorting_;
};

}  // namespace mappings::engine
