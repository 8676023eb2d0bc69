#include <utility>

#include "mappings/engine/executor.hpp"
#include "mappings/engine/local_time.hpp"

namespace mappings::engine {

using fhir::IssueType;
using fhir::tree::kNoName;
using fhir::tree::kNoNode;
using fhir::tree::kUnknownRow;
using fhir::tree::NameId;
using fhir::tree::RowId;
using fhir::tree::TypeRow;
using fhir::tree::TypeTable;
using fhir::tree::ValueKind;

/// The type a choice takes for this value, as a name of the target table.
NameId Executor::choice_type(const Atom& atom) const {
  const TypeTable& table = *pair_->target;
  const WellKnownNames& known = pair_->known;
  switch (atom.held) {
    case Held::kTarget: return arena_->row(atom.node).type;
    case Held::kQuantity: return known.quantity;
    case Held::kSource: {
      if (&source_.tree()->table() == &table) return node(atom.node).row().type;
      const std::string_view type = node(atom.node).type();
      return is_v2_date_type(type) ? known.date_time : type == "NM" ? known.decimal : known.string;
    }
    default: break;
  }
  if (!atom.type.empty()) return table.find_name(atom.type);
  if (atom.kind == ValueKind::kBoolean) return known.boolean;
  if (atom.kind != ValueKind::kNumber) return known.string;
  return atom.text.find('.') == std::string_view::npos ? known.integer : known.decimal;
}

bool Executor::place(NodeIndex parent, const TargetChild& child, NameId type, Place& out) {
  if (child.row == kUnknownRow) return open_place(parent, child, type, out);
  out = {child.name, child.row, child.order, child.repeats, child.resource, false};
  return true;
}

void Executor::set_place(RowId found, Place& out) const {
  const TypeRow& row = pair_->target->row(found);
  out.row = found;
  out.name = row.name;
  out.order = row.order;
  out.repeats = (row.flags & fhir::tree::kRepeats) != 0;
  out.resource = (row.flags & fhir::tree::kResourceSlot) != 0;
}

/// A place that shows only with its parent, or with what is put there.
bool Executor::open_place(NodeIndex parent, const TargetChild& child, NameId type, Place& out) {
  const TypeTable& table = *pair_->target;
  const RowId owner = arena_->at(parent).row;
  out.name = child.name;
  RowId found = kUnknownRow;
  if (!child.choice) {
    if (child.value_itself && is_primitive(table.row(owner))) {
      out.itself = true;
      return true;
    }
    found = table.child(owner, child.name);
  }
  if (found == kUnknownRow) {
    bool choice = false;
    found = choice_row(owner, child.name, type, choice);
    if (found == kUnknownRow) return no_place(owner, child.name, type, choice);
  }
  set_place(found, out);
  return true;
}

/// The type of a choice, or kUnknownRow; `choice` tells whether there is one at all.
RowId Executor::choice_row(RowId owner, NameId name, NameId type, bool& choice) {
  for (const Choice& known : choices_) {
    if (known.owner == owner && known.name == name && known.type == type) return known.row;
  }
  const TypeTable& table = *pair_->target;
  RowId found = kUnknownRow;
  for (const RowId candidate : table.children_of(owner)) {
    const TypeRow& row = table.row(candidate);
    if (row.name != name) continue;
    choice = true;
    if (row.type == type) found = candidate;
  }
  if (found != kUnknownRow && choices_.size() < choices_.capacity())
    choices_.push_back({owner, name, type, found});
  return found;
}

bool Executor::no_place(RowId owner, NameId child, NameId type, bool choice) {
  const TypeTable& table = *pair_->target;
  const std::string name(table.name(child));
  const std::string owner_type(table.name(table.row(owner).type));
  if (!choice) return fail(IssueType::kProcessing, "'" + owner_type + "' has no element '" + name + "'");
  return fail(IssueType::kProcessing,
              type == kNoName ? "the type of '" + name + "' is open: give it with create() or cast()"
                              : "'" + name + "' cannot be a '" + std::string(table.name(type)) + "'");
}

/// The row of a resource in the slot of one; the plan knows the row of what it creates.
RowId Executor::resource_row(const TargetPlan& plan, NameId type) const {
  if (plan.transform == Transform::kCreate && plan.type == type) return plan.row;
  return pair_->target->type_root(pair_->target->name(type));
}

/// The child to work on: a new one where it repeats, else the one there is.
bool Executor::element(NodeIndex parent, const TargetChild& child, const TargetPlan& target, NameId type,
                       NodeIndex& out) {
  if (child.row == kUnknownRow || child.resource || target.list != TargetList::kNone)
    return open_element(parent, child, target, type, out);
  out = child.repeats ? kNoNode : arena_->find(parent, child.name);
  if (out != kNoNode && arena_->at(out).row == child.row) return true;
  if (out != kNoNode) arena_->remove(out);  // A choice that takes another type.
  return new_element(parent, child.name, child.row, child.order, false, out);
}

bool Executor::new_element(NodeIndex parent, NameId name, RowId row, std::uint16_t order, bool first,
                           NodeIndex& out) {
  if (!spend() || arena_->size() >= context_.limits.max_elements)
    return fail(IssueType::kTooCostly, "the result grows past the limit of elements");
  out = arena_->add(parent, name, row, order, first);
  arena_->at(out).rule = rule_index();
  return true;
}

/// One whose place shows only now, or that stands in a list as its target says.
bool Executor::open_element(NodeIndex parent, const TargetChild& child, const TargetPlan& target, NameId type,
                            NodeIndex& out) {
  Place where;
  if (!place(parent, child, type, where)) return false;
  if (where.itself) {
    out = parent;
    return true;
  }
  if (where.resource && type != kNoName) where.row = resource_row(target, type);
  const bool shared = target.list == TargetList::kShare;
  if (shared && find_shared(parent, where.name, target.share, out)) return true;
  if (!where.repeats || target.list == TargetList::kSingle) {
    const NodeIndex there = arena_->find(parent, where.name);
    if (there != kNoNode && target.list == TargetList::kSingle)
      return fail(IssueType::kProcessing, "the map makes a second element where it allows a single one");
    if (there != kNoNode && arena_->at(there).row == where.row) {
      out = there;
      return true;
    }
    if (there != kNoNode) arena_->remove(there);  // A choice that takes another type.
  }
  const bool first = target.list == TargetList::kFirst;
  if (!new_element(parent, where.name, where.row, where.order, first, out)) return false;
  if (shared) shared_.push_back({parent, where.name, target.share, out});
  return true;
}

/// The element that another rule made under the same word.
bool Executor::find_shared(NodeIndex parent, NameId name, std::uint32_t word, NodeIndex& out) const {
  for (const Shared& shared : shared_) {
    if (shared.parent != parent || shared.name != name) continue;
    if (body_.texts[shared.text] != body_.texts[word]) continue;
    out = shared.node;
    return true;
  }
  return false;
}

bool Executor::target(const TargetPlan& plan) {
  slots_[base_ + plan.variable].held = Held::kNothing;
  if (plan.slot == kNoId) return free_target(plan);
  if (slot(plan.slot).held != Held::kTarget) return true;  // It was never made: there is nothing to fill.
  const NodeIndex base = slot(plan.slot).node;
  NodeIndex made = base;
  if (plan.children.count == 0) {
    if (!fill(plan, base)) return false;
  } else if (!child_target(plan, base, made)) {
    return false;
  }
  if (made != kNoNode) slots_[base_ + plan.variable] = target_atom(made);
  return true;
}

/// A transform on its own: a value for a variable, or an element that nothing holds yet.
bool Executor::free_target(const TargetPlan& plan) {
  if (plan.transform == Transform::kCreate) {
    const NodeIndex made = arena_->make(pair_->target->row(plan.row).name, plan.row);
    arena_->at(made).rule = rule_index();
    slots_[base_ + plan.variable] = target_atom(made);
    return true;
  }
  Atoms found;
  if (!transform(plan, found)) return false;
  if (found.size() > 1) return fail(IssueType::kProcessing, "several values for one variable");
  if (!found.empty()) slots_[base_ + plan.variable] = found[0];
  return true;
}

/// The element of a variable itself.
bool Executor::fill(const TargetPlan& plan, NodeIndex to) {
  if (plan.transform == Transform::kNone || plan.transform == Transform::kCreate) return true;
  if (plan.transform == Transform::kReference || plan.transform == Transform::kPointer)
    return reference(plan, to, plan.transform == Transform::kPointer);
  Atoms found;
  if (!transform(plan, found)) return false;
  for (const Atom& atom : found) {
    if (!assign_to(to, atom)) return false;
  }
  return true;
}

/// An element below that of a variable; `made` is kNoNode when there was nothing to put into it.
bool Executor::child_target(const TargetPlan& plan, NodeIndex parent, NodeIndex& made) {
  static constexpr TargetPlan kPlain;
  const TargetChild* child = &body_.target_children[plan.children.begin];
  for (std::uint32_t i = 1; i < plan.children.count; ++i, ++child) {
    const NodeIndex there = arena_->find(parent, child->name);
    if (there != kNoNode) {
      parent = there;
    } else if (!element(parent, *child, kPlain, kNoName, parent)) {
      return false;
    }
  }
  made = kNoNode;
  if (plan.transform == Transform::kNone || plan.transform == Transform::kCreate) {
    NameId type = plan.type;
    if (plan.transform == Transform::kNone && child->choice && rule_->default_source != kNoId)
      type = choice_type(slot(rule_->default_source));
    return element(parent, *child, plan, type, made);
  }
  if (plan.constant) {
    if (!element(parent, *child, plan, kNoName, made)) return false;
    const std::uint32_t literal = body_.operands[plan.parameters.begin];
    put_value(made, body_.texts[body_.expressions[literal].text], ValueKind::kString, {});
    return true;
  }
  if (makes_element(plan.transform, plan)) return make_complex(plan, parent, *child, made);
  Atoms found;
  if (!transform(plan, found)) return false;
  if (found.size() > 1) {
    Place where;
    if (!place(parent, *child, choice_type(found[0]), where)) return false;
    if (!where.repeats)
      return fail(IssueType::kProcessing, "several values for an element that does not repeat");
  }
  for (const Atom& atom : found) {
    if (!assign(parent, *child, plan, atom, made)) return false;
  }
  return true;
}

}  // namespace mappings::engine
