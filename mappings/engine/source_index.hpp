// The children of every element of a source by name, so that a rule finds those it asks for, or that there
// are none, without a walk over the others. Internal.
#pragma once

#include <cstdint>
#include <vector>

#include "fhir/tree/tree.hpp"

namespace mappings::engine {

/// Made in one pass; refers to the tree.
class SourceIndex {
 public:
  SourceIndex() = default;
  explicit SourceIndex(const fhir::tree::Tree& tree);

  /// The first child of `parent` with this name, or kNoNode.
  [[nodiscard]] fhir::tree::NodeIndex first(fhir::tree::NodeIndex parent,
                                            fhir::tree::NameId name) const noexcept {
    for (std::uint32_t at = home(parent, name);; at = (at + 1) & mask_) {
      const fhir::tree::NodeIndex found = slots_[at];
      if (found == fhir::tree::kNoNode) return found;
      const fhir::tree::NodeRecord& record = tree_->record(found);
      if (record.parent == parent && record.name == name) return found;
    }
  }
  /// The next of its siblings with the same name, or kNoNode.
  [[nodiscard]] fhir::tree::NodeIndex next(fhir::tree::NodeIndex node) const noexcept { return next_[node]; }

 private:
  [[nodiscard]] std::uint32_t home(fhir::tree::NodeIndex parent, fhir::tree::NameId name) const noexcept {
    return static_cast<std::uint32_t>((std::uint64_t{parent} << 32u | name) * multiplier_ >> 32u) & mask_;
  }
  const fhir::tree::Tree* tree_ = nullptr;
  /// Odd, and of an address: who sends a message cannot choose elements that all meet in one place.
  std::uint64_t multiplier_ = 1;
  std::uint32_t mask_ = 0;
  std::vector<fhir::tree::NodeIndex> slots_;  ///< Open addressing, at most half full.
  std::vector<fhir::tree::NodeIndex> next_;
};

}  // namespace mappings::engine
