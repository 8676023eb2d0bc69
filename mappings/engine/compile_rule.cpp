#include <algorithm>
#include <charconv>
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

struct TransformRow {
  std::string_view name;
  Transform transform;
  std::size_t min;
  std::size_t max;
};

constexpr TransformRow kTransforms[] = {
    {"create", Transform::kCreate, 0, 1},
    {"copy", Transform::kValue, 1, 1},
    {"truncate", Transform::kTruncate, 2, 2},
    {"escape", Transform::kEscape, 2, 3},
    {"cast", Transform::kCast, 1, 2},
    {"append", Transform::kAppend, 1, 64},
    {"translate", Transform::kTranslate, 2, 3},
    {"reference", Transform::kReference, 1, 1},
    {"uuid", Transform::kUuid, 0, 0},
    {"pointer", Transform::kPointer, 1, 1},
    {"evaluate", Transform::kValue, 1, 2},
    {"cc", Transform::kCodeableConcept, 1, 3},
    {"c", Transform::kCoding, 2, 3},
    {"qty", Transform::kQuantity, 1, 4},
    {"id", Transform::kIdentifier, 2, 3},
    {"cp", Transform::kContactPoint, 1, 2},
};

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

/// A data type by its own row, so that two places of one type compare equal.
RowId canonical(const TypeTable& table, RowId row) {
  const TypeRow& entry = table.row(row);
  if (entry.kind == TypeKind::kBackbone || entry.type == kNoName) return row;
  const RowId root = table.type_root(table.name(entry.type));
  return root == kUnknownRow ? row : root;
}

bool is_primitive(const TypeRef& type) {
  return type.known() && (type.entry().kind == TypeKind::kPrimitive || type.entry().kind == TypeKind::kXhtml);
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
  plan.group = group_;
  plan.map = map_;
  plan.at = ast.at;
  plan.line = fhir::locate(sources_[map_].text, ast.at).line;
  plan.name = ast.name;
  std::vector<SourcePlan> sources;
  for (const SourceAst& source : ast.sources)
    sources.push_back(compile_source(source));
  std::vector<TargetPlan> targets;
  for (const TargetAst& target : ast.targets)
    targets.push_back(compile_target(target));
  std::vector<CallPlan> calls;
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
  if (!ast.rules.empty()) plan.rules = compile_block(ast.rules);
  scope_.resize(scope);
  slots_ = slots;
  return plan;
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
  return plan;
}

TypeRef Compiler::target_child(const TypeRef& parent, const Word& name, TargetChild& out) {
  const TypeTable& table = *parent.table;
  out.name = table.find_name(name.text);
  TypeRef child{parent.table, kUnknownRow};
  if (!parent.known()) {
    if (out.name == kNoName) error(name.at, "no type of the target model has an element '" + name.text + "'");
    out.value_itself = name.text == "value";
    return child;
  }
  if (is_primitive(parent) && name.text == "value") {
    out.value_itself = true;
    return parent;
  }
  out.row = table.child(parent.row, name.text);
  if (out.row != kUnknownRow) {
    const TypeRow& entry = table.row(out.row);
    out.name = entry.name;
    if ((entry.flags & fhir::tree::kResourceSlot) == 0) child.row = canonical(table, out.row);
    return child;
  }
  for (const RowId candidate : table.children_of(parent.row)) {
    out.choice = out.choice || (out.name != kNoName && table.row(candidate).name == out.name);
  }
  if (!out.choice) error(name.at, "'" + std::string(parent.name()) + "' has no element '" + name.text + "'");
  return child;
}

TargetPlan Compiler::compile_target(const TargetAst& ast) {
  TargetPlan plan;
  plan.list = ast.list;
  if (ast.list == TargetList::kShare) plan.share = text(ast.share.text);
  TypeRef type{maps_[map_].target_model.table, kUnknownRow};
  Role role = Role::kTarget;
  if (!ast.path.empty()) {
    const ScopeEntry* variable = find_variable(ast.path[0].text);
    if (variable == nullptr) {
      error(ast.path[0].at, "no variable '" + ast.path[0].text + "'");
    } else if (variable->role != Role::kTarget) {
      error(ast.path[0].at, "'" + ast.path[0].text + "' is no target");
    } else {
      plan.slot = variable->slot;
      type = variable->type;
    }
    std::vector<TargetChild> children(ast.path.size() - 1);
    for (std::size_t i = 1; i < ast.path.size() && variable != nullptr; ++i) {
      type = target_child(type, ast.path[i], children[i - 1]);
      if (children[i - 1].choice && i + 1 < ast.path.size())
        error(ast.path[i].at, "the type of '" + ast.path[i].text + "' is open here: give it with create()");
    }
    plan.children = {static_cast<std::uint32_t>(body_->target_children.size()),
                     static_cast<std::uint32_t>(children.size())};
    body_->target_children.insert(body_->target_children.end(), children.begin(), children.end());
  }
  if (ast.assigns) {
    compile_transform(ast, plan, type);
    if (ast.path.empty() && plan.transform != Transform::kCreate) role = Role::kValue;
    if (role == Role::kTarget) check_assignment(ast, plan, type);
  } else if (ast.path.empty()) {
    error(ast.at, "a target or a transform is needed here");
  }
  if (role == Role::kValue) type = TypeRef{maps_[map_].source_model.table, kUnknownRow};
  plan.variable = new_slot();
  scope_.push_back({ast.variable.text, plan.variable, role, type});
  return plan;
}

std::string Compiler::constant_text(const ValueAst& value) {
  const bool literal = value.form == ValueForm::kString || value.form == ValueForm::kNumber;
  if (literal) return value.text.text;
  if (value.form == ValueForm::kPath && value.names.size() == 1) {
    for (const auto& [name, expression] : maps_[map_].constants) {
      const Expression& constant = body_->expressions[expression];
      if (name == value.names[0].text && constant.op == ExpressionOp::kLiteral)
        return body_->texts[constant.text];
    }
  }
  error(value.text.at, "a constant is needed here");
  return {};
}

void Compiler::compile_transform(const TargetAst& ast, TargetPlan& plan, TypeRef& type) {
  const TransformAst& transform = ast.transform;
  const ScopeEntry* focus = nullptr;
  for (const ScopeEntry& entry : scope_) {
    if (entry.role == Role::kSource)
      focus = &entry;  // FHIRPath without a variable starts at the last source.
  }
  const TypeRef focus_type = focus == nullptr ? TypeRef{} : focus->type;
  std::vector<std::uint32_t> parameters;
  if (transform.name.empty()) {
    plan.transform = Transform::kValue;
    parameters.push_back(compile_value(transform.value, focus_type));
    plan.parameters = operands(parameters);
    return;
  }
  const auto* row = std::find_if(std::begin(kTransforms), std::end(kTransforms),
                                 [&](const TransformRow& r) { return r.name == transform.name.text; });
  if (row == std::end(kTransforms))
    return error(transform.name.at, "no transform '" + transform.name.text + "'");
  plan.transform = row->transform;
  const std::size_t given = transform.parameters.size();
  if (given < row->min || given > row->max)
    return error(transform.name.at,
                 "'" + transform.name.text + "' does not take " + std::to_string(given) + " parameters");
  if (plan.transform == Transform::kCreate) return compile_create(ast, plan, type);
  if (plan.transform == Transform::kTranslate) return compile_translate(transform, plan);
  if (transform.name.text == "evaluate" && given == 2) {
    // The expression runs on the first parameter.
    const ValueAst& on = transform.parameters[0];
    const ScopeEntry* variable = on.names.size() == 1 ? find_variable(on.names[0].text) : nullptr;
    if (variable == nullptr) return error(on.text.at, "evaluate() needs a variable first");
    const std::uint32_t slot = variable->slot;
    ExpressionText text = transform.parameters[1].text;
    const bool path = transform.parameters[1].form == ValueForm::kPath;
    for (std::size_t i = 1; path && i < transform.parameters[1].names.size(); ++i)
      text.text.append(".").append(transform.parameters[1].names[i].text);
    const bool literal = transform.parameters[1].form == ValueForm::kString;
    const std::uint32_t id =
        literal ? compile_value(transform.parameters[1], {}) : compile_text(text, variable->type);
    Expression on_variable = body_->expressions[id];
    if (on_variable.op == ExpressionOp::kGeneral) on_variable.slot = slot;
    if (on_variable.op == ExpressionOp::kPath && on_variable.slot == kNoId) on_variable.slot = slot;
    parameters.push_back(add(on_variable));
    plan.parameters = operands(parameters);
    return;
  }
  std::size_t values = given;
  if (plan.transform == Transform::kTruncate) {
    const std::string number = constant_text(transform.parameters[1]);
    const auto parsed = std::from_chars(number.data(), number.data() + number.size(), plan.number);
    if (parsed.ec != std::errc() || parsed.ptr != number.data() + number.size())
      error(transform.parameters[1].text.at, "truncate() needs a length");
    values = 1;
  }
  if (plan.transform == Transform::kCast) {
    const std::string name = given == 2 ? constant_text(transform.parameters[1]) : std::string("string");
    const auto cast = find_type(name, true);
    if (!cast || !is_primitive(*cast)) return error(transform.name.at, "cast() needs a primitive type");
    plan.row = cast->row;
    plan.type = cast->entry().type;
    values = 1;
  }
  if (plan.transform == Transform::kEscape) {
    plan.share = text(constant_text(transform.parameters.back()));
    const std::string& format = body_->texts[plan.share];
    if (format != "xml" && format != "html" && format != "json")
      error(transform.name.at, "escape() knows the formats xml, html and json");
    values = 1;
  }
  for (std::size_t i = 0; i < values; ++i)
    parameters.push_back(compile_value(transform.parameters[i], focus_type));
  plan.parameters = operands(parameters);
}

void Compiler::compile_create(const TargetAst& ast, TargetPlan& plan, TypeRef& type) {
  const TransformAst& transform = ast.transform;
  const TargetChild* child = plan.children.count == 0
                                 ? nullptr
                                 : &body_->target_children[plan.children.begin + plan.children.count - 1];
  if (transform.parameters.empty()) {
    if (ast.path.empty() || (child != nullptr && child->choice))
      error(transform.name.at, "create() needs the type here");
    return;
  }
  const std::string name = constant_text(transform.parameters[0]);
  const auto created = find_type(name, true);
  if (!created || created->table != maps_[map_].target_model.table)
    return error(transform.name.at, "the target model has no type '" + name + "'");
  plan.row = created->row;
  plan.type = created->entry().type;
  if (child != nullptr && child->choice && type.table != nullptr) {
    const ScopeEntry* variable = find_variable(ast.path[0].text);
    bool fits = !variable->type.known() || plan.children.count > 1;
    for (const RowId row : created->table->children_of(variable->type.row))
      fits = fits ||
             (created->table->row(row).name == child->name && created->table->row(row).type == plan.type);
    if (!fits) error(transform.name.at, "'" + ast.path.back().text + "' cannot be a '" + name + "'");
  } else if (type.known() && type.entry().type != plan.type) {
    error(transform.name.at, "'" + ast.path.back().text + "' is a '" + std::string(type.name()) + "'");
  }
  type = *created;
}

void Compiler::compile_translate(const TransformAst& ast, TargetPlan& plan) {
  static constexpr std::pair<std::string_view, TranslateOutput> kOutputs[] = {
      {"code", TranslateOutput::kCode},
      {"system", TranslateOutput::kSystem},
      {"display", TranslateOutput::kDisplay},
      {"Coding", TranslateOutput::kCoding},
      {"coding", TranslateOutput::kCoding},
      {"CodeableConcept", TranslateOutput::kCodeableConcept},
      {"codeableconcept", TranslateOutput::kCodeableConcept}};
  const std::string map = constant_text(ast.parameters[1]);
  plan.concepts = find_concepts(map);
  if (plan.concepts == nullptr) error(ast.parameters[1].text.at, "no ConceptMap '" + map + "' is given");
  const std::string output =
      ast.parameters.size() == 3 ? constant_text(ast.parameters[2]) : std::string("code");
  const auto* row = std::find_if(std::begin(kOutputs), std::end(kOutputs),
                                 [&output](const auto& r) { return r.first == output; });
  if (row == std::end(kOutputs)) {
    error(ast.name.at, "translate() gives code, system, display, Coding or CodeableConcept");
  } else {
    plan.output = row->second;
  }
  const std::uint32_t value = compile_value(ast.parameters[0], {});
  plan.parameters = operands(std::span(&value, 1));
}

/// What can never fit: text into an element with parts, an element with parts into a primitive.
void Compiler::check_assignment(const TargetAst& ast, const TargetPlan& plan, const TypeRef& type) {
  if (!type.known() || plan.transform == Transform::kNone || plan.transform == Transform::kCreate) return;
  const bool primitive = is_primitive(type);
  const auto needs = [&](std::string_view name) {
    if (type.name() != name)
      error(ast.at, "the transform makes a " + std::string(name) + ", the element is a '" +
                        std::string(type.name()) + "'");
  };
  switch (plan.transform) {
    case Transform::kCodeableConcept: return needs("CodeableConcept");
    case Transform::kCoding: return needs("Coding");
    case Transform::kIdentifier: return needs("Identifier");
    case Transform::kContactPoint: return needs("ContactPoint");
    case Transform::kQuantity:
      if (primitive) needs("Quantity");
      return;
    case Transform::kReference:
      if (!primitive) needs("Reference");
      return;
    case Transform::kTranslate:
      if (plan.output == TranslateOutput::kCoding) return needs("Coding");
      if (plan.output == TranslateOutput::kCodeableConcept) return needs("CodeableConcept");
      break;
    default: break;
  }
  if (plan.transform == Transform::kValue) {
    if (plan.parameters.count == 0) return;
    const std::uint32_t id = body_->operands[plan.parameters.begin];
    const TypeRef from = type_of(id);
    const ExpressionOp op = body_->expressions[id].op;
    if (primitive && from.known() && !is_primitive(from)) {
      error(ast.at, "a '" + std::string(from.name()) + "' does not fit a '" + std::string(type.name()) + "'");
    } else if (!primitive && from.known() &&
               (from.table != type.table || from.entry().type != type.entry().type)) {
      error(ast.at, "a '" + std::string(from.name()) + "' does not fit a '" + std::string(type.name()) + "'");
    } else if (!primitive && op == ExpressionOp::kLiteral) {
      error(ast.at, "a literal does not fit a '" + std::string(type.name()) + "'");
    }
    return;
  }
  if (!primitive) error(ast.at, "a text does not fit a '" + std::string(type.name()) + "'");
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
