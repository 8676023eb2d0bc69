#include "mappings/engine/source_index.hpp"

#include <bit>

namespace mappings::engine {

using fhir::tree::kNoNode;
using fhir::tree::NodeIndex;
using fhir::tree::NodeRecord;

/// Siblings stand in the order of their indices: from the back, each goes before those that were there.
SourceIndex::SourceIndex(const fhir::tree::Tree& tree)
    : tree_(&tree),
      multiplier_(reinterpret_cast<std::uintptr_t>(&tree) * 0x9E37'79B9'7F4A'7C15u | 1u),
      mask_(static_cast<std::uint32_t>(std::bit_ceil(tree.node_count() * 2 + 2) - 1)),
      slots_(std::size_t{mask_} + 1, kNoNode),
      next_(tree.node_count(), kNoNode) {
  for (auto at = static_cast<NodeIndex>(tree.node_count()); at-- > 0;) {
    const NodeRecord& record = tree.record(at);
    if (record.parent == kNoNode) continue;
    std::uint32_t slot = home(record.parent, record.name);
    for (; slots_[slot] != kNoNode; slot = (slot + 1) & mask_) {
      const NodeRecord& other = tree.record(slots_[slot]);
      if (other.parent != record.parent || other.name != record.name) continue;
      next_[at] = slots_[slot];
      break;
    }
    slots_[slot] = at;
  }
}

}  // namespace mappings::engine
