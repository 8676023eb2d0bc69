#include "fhir/tree/expression.hpp"

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

void append_step(std::string& out, Node node, std::size_t index) {
  out.push_back('.');
  out.append(node.name());
  if ((node.row().flags & kChoice) != 0) out.append(".ofType(").append(node.type()).append(")");
  if (repeats(node)) out.append("[").append(std::to_string(index)).append("]");
}

/// Siblings of the same name from `from` up to `node`.
std::size_t count_between(Node from, Node node) {
  std::size_t count = 0;
  for (Node at = from; at && at != node; at = at.next_sibling()) {
    if (at.name_id() == node.name_id()) ++count;
  }
  return count;
}

std::string_view name_of_root(Node root) {
  return root.type().empty() ? root.name() : root.type();
}

}  // namespace

std::string expression(Node node) {
  return std::string(Expressions().of(node));
}

std::string_view Expressions::of(Node node) {
  wanted_.clear();
  for (Node at = node; at; at = at.parent())
    wanted_.push_back(at);
  std::size_t level = 0;
  while (level < wanted_.size() && level < steps_.size() &&
         steps_[level].node == wanted_[wanted_.size() - 1 - level])
    ++level;
  for (; level < wanted_.size(); ++level) {
    const Node at = wanted_[wanted_.size() - 1 - level];
    std::size_t index = 0;
    const Step* const before = level < steps_.size() ? &steps_[level] : nullptr;
    const bool on = before != nullptr && level > 0 && before->node.parent() == at.parent() &&
                    before->node.name_id() == at.name_id() && before->node.index() < at.index();
    if (on) {
      index = before->index + count_between(before->node, at);
    } else if (level > 0) {
      index = count_between(at.parent().first_child(), at);
    }
    text_.resize(level == 0 ? 0 : steps_[level - 1].length);
    steps_.resize(level);
    if (level == 0) {
      text_.append(name_of_root(at));
    } else {
      append_step(text_, at, index);
    }
    steps_.push_back({at, index, text_.size()});
  }
  const std::size_t length = wanted_.empty() ? 0 : steps_[wanted_.size() - 1].length;
  return std::string_view(text_).substr(0, length);
}

std::string expression(Node parent, std::string_view serial_name) {
  return expression(parent).append(".").append(serial_name);
}

}  // namespace fhir::tree
