#include "mappings/engine/target_arena.hpp"

#include <algorithm>
#include <cstring>
#include <span>

#include "fhir/tree/tree_builder.hpp"

namespace mappings::engine {

using fhir::tree::kNoNode;
using fhir::tree::NameId;
using fhir::tree::NodeIndex;
using fhir::tree::RowId;

char* TextArena::take(std::size_t size) {
  if (size > left_) {
    const std::size_t block = std::max(kBlock, size);
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(block));
    next_ = blocks_.back().get();
    left_ = block;
  }
  char* const taken = next_;
  next_ += size;
  left_ -= size;
  bytes_ += size;
  return taken;
}

std::string_view TextArena::keep(std::string_view text) {
  if (text.empty()) return {};
  char* const kept = take(text.size());
  std::memcpy(kept, text.data(), text.size());
  return {kept, text.size()};
}

std::string_view TextArena::keep(std::span<const std::string_view> texts) {
  std::size_t size = 0;
  for (const std::string_view text : texts)
    size += text.size();
  if (size == 0) return {};
  char* const kept = take(size);
  char* at = kept;
  for (const std::string_view text : texts)
    at = std::copy(text.begin(), text.end(), at);
  return {kept, size};
}

NodeIndex TargetArena::make(NameId name, RowId row) {
  TargetNode& node = nodes_.emplace_back();
  node.name = name;
  node.row = row;
  return static_cast<NodeIndex>(nodes_.size() - 1);
}

NodeIndex TargetArena::add(NodeIndex parent, NameId name, RowId row, std::uint16_t order, bool first) {
  const NodeIndex child = make(name, row);
  attach(parent, child, name, order, first);
  return child;
}

void TargetArena::attach(NodeIndex parent, NodeIndex child, NameId name, std::uint16_t order, bool first) {
  TargetNode& node = nodes_[child];
  TargetNode& owner = nodes_[parent];
  node.name = name;
  node.order = order;
  node.parent = parent;
  if (owner.first == kNoNode) {
    owner.first = child;
    owner.last = child;
  } else if (first) {
    node.next = owner.first;
    owner.first = child;
  } else {
    nodes_[owner.last].next = child;
    owner.last = child;
  }
  if (node.live) enliven(parent);
}

void TargetArena::remove(NodeIndex child) {
  TargetNode& node = nodes_[child];
  TargetNode& owner = nodes_[node.parent];
  NodeIndex before = kNoNode;
  for (NodeIndex at = owner.first; at != child; at = nodes_[at].next)
    before = at;
  (before == kNoNode ? owner.first : nodes_[before].next) = node.next;
  if (owner.last == child) owner.last = before;
  node.parent = kNoNode;
  node.next = kNoNode;
}

NodeIndex TargetArena::find(NodeIndex parent, NameId name) const noexcept {
  NodeIndex found = kNoNode;
  for (NodeIndex at = nodes_[parent].first; at != kNoNode; at = nodes_[at].next) {
    if (nodes_[at].name == name) found = at;
  }
  return found;
}

void TargetArena::enliven(NodeIndex node) noexcept {
  for (; node != kNoNode && !nodes_[node].live; node = nodes_[node].parent)
    nodes_[node].live = true;
}

namespace {

/// The walk that finishes an arena. Children wait on one stack, so that depth costs no recursion.
class Emission {
 public:
  Emission(const TargetArena& arena, Receipt& receipt)
      : arena_(arena), receipt_(receipt), builder_(arena.table(), arena.size()) {
    waiting_.reserve(128);
  }

  fhir::tree::TreePtr run(NodeIndex root) {
    const TargetNode& top = arena_.at(root);
    builder_.add_root(top.name, top.row);
    emit_value(top, 0);
    push_children(top, 0);
    while (!waiting_.empty()) {
      const Waiting next = waiting_.back();
      waiting_.pop_back();
      const TargetNode& node = arena_.at(next.node);
      const NodeIndex made = builder_.add(next.parent, node.name, node.row);
      emit_value(node, made);
      push_children(node, made);
    }
    return builder_.finish();
  }

 private:
  struct Waiting {
    NodeIndex node;
    NodeIndex parent;
    std::uint16_t order;
  };

  void emit_value(const TargetNode& node, NodeIndex made) {
    if (node.kind == fhir::tree::ValueKind::kNone) return;
    builder_.set_value(made, node.kind, node.text);
    receipt_.entries.push_back({made, node.rule, node.sources_begin, node.sources_count});
  }

  /// So many are sorted in place.
  static constexpr std::size_t kFew = 32;

  /// The first child ends up on top of the stack.
  void push_children(const TargetNode& node, NodeIndex made) {
    const std::size_t begin = waiting_.size();
    bool sorted = true;
    for (NodeIndex at = node.first; at != kNoNode; at = arena_.at(at).next) {
      const TargetNode& child = arena_.at(at);
      if (!child.live) continue;
      sorted = sorted && (waiting_.size() == begin || waiting_.back().order <= child.order);
      waiting_.push_back({at, made, child.order});
    }
    const auto first = waiting_.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto before = [](const Waiting& a, const Waiting& b) { return a.order < b.order; };
    if (!sorted && waiting_.size() - begin > kFew) {
      std::stable_sort(first, waiting_.end(), before);
    } else if (!sorted) {
      for (auto at = first + 1; at != waiting_.end(); ++at)
        std::rotate(std::upper_bound(first, at, *at, before), at, at + 1);
    }
    std::reverse(first, waiting_.end());
  }

  const TargetArena& arena_;
  Receipt& receipt_;
  fhir::tree::TreeBuilder builder_;
  std::vector<Waiting> waiting_;
};

}  // namespace

fhir::tree::TreePtr TargetArena::finish(NodeIndex root, Receipt& receipt) const {
  receipt.entries.reserve(nodes_.size());
  return Emission(*this, receipt).run(root);
}

}  // namespace mappings::engine
