#include "fhir/tree/canonical_order.hpp"

#include <algorithm>
#include <span>
#include <unordered_map>

namespace fhir::tree {
namespace {

constexpr std::uint32_t kAfterKnown = 0x1'0000;  // orders of rows are 16 bits

OrderedChild place(const Tree& tree, RowId parent, NodeIndex index) {
  const TypeTable& table = tree.table();
  const NodeRecord& record = tree.record(index);
  const TypeRow* row = &table.row(record.row);
  // The row of a resource, known or not, says nothing about the slot it stands in.
  if (row->kind == TypeKind::kResource || row->kind == TypeKind::kUnknown) {
    row = &table.row(table.child(parent, record.name));
  }
  if (row->kind == TypeKind::kUnknown) return {index, record.name, kAfterKnown, false};
  return {index, row->serial_name, row->order, (row->flags & kRepeats) != 0};
}

/// Gives unknown elements the order of their first appearance.
void rank_unknown(std::span<OrderedChild> children) {
  std::unordered_map<NameId, std::uint32_t> ranks;
  for (OrderedChild& child : children) {
    if (child.order < kAfterKnown) continue;
    const auto next = static_cast<std::uint32_t>(ranks.size());
    child.order = kAfterKnown + ranks.try_emplace(child.serial_name, next).first->second;
  }
}

}  // namespace

void append_children(std::vector<OrderedChild>& out, Node parent) {
  const std::size_t begin = out.size();
  const Tree& tree = *parent.tree();
  const RowId row = parent.row_id();
  bool sorted = true;
  std::size_t unknown = 0;
  for (NodeIndex at = tree.record(parent.index()).first_child; at != kNoNode;
       at = tree.record(at).next_sibling) {
    out.push_back(place(tree, row, at));
    if (out.back().order >= kAfterKnown) ++unknown;
    if (out.size() - begin < 2) continue;
    const OrderedChild& last = out.back();
    const OrderedChild& before = out[out.size() - 2];
    // Two types of one choice share an order and may interleave; the serial name then decides.
    if (last.order < before.order || (last.order == before.order && last.serial_name < before.serial_name))
      sorted = false;
  }
  const std::span<OrderedChild> children(out.data() + begin, out.size() - begin);
  if (unknown > 1) rank_unknown(children);
  if (sorted && unknown < 2) return;
  std::stable_sort(children.begin(), children.end(), [](const OrderedChild& a, const OrderedChild& b) {
    return a.order != b.order ? a.order < b.order : a.serial_name < b.serial_name;
  });
}

}  // namespace fhir::tree
