#include "fhir/tree/expression.hpp"

#include <algorithm>
#include <vector>

namespace fhir::tree {
namespace {

/// True when the element may repeat where it stands: its own row says so, or, for a resource, the slot it
/// stands in.
bool repeats(Node node) {
  const Node parent = node.parent();
  if (!parent) return false;
  const TypeTable& table = node.tree()->table();
  const bool own_row = !node.is_resource() && node.row_id() != kUnknownRow;
  const RowId slot = own_row ? node.row_id() : table.child(parent.row_id(), node.name());
  if (slot != kUnknownRow) return (table.row(slot).flags & kRepeats) != 0;
  for (Node at = parent.first_child(); at; at = at.next_sibling()) {
    if (at != node && at.name_id() == node.name_id()) return true;
  }
  return false;
}

void append_step(std::string& out, Node node) {
  out.push_back('.');
  out.append(node.name());
  if ((node.row().flags & kChoice) != 0) out.append(".ofType(").append(node.type()).append(")");
  if (!repeats(node)) return;
  std::size_t index = 0;
  for (Node at = node.parent().first_child(); at && at != node; at = at.next_sibling()) {
    if (at.name_id() == node.name_id()) ++index;
  }
  out.append("[").append(std::to_string(index)).append("]");
}

}  // namespace

std::string expression(Node node) {
  std::vector<Node> steps;
  for (Node at = node; at; at = at.parent())
    steps.push_back(at);
  std::string out;
  if (steps.empty()) return out;
  out.append(steps.back().type().empty() ? steps.back().name() : steps.back().type());
  for (auto step = std::next(steps.rbegin()); step != steps.rend(); ++step)
    append_step(out, *step);
  return out;
}

std::string expression(Node parent, std::string_view serial_name) {
  return expression(parent).append(".").append(serial_name);
}

}  // namespace fhir::tree
