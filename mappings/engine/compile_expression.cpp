#include <algorithm>
#include <iterator>
#include <utility>

#include "fhir/path/parser.hpp"
#include "mappings/engine/compiler.hpp"
#include "mappings/engine/functions.hpp"

namespace mappings::engine {
namespace {

using fhir::path::Ast;
using fhir::path::AstKind;
using fhir::tree::ValueKind;

/// Functions whose arguments start from the items of their input, not from the focus of the call.
bool has_criteria(std::string_view function) {
  static constexpr std::string_view kNames[] = {"where", "select", "all",  "exists",
                                                "any",   "repeat", "sort", "aggregate"};
  return std::find(std::begin(kNames), std::end(kNames), function) != std::end(kNames);
}

/// Functions whose argument names a type.
bool has_type_argument(std::string_view function) {
  return function == "ofType" || function == "is" || function == "as";
}

}  // namespace

std::uint32_t Compiler::add(Expression expression) {
  body_->expressions.push_back(expression);
  expression_types_.resize(body_->expressions.size());
  return static_cast<std::uint32_t>(body_->expressions.size() - 1);
}

std::uint32_t Compiler::text(std::string text) {
  body_->texts.push_back(std::move(text));
  return static_cast<std::uint32_t>(body_->texts.size() - 1);
}

std::uint32_t Compiler::literal(std::string value, ValueKind kind) {
  Expression made;
  made.op = ExpressionOp::kLiteral;
  made.kind = kind;
  made.text = text(std::move(value));
  made.text_count = 1;
  return add(made);
}

Span Compiler::operands(std::span<const std::uint32_t> ids) {
  const Span span{static_cast<std::uint32_t>(body_->operands.size()), static_cast<std::uint32_t>(ids.size())};
  body_->operands.insert(body_->operands.end(), ids.begin(), ids.end());
  return span;
}

TypeRef Compiler::type_of(std::uint32_t expression) const {
  return expression < expression_types_.size() ? expression_types_[expression] : TypeRef{};
}

std::uint32_t Compiler::compile_value(const ValueAst& value, const TypeRef& focus) {
  switch (value.form) {
    case ValueForm::kString: return literal(value.text.text, ValueKind::kString);
    case ValueForm::kNumber: return literal(value.text.text, ValueKind::kNumber);
    case ValueForm::kBoolean: return literal(value.text.text, ValueKind::kBoolean);
    case ValueForm::kExpression: return compile_text(value.text, focus);
    case ValueForm::kNone: return literal({}, ValueKind::kNone);
    case ValueForm::kPath: break;
  }
  const std::string& first = value.names[0].text;
  const ScopeEntry* variable = find_variable(first);
  if (variable == nullptr) {
    for (const auto& [name, expression] : maps_[map_].constants) {
      if (name == first && value.names.size() == 1) return expression;
    }
    error(value.names[0].at, "no variable '" + first + "'");
    return literal({}, ValueKind::kNone);
  }
  if (variable->role == Role::kTarget && value.names.size() > 1)
    error(value.names[1].at, "'" + first + "' is a target: it cannot be read");
  Expression made;
  made.op = ExpressionOp::kPath;
  made.slot = variable->slot;
  TypeRef type = variable->type;
  std::vector<ChildName> names(value.names.size() - 1);
  for (std::size_t i = 1; i < value.names.size(); ++i)
    type = source_child(type, value.names[i], names[i - 1]);
  made.names = {static_cast<std::uint32_t>(body_->names.size()), static_cast<std::uint32_t>(names.size())};
  body_->names.insert(body_->names.end(), names.begin(), names.end());
  const std::uint32_t id = add(made);
  expression_types_[id] = variable->role == Role::kValue ? TypeRef{} : type;
  return id;
}

std::uint32_t Compiler::compile_text(const ExpressionText& expression, const TypeRef& focus) {
  auto ast = fhir::path::parse(expression.text);
  if (!ast) {
    error(expression.at + static_cast<std::uint32_t>(ast.error().offset), ast.error().message);
    return literal({}, ValueKind::kNone);
  }
  const std::size_t before = issues_.items().size();
  check_names(**ast, focus, focus.known(), expression);
  if (issues_.items().size() != before) return literal({}, ValueKind::kNone);
  whole_ = &expression;
  return part(**ast, focus);
}

/// Natively where that is possible, else with the FHIRPath evaluator: part by part.
std::uint32_t Compiler::part(const Ast& ast, const TypeRef& focus) {
  if (const auto made = fast(ast, focus)) return *made;
  return general(ast, *whole_);
}

/// Names at the start of paths are variables, elements of the focus, or types.
void Compiler::check_names(const Ast& ast, const TypeRef& focus, bool focus_known,
                           const ExpressionText& text) {
  const auto at = [&text](const Ast& node) { return text.at + static_cast<std::uint32_t>(node.offset); };
  if (ast.kind == AstKind::kMember || ast.kind == AstKind::kExternal) {
    const ScopeEntry* variable = find_variable(ast.name);
    if (variable != nullptr && variable->role == Role::kTarget)
      return error(at(ast), "'" + ast.name + "' is a target: it cannot be read");
    if (variable != nullptr || ast.kind == AstKind::kExternal || !focus_known) return;
    for (const auto& constant : maps_[map_].constants) {
      if (constant.first == ast.name) return;
    }
    ChildName unused;
    if (find_type(ast.name, false)) return;
    (void)source_child(focus, Word{ast.name, at(ast)}, unused);
    return;
  }
  for (std::size_t i = 0; i < ast.children.size(); ++i) {
    const Ast& child = *ast.children[i];
    const bool step = ast.kind == AstKind::kPath && i > 0;
    if (step && child.kind == AstKind::kMember) continue;
    if (ast.kind == AstKind::kFunction && has_type_argument(ast.name)) continue;
    const bool same_focus = !(ast.kind == AstKind::kFunction && has_criteria(ast.name));
    check_names(child, focus, focus_known && same_focus, text);
  }
}

std::uint32_t Compiler::general(const Ast& ast, const ExpressionText& expression) {
  General made;
  std::vector<std::string_view> names;
  const std::vector<ScopeEntry> scope = scope_;
  const auto names_of = [&](const auto& self, const Ast& node, bool step) -> void {
    if ((node.kind == AstKind::kMember && !step) || node.kind == AstKind::kExternal) {
      const auto known = std::find_if(scope.rbegin(), scope.rend(),
                                      [&node](const ScopeEntry& entry) { return entry.name == node.name; });
      const bool listed = std::any_of(made.uses.begin(), made.uses.end(),
                                      [&node](const General::Use& use) { return use.name == node.name; });
      if (known != scope.rend() && !listed) made.uses.push_back({node.name, known->slot});
      for (const auto& [name, constant] : maps_[map_].constants) {
        if (known != scope.rend() || listed || name != node.name) continue;
        made.uses.push_back({name, constant | General::kConstant});
      }
    }
    for (std::size_t i = 0; i < node.children.size(); ++i)
      self(self, *node.children[i], node.kind == AstKind::kPath && i > 0);
  };
  names_of(names_of, ast, false);
  names.reserve(made.uses.size());
  for (const General::Use& use : made.uses)
    names.push_back(use.name);
  fhir::path::CompileOptions options;
  options.variables = names;
  options.functions = path_functions();
  options.mapping_members = true;
  auto plan = fhir::path::Plan::compile(ast, expression.text, *maps_[map_].source_model.table, options);
  if (!plan) {
    error(expression.at + static_cast<std::uint32_t>(plan.error().offset), plan.error().message);
    return literal({}, ValueKind::kNone);
  }
  made.plan = std::move(*plan);
  Expression found;
  found.op = ExpressionOp::kGeneral;
  found.general = static_cast<std::uint32_t>(body_->generals.size());
  body_->generals.push_back(std::move(made));
  return add(found);
}

}  // namespace mappings::engine
