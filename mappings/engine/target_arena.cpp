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
  TargetNode& node = nodes_[child];
  node.order = order;
  node.parent = parent;
  link(nodes_[parent], child, node, first);
  return child;
}

void TargetArena::link(TargetNode& owner, NodeIndex child, TargetNode& node, bool first) {
  if (owner.first == kNoNode) {
    owner.first = child;
    owner.last = child;
  } else if (first) {
    owner.unsorted = owner.unsorted || node.order > nodes_[owner.first].order;
    node.next = owner.first;
    owner.first = child;
  } else {
    TargetNode& last = nodes_[owner.last];
    owner.unsorted = owner.unsorted || node.order < last.order;
    last.next = child;
    owner.last = child;
  }
}

void TargetArena::attach(NodeIndex parent, NodeIndex child, NameId name, std::uint16_t order, bool first) {
  TargetNode& node = nodes_[child];
  TargetNode& owner = nodes_[parent];
  node.name = name;
  node.order = order;
  node.parent = parent;
  link(owner, child, node, first);
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

/// Those of one order stay as they stand.
void TargetArena::sort_children(NodeIndex parent) {
  constexpr std::size_t kFew = 32;  // So many are sorted in place.
  sorting_.clear();
  for (NodeIndex at = nodes_[parent].first; at != kNoNode; at = nodes_[at].next)
    sorting_.push_back(at);
  const auto before = [this](NodeIndex a, NodeIndex b) { return nodes_[a].order < nodes_[b].order; };
  if (sorting_.size() > kFew) {
    std::stable_sort(sorting_.begin(), sorting_.end(), before);
  } else {
    for (std::size_t i = 1; i < sorting_.size(); ++i) {
      for (std::size_t at = i; at > 0 && before(sorting_[at], sorting_[at - 1]); --at)
        std::swap(sorting_[at], sorting_[at - 1]);
    }
  }
  nodes_[parent].first = sorting_.front();
  nodes_[parent].last = sorting_.back();
  nodes_[parent].unsorted = false;
  for (std::size_t i = 0; i < sorting_.size(); ++i)
    nodes_[sorting_[i]].next = i + 1 < sorting_.size() ? sorting_[i + 1] : kNoNode;
}

/// Walks along the links, so that depth costs no recursion.
fhir::tree::TreePtr TargetArena::finish(NodeIndex root, Receipt& receipt) {
  std::size_t text = 0;
  for (const TargetNode& node : nodes_)
    text += node.text.size();
  receipt.entries.reserve(nodes_.size());
  fhir::tree::TreeBuilder builder(*table_, nodes_.size(), text);
  std::vector<NodeIndex> above;  // What became of the elements around `at`.
  above.reserve(32);
  NodeIndex made = builder.add_root(nodes_[root].name, nodes_[root].row);
  for (NodeIndex at = root;;) {
    const TargetNode& node = nodes_[at];
    if (node.kind != fhir::tree::ValueKind::kNone) {
      builder.set_value(made, node.kind, node.text);
      receipt.entries.push_back({made, node.rule, node.sources_begin, node.sources_count});
    }
    if (node.unsorted) sort_children(at);
    NodeIndex next = live(node.first);
    if (next != kNoNode) above.push_back(made);
    for (; next == kNoNode && at != root; at = nodes_[at].parent) {
      next = live(nodes_[at].next);
      if (next != kNoNode) break;
      above.pop_back();
    }
    if (next == kNoNode) return builder.finish();
    at = next;
    made = builder.add(above.back(), nodes_[at].name, nodes_[at].row);
  }
}

}  // namespace mappings::engine
