// Finds the place of each segment in the structure of its message, and opens and closes the groups on the
// way.
//
// The places are tried in this order (read.hpp has the rule in words); within each step the innermost open
// group comes first:
//   1. the next place of the structure: the same segment again, a later sibling, a group it opens, or another
//      instance of an open group that it opens;
//   2. a place of an open group that was passed over, and is free or repeats;
//   3. a later group that has the segment, though its opening segments are missing;
//   4. a place of an open group that is taken and does not repeat;
//   5. the innermost group, as a foreigner.
// NTE and PRT belong to what precedes them: for them steps 2 and 4 look at the innermost group only, and step
// 3 is left out.
#pragma once

#include <array>
#include <cstdint>

#include "fhir/tree/tree_builder.hpp"
#include "mappings/hl7v2/grammar.hpp"

namespace mappings::hl7v2 {

/// How well a segment fitted.
enum class Fit : std::uint8_t {
  kInOrder,
  kGroupOpenedWithoutItsFirst,
  kLate,
  kForeign,  ///< No place in the structure.
};

/// Where a segment's node is to be added.
struct Placement {
  fhir::tree::NodeIndex parent = 0;
  fhir::tree::RowId row = fhir::tree::kUnknownRow;  ///< kUnknownRow for a foreigner.
  Fit fit = Fit::kInOrder;
};

/// Used for one message. The nodes of groups are added to the builder.
class StructureMatcher {
 public:
  /// `root` is the node of the message; `structure` its root position, or kNoPosition: then all are
  /// foreigners.
  StructureMatcher(const Grammar& grammar, fhir::tree::TreeBuilder& builder, PositionId structure,
                   fhir::tree::NodeIndex root);

  /// Cost: the size of the structure at most.
  [[nodiscard]] Placement place(SegmentId segment, std::uint32_t offset);
  /// The innermost open group: where a segment that is not in the table goes.
  [[nodiscard]] fhir::tree::NodeIndex innermost() const noexcept { return open_[depth_].node; }
  /// The row of a segment that stands directly in the message; kUnknownRow when it has no place there. Opens
  /// and closes nothing.
  [[nodiscard]] fhir::tree::RowId row_at_root(SegmentId segment) const noexcept;
  /// The segment placed last ends at `offset`: so do the open groups, for now.
  void ends_at(std::uint32_t offset);

 private:
  static constexpr std::size_t kMaxDepth = 8;
  struct OpenGroup {
    PositionId group = kNoPosition;
    PositionId last = kNoPosition;  ///< The furthest child reached.
    std::uint64_t used = 0;         ///< Children used, by their order.
    fhir::tree::NodeIndex node = 0;
  };
  /// What a candidate must have of the segment.
  enum class Match : std::uint8_t { kOpens, kHolds };

  [[nodiscard]] const Position& at(PositionId id) const noexcept { return grammar_->positions[id]; }
  [[nodiscard]] std::uint64_t bit_of(PositionId id) const noexcept;
  [[nodiscard]] bool fits(PositionId id, SegmentId segment, Match match) const noexcept;
  /// Each gives the row when the segment was placed, else kUnknownRow.
  fhir::tree::RowId place_next(SegmentId segment, std::uint32_t offset);
  fhir::tree::RowId place_forward(std::size_t depth, SegmentId segment, Match match, std::uint32_t offset);
  fhir::tree::RowId place_again(std::size_t depth, SegmentId segment, std::uint32_t offset);
  fhir::tree::RowId place_late(std::size_t lowest, SegmentId segment, bool may_be_taken,
                               std::uint32_t offset);
  fhir::tree::RowId place_late_in(std::size_t depth, SegmentId segment, Match match, bool may_be_taken,
                                  std::uint32_t offset);
  /// Closes the groups deeper than `depth` and goes down from `position` to the segment.
  fhir::tree::RowId enter(std::size_t depth, PositionId position, SegmentId segment, std::uint32_t offset);
  void open(PositionId group, std::uint32_t offset);

  const Grammar* grammar_;
  fhir::tree::TreeBuilder* builder_;
  std::array<OpenGroup, kMaxDepth> open_{};
  std::size_t depth_ = 0;
};

}  // namespace mappings::hl7v2
