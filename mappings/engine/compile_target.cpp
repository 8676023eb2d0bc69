#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

#include "mappings/engine/compiler.hpp"

namespace mappings::engine {
namespace {

using fhir::tree::kNoName;
using fhir::tree::kUnknownRow;
using fhir::tree::RowId;
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

}  // namespace

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
    out.order = entry.order;
    out.repeats = (entry.flags & fhir::tree::kRepeats) != 0;
    out.resource = (entry.flags & fhir::tree::kResourceSlot) != 0;
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
    plan.constant = is_constant(plan);
  } else if (ast.path.empty()) {
    error(ast.at, "a target or a transform is needed here");
  }
  if (role == Role::kValue) type = TypeRef{maps_[map_].source_model.table, kUnknownRow};
  plan.variable = new_slot();
  scope_.push_back({ast.variable.text, plan.variable, role, type});
  return plan;
}

/// Nothing is left to decide when it runs: a literal for a child of known type whose values are strings.
bool Compiler::is_constant(const TargetPlan& plan) const {
  if (plan.transform != Transform::kValue || plan.children.count == 0 || plan.parameters.count == 0)
    return false;
  const Expression& value = body_->expressions[body_->operands[plan.parameters.begin]];
  const TargetChild& child = body_->target_children[plan.children.begin + plan.children.count - 1];
  const bool text = value.op == ExpressionOp::kLiteral && value.kind == fhir::tree::ValueKind::kString &&
                    !body_->texts[value.text].empty();
  if (!text || child.row == kUnknownRow) return false;
  const TypeRow& row = maps_[map_].target_model.table->row(child.row);
  return row.kind == fhir::tree::TypeKind::kPrimitive && row.json == fhir::tree::JsonForm::kString;
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
  if (given < row->min || given > row->max) {
    return error(transform.name.at,
                 "'" + transform.name.text + "' does not take " + std::to_string(given) + " parameters");
  }
  if (plan.transform == Transform::kCreate) return compile_create(ast, plan, type);
  if (plan.transform == Transform::kTranslate) return compile_translate(transform, plan);
  if (transform.name.text == "evaluate" && given == 2) return compile_evaluate(transform, plan);
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

/// evaluate(variable, FHIRPath): the expression runs on the variable.
void Compiler::compile_evaluate(const TransformAst& ast, TargetPlan& plan) {
  const ValueAst& on = ast.parameters[0];
  const ScopeEntry* variable = on.names.size() == 1 ? find_variable(on.names[0].text) : nullptr;
  if (variable == nullptr) return error(on.text.at, "evaluate() needs a variable first");
  const std::uint32_t slot = variable->slot;
  ExpressionText text = ast.parameters[1].text;
  const bool path = ast.parameters[1].form == ValueForm::kPath;
  for (std::size_t i = 1; path && i < ast.parameters[1].names.size(); ++i)
    text.text.append(".").append(ast.parameters[1].names[i].text);
  const bool literal = ast.parameters[1].form == ValueForm::kString;
  const std::uint32_t id =
      literal ? compile_value(ast.parameters[1], {}) : compile_text(text, variable->type);
  Expression on_variable = body_->expressions[id];
  if (on_variable.op == ExpressionOp::kGeneral) on_variable.slot = slot;
  if (on_variable.op == ExpressionOp::kPath && on_variable.slot == kNoId) on_variable.slot = slot;
  const std::uint32_t made = add(on_variable);
  plan.parameters = operands(std::span(&made, 1));
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
    for (const RowId row : created->table->children_of(variable->type.row)) {
      fits = fits ||
             (created->table->row(row).name == child->name && created->table->row(row).type == plan.type);
    }
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
    if (type.name() != name) {
      error(ast.at, "the transform makes a " + std::string(name) + ", the element is a '" +
                        std::string(type.name()) + "'");
    }
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

}  // namespace mappings::engine
