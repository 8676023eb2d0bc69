#include "mappings/hl7v2/structure_matcher.hpp"

namespace mappings::hl7v2 {

namespace tree = fhir::tree;

StructureMatcher::StructureMatcher(const Grammar& grammar, tree::TreeBuilder& builder, PositionId structure,
                                   tree::NodeIndex root)
    : grammar_(&grammar), builder_(&builder) {
  open_[0].group = structure;
  open_[0].node = root;
}

std::uint64_t StructureMatcher::bit_of(PositionId id) const noexcept {
  return std::uint64_t{1} << (grammar_->table.row(at(id).row).order & 63u);
}

bool StructureMatcher::fits(PositionId id, SegmentId segment, Match match) const noexcept {
  const Position& position = at(id);
  return match == Match::kOpens ? position.openers.test(segment) : position.members.test(segment);
}

Placement StructureMatcher::place(SegmentId segment, std::uint32_t offset) {
  const bool follows = grammar_->followers.test(segment);
  const std::size_t lowest = follows ? depth_ : 0;
  Placement placed;
  placed.fit = Fit::kInOrder;
  placed.row = place_next(segment, offset);
  if (placed.row == tree::kUnknownRow) {
    placed.fit = Fit::kLate;
    placed.row = place_late(lowest, segment, false, offset);
  }
  if (placed.row == tree::kUnknownRow && !follows) {
    placed.fit = Fit::kGroupOpenedWithoutItsFirst;
    for (std::size_t up = depth_ + 1; up-- > 0 && placed.row == tree::kUnknownRow;)
      placed.row = place_forward(up, segment, Match::kHolds, offset);
  }
  if (placed.row == tree::kUnknownRow) {
    placed.fit = Fit::kLate;
    placed.row = place_late(lowest, segment, true, offset);
  }
  if (placed.row == tree::kUnknownRow) placed.fit = Fit::kForeign;
  placed.parent = innermost();
  return placed;
}

tree::RowId StructureMatcher::place_next(SegmentId segment, std::uint32_t offset) {
  for (std::size_t depth = depth_ + 1; depth-- > 0;) {
    const PositionId last = open_[depth].last;
    if (last != kNoPosition && at(last).segment == segment && at(last).repeats)
      return enter(depth, last, segment, offset);
    tree::RowId row = place_forward(depth, segment, Match::kOpens, offset);
    if (row == tree::kUnknownRow) row = place_again(depth, segment, offset);
    if (row != tree::kUnknownRow) return row;
  }
  return tree::kUnknownRow;
}

tree::RowId StructureMatcher::place_forward(std::size_t depth, SegmentId segment, Match match,
                                            std::uint32_t offset) {
  OpenGroup& group = open_[depth];
  const PositionId from = group.last == kNoPosition ? at(group.group).first_child : at(group.last).next;
  for (PositionId id = from; id != kNoPosition; id = at(id).next) {
    if (!fits(id, segment, match)) continue;
    group.last = id;
    return enter(depth, id, segment, offset);
  }
  return tree::kUnknownRow;
}

tree::RowId StructureMatcher::place_again(std::size_t depth, SegmentId segment, std::uint32_t offset) {
  const PositionId group = open_[depth].group;
  if (depth == 0 || !at(group).repeats || !fits(group, segment, Match::kOpens)) return tree::kUnknownRow;
  return enter(depth - 1, group, segment, offset);
}

tree::RowId StructureMatcher::place_late(std::size_t lowest, SegmentId segment, bool may_be_taken,
                                         std::uint32_t offset) {
  for (std::size_t depth = depth_ + 1; depth-- > lowest;) {
    tree::RowId row = place_late_in(depth, segment, Match::kOpens, may_be_taken, offset);
    if (row == tree::kUnknownRow) row = place_late_in(depth, segment, Match::kHolds, may_be_taken, offset);
    if (row != tree::kUnknownRow) return row;
  }
  return tree::kUnknownRow;
}

tree::RowId StructureMatcher::place_late_in(std::size_t depth, SegmentId segment, Match match,
                                            bool may_be_taken, std::uint32_t offset) {
  const OpenGroup& group = open_[depth];
  if (group.last == kNoPosition) return tree::kUnknownRow;
  for (PositionId id = at(group.group).first_child; id != at(group.last).next; id = at(id).next) {
    const bool is_free = at(id).repeats || (group.used & bit_of(id)) == 0;
    if ((is_free || may_be_taken) && fits(id, segment, match)) return enter(depth, id, segment, offset);
  }
  return tree::kUnknownRow;
}

tree::RowId StructureMatcher::enter(std::size_t depth, PositionId position, SegmentId segment,
                                    std::uint32_t offset) {
  depth_ = depth;
  for (;;) {
    open_[depth_].used |= bit_of(position);
    if (!at(position).is_group()) return at(position).row;
    open(position, offset);
    PositionId child = at(position).first_child;
    const Match match = fits(position, segment, Match::kOpens) ? Match::kOpens : Match::kHolds;
    while (!fits(child, segment, match))
      child = at(child).next;
    open_[depth_].last = child;
    position = child;
  }
}

void StructureMatcher::open(PositionId group, std::uint32_t offset) {
  const tree::NodeIndex node = builder_->add(innermost(), at(group).name, at(group).row);
  builder_->set_source(node, {offset, 0});
  open_[++depth_] = {group, kNoPosition, 0, node};
}

tree::RowId StructureMatcher::row_at_root(SegmentId segment) const noexcept {
  const PositionId root = open_[0].group;
  if (root == kNoPosition) return tree::kUnknownRow;
  for (PositionId id = at(root).first_child; id != kNoPosition; id = at(id).next) {
    if (!at(id).is_group() && at(id).segment == segment) return at(id).row;
  }
  return tree::kUnknownRow;
}

void StructureMatcher::ends_at(std::uint32_t offset) {
  for (std::size_t depth = 1; depth <= depth_; ++depth) {
    tree::SourceSpan& span = builder_->record(open_[depth].node).source;
    span.length = offset - span.offset;
  }
}

}  // namespace mappings::hl7v2
