#include "mappings/engine/executor.hpp"

#include <algorithm>
#include <utility>

#include "fhir/tree/expression.hpp"

namespace mappings::engine {

using fhir::IssueType;
using fhir::Severity;
using fhir::tree::kNoName;
using fhir::tree::kNoNode;
using fhir::tree::kUnknownRow;

Executor::Executor(const Plan& plan, Node source, const RunContext& context)
    : plan_(plan),
      body_(plan.body()),
      source_(source),
      context_(context),
      around_(context.ids, context.lookup, context.zone),
      steps_left_(context.limits.max_steps),
      host_(context.host) {
  if (host_ == nullptr) host_ = &own_host_.emplace(source.tree() == nullptr ? source : source.tree()->root());
}

bool Executor::too_costly() {
  return fail(IssueType::kTooCostly, "the step budget of the run is spent");
}

/// The element of the source that the rule under way was matched by.
fhir::tree::Node Executor::trigger() const {
  if (rule_ == nullptr) return {};
  for (std::uint32_t i = rule_->sources.count; i-- > 0;) {
    const Atom& atom = slots_[base_ + body_.sources[rule_->sources.begin + i].variable];
    if (atom.held == Held::kSource) return node(atom.node);
  }
  return {};
}

void Executor::note(Severity severity, IssueType type, std::string text, Node at) {
  if (!at) at = trigger();
  std::string where;
  if (at) where = context_.names != nullptr ? context_.names->place(at) : fhir::tree::expression(at);
  if (rule_ != nullptr) {
    Receipt receipt;
    receipt.plan = &plan_;
    const auto id = static_cast<std::uint32_t>(rule_ - body_.rules.data());
    text = "rule " + receipt.rule_name(id) + ": " + text;
  }
  issues_.add(severity, type, std::move(where), std::move(text), {at ? at.source().offset : 0, 0, 0});
}

bool Executor::fail(IssueType type, std::string text, Node at) {
  if (!failed_) note(Severity::kError, type, std::move(text), at);
  failed_ = true;
  return false;
}

/// A v2 field sent with parts repeats the first of them as its own value.
void Executor::mark_first_parts(NodeIndex index) {
  const Node at = node(index);
  for (Node part = at.first_child(); part && part.has_value() && part.text() == at.text();
       part = part.first_child())
    marks_[part.index() / 64] |= std::uint64_t{1} << (part.index() % 64);
}

void Executor::mark_all(Node at) {
  mark(at);
  for (Node child = at.first_child(); child; child = child.next_sibling())
    mark_all(child);
}

void Executor::read(Node at) {
  if (at.tree() == source_.tree()) mark(at);
}

/// Room for the variables of a group above those in use. Its arguments are put there first.
Atom* Executor::frame(std::uint32_t id) {
  const std::size_t end = std::size_t{top_} + body_.groups[id].slots;
  if (slots_.size() < end) slots_.resize(end * 2);
  return slots_.data() + top_;
}

bool Executor::group(std::uint32_t id) {
  const GroupPlan& plan = body_.groups[id];
  if (!spend()) return false;
  if (++depth_ > context_.limits.max_depth)
    return fail(IssueType::kTooCostly, "groups call each other deeper than the limit");
  const std::uint32_t outer = std::exchange(base_, top_);
  const RulePlan* rule = rule_;
  top_ = base_ + plan.slots;
  for (std::uint32_t i = base_ + plan.parameters; i < top_; ++i)
    slots_[i].held = Held::kNothing;
  const bool done = block(plan.rules);
  top_ = base_;
  base_ = outer;
  rule_ = rule;
  --depth_;
  return done;
}

bool Executor::block(Span rules) {
  for (std::uint32_t i = 0; i < rules.count; ++i) {
    const RulePlan& rule = body_.rules[rules.begin + i];
    rule_ = &rule;
    if (rule.needed == kNoName || slot(rule.needed_of).held != Held::kSource) {
      if (!rule_sources(rule, 0)) return false;
      continue;
    }
    const NodeIndex from = slot(rule.needed_of).node;
    const NodeIndex first = index_.first(from, name_of(rule.needed));
    if (!spend()) return false;
    if (first != kNoNode && !plain_source(rule, body_.sources[rule.sources.begin], 0, from, first))
      return false;
  }
  return true;
}

bool Executor::fire(const RulePlan& rule) {
  for (std::uint32_t i = 0; i < rule.sources.count; ++i) {
    const Atom& atom = slot(body_.sources[rule.sources.begin + i].variable);
    if (atom.held == Held::kSource && (rule.targets.count > 0 || rule.calls.count > 0)) mark(atom.node);
  }
  for (std::uint32_t i = 0; i < rule.targets.count; ++i) {
    trail_.clear();
    if (!target(body_.targets[rule.targets.begin + i])) return false;
  }
  if (rule.default_source != kNoId && !default_group(rule)) return false;
  if (rule.calls.count > 0 && !calls(rule)) return false;
  if (rule.rules.count == 0) return true;
  if (!block(rule.rules)) return false;
  rule_ = &rule;
  return true;
}

bool Executor::calls(const RulePlan& rule) {
  for (std::uint32_t i = 0; i < rule.calls.count; ++i) {
    const CallPlan& call = body_.calls[rule.calls.begin + i];
    Atom* const arguments = frame(call.group);
    for (std::uint32_t a = 0; a < call.arguments.count; ++a) {
      const Argument& argument = body_.arguments[call.arguments.begin + a];
      if (argument.expression == kNoId) {
        arguments[a] = slot(argument.slot);
        continue;
      }
      Atoms found;
      if (!values(argument.expression, {}, found)) return false;
      if (found.size() > 1) return fail(IssueType::kProcessing, "several values for one parameter");
      arguments[a] = found.empty() ? Atom{} : found[0];
    }
    if (!group(call.group)) return false;
  }
  return true;
}

bool Executor::pair_group(std::uint32_t id, const Atom& from, const Atom& to) {
  const Atom arguments[] = {from, to};  // They may be of the slots, which frame() may move.
  std::copy(std::begin(arguments), std::end(arguments), frame(id));
  return group(id);
}

/// The short form `a.b -> c.d;`.
bool Executor::default_group(const RulePlan& rule) {
  const Atom from = slot(rule.default_source);
  const Atom to = slot(rule.default_target);
  if (from.held == Held::kNothing || to.held != Held::kTarget) return true;
  if (rule.default_group != kNoId) return pair_group(rule.default_group, from, to);
  if (from.held == Held::kSource) {
    const auto key = default_key(node(from.node).row().type, arena_->row(to.node).type);
    const auto known = pair_->defaults.find(key);
    if (known != pair_->defaults.end()) return pair_group(known->second, from, to);
  }
  return assign_to(to.node, from);
}

bool Executor::start(GroupId id, NodeIndex& root) {
  const GroupPlan& group = body_.groups[id];
  pair_ = &body_.pairs[body_.maps[group.map].pair];
  if (!source_ || &source_.tree()->table() != pair_->source) {
    return fail(IssueType::kProcessing,
                "the source is not of the model that group '" + group.name + "' reads");
  }
  arena_.emplace(*pair_->target);
  marks_.resize(source_.tree()->node_count() / 64 + 1);
  index_ = SourceIndex(*source_.tree());
  sources_.reserve(source_.tree()->node_count());
  slots_.resize(256);
  for (const std::string& name : body_.local_names)
    local_.push_back(source_.tree()->find_name(name));
  Atoms arguments;
  for (std::uint32_t i = 0; i < group.parameters; ++i) {
    const bool first = arguments.size() == i && i < 2 && (i == 0) != group.is_target[i];
    if (!first || group.parameters != 2)
      return fail(IssueType::kProcessing, "a run starts at a group of one source and one target");
    if (i == 0) {
      arguments.push_back({Held::kSource, fhir::tree::ValueKind::kString, source_.index(), {}, {}});
      continue;
    }
    if (group.rows[i] == kUnknownRow)
      return fail(IssueType::kProcessing, "the target of group '" + group.name + "' has no type");
    root = arena_->make(pair_->target->row(group.rows[i]).name, group.rows[i]);
    arguments.push_back({Held::kTarget, fhir::tree::ValueKind::kString, root, {}, {}});
  }
  const fhir::tree::NameId declared =
      group.rows[0] == kUnknownRow ? kNoName : pair_->source->row(group.rows[0]).type;
  if (declared != kNoName && !has_type(source_.index(), declared)) {
    return fail(IssueType::kProcessing, "group '" + group.name + "' reads a '" +
                                            std::string(pair_->source->name(declared)) +
                                            "', the source is another");
  }
  std::copy(arguments.begin(), arguments.end(), frame(id));
  return this->group(id);
}

Transformed Executor::run() {
  Transformed out;
  out.receipt.plan = &plan_;
  const GroupId first = context_.start.value_or(plan_.first_group());
  NodeIndex root = kNoNode;
  if (first >= body_.groups.size()) {
    fail(IssueType::kProcessing, "there is no such group to start at");
  } else if (start(first, root)) {
    rule_ = nullptr;
    if (resolve_pending()) finish(out, root);
  }
  out.issues = std::move(issues_);
  return out;
}

/// References and pointers, now that every id and fullUrl is known.
bool Executor::resolve_pending() {
  for (const NodeIndex index : pending_) {
    TargetNode& at = arena_->at(index);
    if (at.pending == Pending::kNone) continue;
    rule_ = &body_.rules[at.rule];
    const Atom subject{Held::kTarget, fhir::tree::ValueKind::kString, at.subject, {}, {}};
    const std::string text = reference_text(subject, at.pending == Pending::kPointer);
    if (text.empty()) return fail(IssueType::kProcessing, "a reference to a resource that has no id");
    at.text = texts_.keep(text);
  }
  rule_ = nullptr;
  return true;
}

std::string Executor::reference_text(const Atom& subject, bool pointer) {
  if (subject.held == Held::kSource) {
    const Node resource = node(subject.node);
    const std::string_view id = resource.child("id").text();
    if (id.empty()) return {};
    return pointer ? "urn:uuid:" + std::string(id) : std::string(resource.type()) + "/" + std::string(id);
  }
  const fhir::tree::TypeTable& table = *pair_->target;
  const NodeIndex entry = arena_->at(subject.node).parent;
  if (entry != kNoNode && !pointer) {
    const NodeIndex url = arena_->find(entry, table.find_name("fullUrl"));
    if (url != kNoNode && !arena_->at(url).text.empty()) return std::string(arena_->at(url).text);
  }
  const NodeIndex id = arena_->find(subject.node, table.find_name("id"));
  if (id == kNoNode || arena_->at(id).text.empty()) return {};
  const std::string text(arena_->at(id).text);
  if (pointer) return "urn:uuid:" + text;
  const bool contained = entry != kNoNode && arena_->at(subject.node).name == table.find_name("contained");
  return contained ? "#" + text : std::string(table.name(arena_->row(subject.node).type)) + "/" + text;
}

void Executor::finish(Transformed& out, NodeIndex root) {
  out.receipt.sources = std::move(sources_);
  out.tree = arena_->finish(root, out.receipt);
  const fhir::tree::Tree& tree = *source_.tree();
  out.receipt.unmapped.reserve(64);
  for (NodeIndex i = 0; i < tree.node_count(); ++i) {
    const fhir::tree::NodeRecord& record = tree.record(i);
    const bool leaf = record.kind != fhir::tree::ValueKind::kNone && record.first_child == kNoNode;
    if (leaf && (marks_[i / 64] >> (i % 64) & 1u) == 0) out.receipt.unmapped.push_back(i);
  }
}

}  // namespace mappings::engine
