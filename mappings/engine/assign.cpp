#include <algorithm>
#include <iterator>
#include <utility>

#include "mappings/engine/executor.hpp"
#include "mappings/engine/json_number.hpp"
#include "mappings/engine/local_time.hpp"

namespace mappings::engine {
namespace {

using fhir::IssueType;
using fhir::tree::JsonForm;
using fhir::tree::kNoName;
using fhir::tree::kNoNode;
using fhir::tree::kUnknownRow;
using fhir::tree::NameId;
using fhir::tree::RowId;
using fhir::tree::TypeKind;
using fhir::tree::TypeRow;
using fhir::tree::TypeTable;
using fhir::tree::ValueKind;

bool is_date_type(std::string_view type) {
  return type == "date" || type == "dateTime" || type == "instant";
}

}  // namespace

bool Executor::assign(NodeIndex parent, const TargetChild& child, const TargetPlan& plan, const Atom& atom,
                      NodeIndex& out) {
  if (atom.held == Held::kNothing || (atom.held == Held::kText && atom.text.empty())) return true;
  const NameId type = child.row == kUnknownRow || atom.held == Held::kTarget ? choice_type(atom) : kNoName;
  if (atom.held == Held::kTarget && arena_->at(atom.node).parent == kNoNode) {
    Place where;
    if (!place(parent, child, type, where)) return false;
    out = atom.node;
    return attach_target(parent, where, atom.node, plan.list == TargetList::kFirst);
  }
  NameId resource = type;
  if (atom.held == Held::kSource && child.row != kUnknownRow &&
      (pair_->target->row(child.row).flags & fhir::tree::kResourceSlot) != 0)
    resource = node(atom.node).row().type;
  return element(parent, child, plan, resource, out) && assign_to(out, atom);
}

bool Executor::attach_target(NodeIndex parent, const Place& where, NodeIndex child, bool first) {
  const TypeTable& table = *pair_->target;
  if (!where.resource && table.row(where.row).type != arena_->row(child).type) {
    return fail(IssueType::kProcessing,
                "an element of another type than '" + std::string(table.name(where.name)) + "' takes");
  }
  for (NodeIndex at = parent; at != kNoNode; at = arena_->at(at).parent) {
    if (at == child) return fail(IssueType::kProcessing, "an element cannot be put into itself");
  }
  if (!where.repeats) {
    if (const NodeIndex there = arena_->find(parent, where.name); there != kNoNode) arena_->remove(there);
  }
  if (!where.resource) arena_->at(child).row = where.row;
  arena_->attach(parent, child, where.name, where.order, first);
  return true;
}

/// A text put together from this many places names them all; a bound, since a receipt is kept in memory.
constexpr std::size_t kMostSources = 4096;

/// Notes the rule and the source of a value.
void Executor::blame(NodeIndex to, Node from) {
  TargetNode& at = arena_->at(to);
  at.rule = rule_index();
  at.sources_begin = static_cast<std::uint32_t>(sources_.size());
  if (from) {
    sources_.push_back(from.index());
  } else if (trail_.size() == 1) {
    sources_.push_back(trail_[0]);
  } else if (!trail_.empty()) {
    const auto last = trail_.begin() + static_cast<std::ptrdiff_t>(std::min(trail_.size(), kMostSources));
    std::unique_copy(trail_.begin(), last, std::back_inserter(sources_));
  } else if (const Node matched = trigger()) {
    sources_.push_back(matched.index());
  }
  at.sources_count = static_cast<std::uint16_t>(sources_.size() - at.sources_begin);
}

bool Executor::assign_to(NodeIndex to, const Atom& atom) {
  switch (atom.held) {
    case Held::kNothing: return true;
    case Held::kSource: return assign_source(to, node(atom.node));
    case Held::kQuantity: return assign_quantity(to, atom);
    case Held::kText: return set_primitive(to, atom.text, atom.type, {});
    case Held::kTarget: break;
  }
  if (arena_->row(to).type != arena_->row(atom.node).type)
    return fail(IssueType::kProcessing, "an element of another type than the target");
  copy_target(atom.node, to);
  return true;
}

bool Executor::assign_source(NodeIndex to, Node from) {
  const TypeRow& row = arena_->row(to);
  const bool same_model = &source_.tree()->table() == pair_->target;
  if (is_primitive(row)) {
    const bool primitive = !same_model || is_primitive(from.row()) || from.row().kind == TypeKind::kUnknown;
    if (!primitive || (!same_model && !from.has_value() && from.first_child() && !from.child("nullFlag")))
      return fail(IssueType::kProcessing, "an element with parts where one value is needed", from);
    mark(from);
    if (from.has_value() && !set_primitive(to, from.text(), from.type(), from)) return false;
    return !same_model || copy_children(from, to);
  }
  if (!same_model || (from.row().type != row.type && from.row_id() != arena_->at(to).row)) {
    return fail(IssueType::kProcessing,
                "a '" + std::string(from.type()) + "' does not fit '" +
                    std::string(pair_->target->name(row.type)) + "'",
                from);
  }
  return copy_children(from, to);
}

/// Everything below `from`, of the same type in the same model. Depth is bounded by the reader's limit.
bool Executor::copy_children(Node from, NodeIndex to) {
  for (Node child = from.first_child(); child; child = child.next_sibling()) {
    if ((child.name_id() & fhir::tree::kLocalName) != 0) continue;  // Unknown elements stay behind, unread.
    if (!spend() || arena_->size() >= context_.limits.max_elements)
      return fail(IssueType::kTooCostly, "the result grows past the limit of elements");
    const TypeRow& slot_row = pair_->target->row(pair_->target->child(from.row_id(), child.name_id()));
    const std::uint16_t order = child.is_resource() ? slot_row.order : child.row().order;
    const NodeIndex made = arena_->add(to, child.name_id(), child.row_id(), order);
    if (child.has_value()) {
      mark(child);
      arena_->at(made).text = child.text();
      arena_->at(made).kind = child.kind();
      blame(made, child);
      arena_->enliven(made);
    }
    if (!copy_children(child, made)) return false;
  }
  return true;
}

void Executor::copy_target(NodeIndex from, NodeIndex to) {
  if (arena_->at(from).kind != ValueKind::kNone) {
    TargetNode& made = arena_->at(to);
    const TargetNode& at = arena_->at(from);
    made.text = at.text;
    made.kind = at.kind;
    made.subject = at.subject;
    made.pending = at.pending;
    if (made.pending != Pending::kNone) pending_.push_back(to);
    blame(to, {});
    arena_->enliven(to);
  }
  for (NodeIndex child = arena_->at(from).first; child != kNoNode; child = arena_->at(child).next) {
    if (arena_->size() >= context_.limits.max_elements) {
      fail(IssueType::kTooCostly, "the result grows past the limit of elements");
      return;
    }
    const TargetNode at = arena_->at(child);
    copy_target(child, arena_->add(to, at.name, at.row, at.order));
  }
}

/// Dates change their form between the models; everything else stays as it was sent.
bool Executor::converted(std::string_view from_type, bool from_v2, NameId to_type, std::string_view& text) {
  const bool to_v2 = pair_->target->model == fhir::tree::Model::kHl7v2;
  if (from_v2 == to_v2) return true;
  const WellKnownNames& known = pair_->known;
  bool done = true;
  if (from_v2) {
    if (to_type != known.date && to_type != known.date_time && to_type != known.instant &&
        to_type != known.time)
      return true;
    scratch_.clear();
    if (to_type == known.date) {
      done = v2_to_date(text, scratch_);
    } else if (to_type == known.date_time) {
      done = v2_to_date_time(text, around_.zone, scratch_);
    } else if (to_type == known.instant) {
      done = v2_to_instant(text, around_.zone, scratch_);
    } else {
      done = v2_to_time(text, scratch_);
    }
  } else {
    if (!is_date_type(from_type) || !is_v2_date_type(pair_->target->name(to_type))) return true;
    scratch_.clear();
    done = date_time_to_v2(text, scratch_);
  }
  text = scratch_;
  return done;
}

bool Executor::set_primitive(NodeIndex to, std::string_view text, std::string_view type, Node from) {
  if (text.empty()) return true;
  const TypeRow& row = arena_->row(to);
  const auto type_name = [&] { return std::string(pair_->target->name(row.type)); };
  if (!is_primitive(row) && row.kind != TypeKind::kUnknown &&
      pair_->target->model != fhir::tree::Model::kHl7v2)
    return fail(IssueType::kProcessing, "a text does not fit a '" + type_name() + "'", from);
  const bool from_v2 = from && source_.tree()->table().model == fhir::tree::Model::kHl7v2;
  std::string_view value = text;
  if (!converted(type, from_v2, row.type, value))
    return fail(IssueType::kValue, "the value is no " + type_name(), from);
  ValueKind kind = row.kind == TypeKind::kXhtml ? ValueKind::kXhtml : ValueKind::kString;
  std::string number;
  if (row.json == JsonForm::kBoolean) {
    if (value != "true" && value != "false") return fail(IssueType::kValue, "the value is no boolean", from);
    kind = ValueKind::kBoolean;
  } else if (row.json == JsonForm::kNumber) {
    if (!is_json_number(value)) {
      number = plain_number(value);
      if (!is_json_number(number)) return fail(IssueType::kValue, "the value is no number", from);
      value = number;
    }
    kind = ValueKind::kNumber;
  }
  // Texts of the source and kept texts outlive the run; what was converted is kept now.
  put_value(to, value.data() == text.data() ? text : texts_.keep(value), kind, from);
  if (texts_.bytes() > context_.limits.max_text_bytes)
    return fail(IssueType::kTooCostly, "the texts of the result grow past the limit");
  return true;
}

void Executor::put_value(NodeIndex to, std::string_view text, ValueKind kind, Node from) {
  TargetNode& at = arena_->at(to);
  at.text = text;
  at.kind = kind;
  at.pending = Pending::kNone;
  blame(to, from);
  arena_->enliven(to);
}

bool Executor::assign_quantity(NodeIndex to, const Atom& atom) {
  const fhir::path::Quantity& quantity = quantities_[atom.node];
  const Atom value = text_atom(quantity.value.text(), "decimal", ValueKind::kNumber);
  if (is_primitive(arena_->row(to))) return set_primitive(to, value.text, "decimal", {});
  if (!set_child(to, pair_->known.value, value)) return false;
  if (quantity.unit.empty() || quantity.unit == "1") return true;
  const Atom unit = text_atom(quantity.unit);
  if (quantity.calendar) return set_child(to, pair_->known.unit, unit);
  return set_child(to, pair_->known.unit, unit) &&
         set_child(to, pair_->known.system, text_atom("http://unitsofmeasure.org")) &&
         set_child(to, pair_->known.code, unit);
}

fhir::tree::NodeIndex Executor::add_child(NodeIndex parent, NameId name) {
  const RowId row = name == kNoName ? kUnknownRow : pair_->target->child(arena_->at(parent).row, name);
  if (row == kUnknownRow) {
    fail(IssueType::kProcessing, "the element has no part that the transform fills");
    return kNoNode;
  }
  const TypeRow& entry = pair_->target->row(row);
  if ((entry.flags & fhir::tree::kRepeats) == 0) {
    if (const NodeIndex there = arena_->find(parent, entry.name); there != kNoNode) return there;
  }
  const NodeIndex made = arena_->add(parent, entry.name, row, entry.order);
  arena_->at(made).rule = rule_index();
  return made;
}

bool Executor::set_child(NodeIndex parent, NameId name, const Atom& atom) {
  const auto text = text_of(atom);
  if (!text || text->empty()) return true;
  const NodeIndex child = add_child(parent, name);
  if (child == kNoNode) return false;
  return set_primitive(child, *text, atom.type, atom.held == Held::kSource ? node(atom.node) : Node{});
}

}  // namespace mappings::engine
