#include <algorithm>
#include <iterator>
#include <utility>

#include "mappings/engine/compiler.hpp"

namespace mappings::engine {
namespace {

using fhir::tree::kNoName;
using fhir::tree::kUnknownRow;
using fhir::tree::NameId;
using fhir::tree::RowId;
using fhir::tree::TypeKind;
using fhir::tree::TypeRow;
using fhir::tree::TypeTable;

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// What a v2 tree may hold though its definitions do not name it: parts past those defined, the null flag, Z
/// segments and their fields, fields past those defined.
bool is_free_v2_name(std::string_view name) {
  if (name == "nullFlag" || name.starts_with('Z')) return true;
  if ((name[0] == 'c' || name[0] == 's') && is_digits(name.substr(1))) return true;
  return name.size() > 4 && name[3] == '_' && is_digits(name.substr(4));
}

}  // namespace

std::uint32_t Compiler::new_slot() {
  most_slots_ = std::max(most_slots_, slots_ + 1);
  return slots_++;
}

void Compiler::bind(const Word& name, std::uint32_t slot, Role role, TypeRef type) {
  if (!name.empty()) scope_.push_back({name.text, slot, role, type});
}

const ScopeEntry* Compiler::find_variable(std::string_view name) const {
  const auto found = std::find_if(scope_.rbegin(), scope_.rend(),
                                  [name](const ScopeEntry& entry) { return entry.name == name; });
  return found == scope_.rend() ? nullptr : &*found;
}

Span Compiler::compile_block(std::span<const RuleAst> rules) {
  if (++nesting_ > limits_.max_nesting) {
    error(rules.empty() ? 0 : rules.front().at, "rules nested too deep");
    --nesting_;
    return {};
  }
  std::vector<RulePlan> made;
  made.reserve(rules.size());
  for (const RuleAst& rule : rules)
    made.push_back(compile_rule(rule));
  --nesting_;
  if (body_->rules.size() + made.size() > limits_.max_rules) {
    error(0, "more than " + std::to_string(limits_.max_rules) + " rules");
    return {};
  }
  const Span span{static_cast<std::uint32_t>(body_->rules.size()), static_cast<std::uint32_t>(made.size())};
  body_->rules.insert(body_->rules.end(), std::make_move_iterator(made.begin()),
                      std::make_move_iterator(made.end()));
  return span;
}

RulePlan Compiler::compile_rule(const RuleAst& ast) {
  const std::size_t scope = scope_.size();
  const std::uint32_t slots = slots_;
  RulePlan plan;
  plan.site = static_cast<std::uint32_t>(body_->sites.size());
  body_->sites.push_back({group_, map_, line_of(ast.at), ast.name});
  std::vector<SourcePlan> sources;
  sources.reserve(ast.sources.size());
  for (const SourceAst& source : ast.sources)
    sources.push_back(compile_source(source));
  std::vector<TargetPlan> targets;
  targets.reserve(ast.targets.size());
  for (const TargetAst& target : ast.targets)
    targets.push_back(compile_target(target));
  std::vector<CallPlan> calls;
  calls.reserve(ast.calls.size());
  for (const CallAst& call : ast.calls)
    calls.push_back(compile_call(call));
  plan.sources = {static_cast<std::uint32_t>(body_->sources.size()),
                  static_cast<std::uint32_t>(sources.size())};
  body_->sources.insert(body_->sources.end(), sources.begin(), sources.end());
  plan.targets = {static_cast<std::uint32_t>(body_->targets.size()),
                  static_cast<std::uint32_t>(targets.size())};
  body_->targets.insert(body_->targets.end(), targets.begin(), targets.end());
  plan.calls = {static_cast<std::uint32_t>(body_->calls.size()), static_cast<std::uint32_t>(calls.size())};
  body_->calls.insert(body_->calls.end(), calls.begin(), calls.end());
  short_form(ast, plan);
  set_needed(sources, plan);
  if (!ast.rules.empty()) plan.rules = compile_block(ast.rules);
  scope_.resize(scope);
  slots_ = slots;
  return plan;
}

void Compiler::set_needed(std::span<const SourcePlan> sources, RulePlan& plan) const {
  if (sources.empty() || !sources[0].plain || sources[0].names.count == 0) return;
  const ChildName& first = body_->names[sources[0].names.begin];
  if (first.value_itself) return;
  plan.needed = first.id;
  plan.needed_of = sources[0].slot;
}

/// Counted from the rule before, which stands above in most cases: compiling a map costs one pass of it.
std::uint32_t Compiler::line_of(std::uint32_t at) {
  MapState& map = maps_[map_];
  const std::string_view text = sources_[map_].text;
  if (at < map.counted_to) map.counted_to = map.lines = 0;
  const std::string_view more = text.substr(map.counted_to, at - map.counted_to);
  map.lines += static_cast<std::uint32_t>(std::count(more.begin(), more.end(), '\n'));
  map.counted_to = at;
  return map.lines + 1;
}

/// `a.b -> c.d;` makes the target and hands both to the default group of their types.
void Compiler::short_form(const RuleAst& ast, RulePlan& plan) {
  if (ast.sources.size() != 1 || ast.targets.size() != 1 || !ast.calls.empty() || !ast.rules.empty()) return;
  const TargetAst& target = ast.targets[0];
  if (target.assigns || target.path.size() < 2 || !target.variable.empty()) return;
  plan.default_source = body_->sources[plan.sources.begin].variable;
  plan.default_target = body_->targets[plan.targets.begin].variable;
  // compile_source and compile_target leave the types of what they bound at the end of the scope.
  const TypeRef source = scope_[scope_.size() - 2].type;
  const TypeRef made = scope_.back().type;
  if (!source.known() || !made.known()) return;
  const auto& defaults = body_->pairs[body_->maps[body_->groups[group_].map].pair].defaults;
  const auto found = defaults.find(default_key(source.entry().type, made.entry().type));
  if (found != defaults.end()) {
    plan.default_group = found->second;
    return;
  }
  const bool same = source.table == made.table && source.entry().type == made.entry().type &&
                    source.entry().kind != TypeKind::kBackbone;
  if (same || (is_primitive(source) && is_primitive(made))) return;
  error(ast.at,
        "no default group maps '" + std::string(source.name()) + "' to '" + std::string(made.name()) + "'");
}

TypeRef Compiler::source_child(const TypeRef& parent, const Word& name, ChildName& out) {
  out.value_itself = name.text == "value";
  out.id = parent.table == nullptr ? kNoName : parent.table->find_name(name.text);
  if (out.id == kNoName) {
    const auto known = std::find(body_->local_names.begin(), body_->local_names.end(), name.text);
    out.id = static_cast<NameId>(known - body_->local_names.begin()) | fhir::tree::kLocalName;
    if (known == body_->local_names.end()) body_->local_names.push_back(name.text);
  }
  TypeRef child{parent.table, kUnknownRow};
  if (!parent.known()) return child;
  if (is_primitive(parent) && out.value_itself) return parent;
  const RowId row = parent.table->child(parent.row, name.text);
  if (row != kUnknownRow) {
    const TypeRow& entry = parent.table->row(row);
    const bool choice = (entry.flags & fhir::tree::kChoice) != 0;
    if (choice && entry.name != out.id) {
      error(name.at, "'" + name.text + "' is '" + std::string(parent.table->name(entry.name)) +
                         "' with a type: write it with the type as a filter");
    }
    if (!choice && (entry.flags & fhir::tree::kResourceSlot) == 0) child.row = canonical(*parent.table, row);
    return child;
  }
  for (const RowId candidate : parent.table->children_of(parent.row)) {
    if (parent.table->row(candidate).name == out.id)
      return child;  // A choice: the type is known when it runs.
  }
  const bool free = parent.table->model == fhir::tree::Model::kHl7v2 && is_free_v2_name(name.text);
  if (!free) error(name.at, "'" + std::string(parent.name()) + "' has no element '" + name.text + "'");
  return child;
}

SourcePlan Compiler::compile_source(const SourceAst& ast) {
  SourcePlan plan;
  plan.at = ast.path[0].at;
  plan.list = ast.list;
  const ScopeEntry* variable = find_variable(ast.path[0].text);
  TypeRef type{maps_[map_].source_model.table, kUnknownRow};
  Role role = Role::kSource;
  if (variable == nullptr) {
    error(ast.path[0].at, "no variable '" + ast.path[0].text + "'");
  } else if (variable->role == Role::kTarget) {
    error(ast.path[0].at, "'" + ast.path[0].text + "' is a target: it cannot be read");
  } else {
    plan.slot = variable->slot;
    type = variable->type;
    role = variable->role;
  }
  std::vector<ChildName> names(ast.path.size() - 1);
  for (std::size_t i = 1; i < ast.path.size(); ++i) {
    type = source_child(type, ast.path[i], names[i - 1]);
    role = Role::kSource;
  }
  plan.names = {static_cast<std::uint32_t>(body_->names.size()), static_cast<std::uint32_t>(names.size())};
  body_->names.insert(body_->names.end(), names.begin(), names.end());
  if (!ast.type.empty()) {
    const auto filter = find_type(ast.type.text, false);
    if (!filter) error(ast.type.at, "no type '" + ast.type.text + "'");
    if (filter) {
      type = *filter;
      plan.type = filter->entry().type;
    }
  }
  if (ast.min) {
    plan.bounded = true;
    plan.min = *ast.min;
    plan.max = ast.max.value_or(fhir::tree::kUnbounded);
    if (plan.min > plan.max) error(plan.at, "a minimum over the maximum");
  }
  if (ast.fallback.form != ValueForm::kNone) {
    plan.fallback = compile_value(ast.fallback, {});
    type.row = is_primitive(type) ? type.row : kUnknownRow;
  }
  plan.variable = new_slot();
  // The variable is bound before its own clauses, and last in the scope whether it has a name or not.
  scope_.push_back({ast.variable.text, plan.variable, role, type});
  if (!ast.where.empty()) plan.where = compile_text(ast.where, type);
  if (!ast.check.empty()) plan.check = compile_text(ast.check, type);
  if (!ast.log.empty()) plan.log = compile_text(ast.log, type);
  plan.plain =
      plan.list == SourceList::kAll && plan.type == kNoName && !plan.bounded && plan.fallback == kNoId;
  plan.guarded = plan.where != kNoId || plan.check != kNoId || plan.log != kNoId;
  return plan;
}

CallPlan Compiler::compile_call(const CallAst& ast) {
  CallPlan plan;
  const auto group = find_group(ast.group.text);
  if (!group) {
    error(ast.group.at, "no group '" + ast.group.text + "' is visible here");
    return plan;
  }
  plan.group = *group;
  if (body_->groups[*group].parameters != ast.parameters.size()) {
    error(ast.group.at, "'" + ast.group.text + "' takes " + std::to_string(body_->groups[*group].parameters) +
                            " parameters");
    return plan;
  }
  std::vector<Argument> arguments;
  for (std::size_t i = 0; i < ast.parameters.size(); ++i) {
    const ValueAst& value = ast.parameters[i];
    Argument argument;
    const ScopeEntry* entry = value.form == ValueForm::kPath && value.names.size() == 1
                                  ? find_variable(value.names[0].text)
                                  : nullptr;
    if (entry != nullptr) {
      argument.slot = entry->slot;
      check_argument(value, *entry, *group, i);
    } else {
      argument.expression = compile_value(value, {});
      if (body_->groups[*group].is_target[i]) error(value.text.at, "a target is needed here");
    }
    arguments.push_back(argument);
  }
  plan.arguments = {static_cast<std::uint32_t>(body_->arguments.size()),
                    static_cast<std::uint32_t>(arguments.size())};
  body_->arguments.insert(body_->arguments.end(), arguments.begin(), arguments.end());
  return plan;
}

void Compiler::check_argument(const ValueAst& value, const ScopeEntry& entry, std::uint32_t group,
                              std::size_t index) {
  const GroupPlan& plan = body_->groups[group];
  if ((entry.role == Role::kTarget) != plan.is_target[index]) {
    return error(value.text.at, plan.is_target[index]
                                    ? "'" + entry.name + "' is no target"
                                    : "'" + entry.name + "' is a target: a source is needed");
  }
  const PlanBody::Pair& pair = body_->pairs[body_->maps[plan.map].pair];
  const TypeTable* table = plan.is_target[index] ? pair.target : pair.source;
  if (entry.type.table != nullptr && entry.type.table != table && entry.role != Role::kValue)
    return error(value.text.at, "'" + entry.name + "' is of another model");
  const RowId declared = plan.rows[index];
  if (declared == kUnknownRow || !entry.type.known()) return;
  const TypeRow& expected = table->row(declared);
  if (expected.type == entry.type.entry().type) return;
  const std::string_view name = table->name(expected.type);
  const bool general = name == "Element" || name == "Resource" || name == "DomainResource" ||
                       name == "BackboneElement" || name == "string" || name == "uri" || name == "Quantity";
  if (general) return;
  const std::string text =
      "'" + entry.name + "' is a '" + std::string(entry.type.name()) + "', not a '" + std::string(name) + "'";
  // Data types of v2 are read by position: CE through a CWE group, for one, is right.
  if (table->model == fhir::tree::Model::kHl7v2 && !plan.is_target[index])
    return warning(value.text.at, text);
  error(value.text.at, text);
}

}  // namespace mappings::engine
