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
using fhir::path::Operator;
using fhir::path::ValueType;
using fhir::tree::kUnknownRow;
using fhir::tree::ValueKind;

bool is_call(const Ast& ast, std::string_view name, std::size_t arguments) {
  return ast.kind == AstKind::kFunction && ast.name == name && ast.children.size() == arguments;
}

const std::string* string_literal(const Ast& ast) {
  const bool string = ast.kind == AstKind::kLiteral && ast.literal->is(ValueType::kString);
  return string ? &ast.literal->string() : nullptr;
}

/// The strings of `('a' | 'b')`, or of one literal.
bool string_list(const Ast& ast, std::vector<std::string>& out) {
  if (const std::string* one = string_literal(ast)) {
    out.push_back(*one);
    return true;
  }
  if (ast.kind != AstKind::kBinary || ast.op != Operator::kUnion) return false;
  return string_list(*ast.children[0], out) && string_list(*ast.children[1], out);
}

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

ValueKind kind_of(const Ast& literal) {
  switch (literal.literal->type()) {
    case ValueType::kBoolean: return ValueKind::kBoolean;
    case ValueType::kInteger:
    case ValueType::kLong:
    case ValueType::kDecimal: return ValueKind::kNumber;
    default: return ValueKind::kString;
  }
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
  if (const auto made = fast(**ast, focus)) return *made;
  return general(**ast, expression);
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
  auto plan = fhir::path::Plan::compile(expression.text, *maps_[map_].source_model.table, options);
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

std::optional<std::uint32_t> Compiler::fast(const Ast& ast, const TypeRef& focus) {
  switch (ast.kind) {
    case AstKind::kLiteral: {
      const bool plain = !ast.literal->is(ValueType::kQuantity) && !ast.literal->is(ValueType::kTemporal);
      const auto value = plain ? fhir::path::text_of(*ast.literal) : std::nullopt;
      return value ? std::optional(literal(*value, kind_of(ast))) : std::nullopt;
    }
    case AstKind::kMember:
    case AstKind::kThis:
    case AstKind::kExternal: return fast_path(ast, focus);
    case AstKind::kPath: {
      if (ast.children.back()->kind == AstKind::kFunction) return fast_call(ast, focus);
      return fast_path(ast, focus);
    }
    case AstKind::kFunction: {
      if (is_call(ast, "iif", 3) || is_call(ast, "iif", 2)) {
        std::vector<std::uint32_t> parts;
        for (const auto& child : ast.children) {
          const auto part = fast(*child, focus);
          if (!part) return std::nullopt;
          parts.push_back(*part);
        }
        Expression made;
        made.op = ExpressionOp::kIif;
        made.operands = operands(parts);
        return add(made);
      }
      return fast_function(ast, focus, std::nullopt);
    }
    case AstKind::kBinary: return fast_binary(ast, focus);
    default: return std::nullopt;
  }
}

/// A chain of names from a variable, $this or the focus; the last `steps_left_out` steps are not part of it.
std::optional<std::uint32_t> Compiler::fast_path(const Ast& ast, const TypeRef& focus,
                                                 std::size_t steps_left_out) {
  const Ast& base = ast.kind == AstKind::kPath ? *ast.children[0] : ast;
  std::vector<const Ast*> steps;
  if (ast.kind == AstKind::kPath) {
    for (std::size_t i = 1; i + steps_left_out < ast.children.size(); ++i)
      steps.push_back(ast.children[i].get());
  }
  Expression made;
  made.op = ExpressionOp::kPath;
  TypeRef type = focus;
  const bool named = base.kind == AstKind::kMember || base.kind == AstKind::kExternal;
  const ScopeEntry* variable = named ? find_variable(base.name) : nullptr;
  if (variable != nullptr) {
    if (variable->role == Role::kTarget) return std::nullopt;
    made.slot = variable->slot;
    type = variable->type;
  } else if (base.kind == AstKind::kMember) {
    for (const auto& [name, constant] : maps_[map_].constants) {
      if (name == base.name) return steps.empty() ? std::optional(constant) : std::nullopt;
    }
    if (find_type(base.name, false)) return std::nullopt;
    steps.insert(steps.begin(), &base);
  } else if (base.kind != AstKind::kThis) {
    return std::nullopt;
  }
  std::vector<ChildName> names;
  for (const Ast* step : steps) {
    if (step->kind != AstKind::kMember) return std::nullopt;
    // What source_child() complains of, FHIRPath may read in its own way: it decides, and reports.
    const fhir::IssueList before = issues_;
    ChildName name;
    type = source_child(type, Word{step->name, 0}, name);
    const bool refused = issues_.items().size() != before.items().size();
    issues_ = before;
    if (refused || is_choice_serial_name(type, name)) return std::nullopt;
    names.push_back(name);
  }
  made.names = {static_cast<std::uint32_t>(body_->names.size()), static_cast<std::uint32_t>(names.size())};
  body_->names.insert(body_->names.end(), names.begin(), names.end());
  const std::uint32_t id = add(made);
  expression_types_[id] = variable != nullptr && variable->role == Role::kValue ? TypeRef{} : type;
  return id;
}

/// `valueString`, where the parent was not known well enough to say.
bool Compiler::is_choice_serial_name(const TypeRef& parent, const ChildName& name) {
  if (parent.table == nullptr) return true;
  auto& known = serial_names_[parent.table];
  if (known.empty()) {
    known.insert(fhir::tree::kNoName);
    for (const fhir::tree::TypeRow& row : parent.table->rows) {
      if ((row.flags & fhir::tree::kChoice) != 0) known.insert(row.serial_name);
    }
  }
  return known.contains(name.id);
}

std::optional<std::uint32_t> Compiler::fast_call(const Ast& ast, const TypeRef& focus) {
  const Ast& last = *ast.children.back();
  const bool negated = is_call(last, "not", 0);
  if (negated) {
    if (ast.children.size() < 3) return std::nullopt;
    const Ast& before = *ast.children[ast.children.size() - 2];
    if (!is_call(before, "exists", 0) && !is_call(before, "empty", 0)) return std::nullopt;
    return fast_existence(ast, focus, 2, is_call(before, "empty", 0));
  }
  if (is_call(last, "exists", 0) || is_call(last, "empty", 0))
    return fast_existence(ast, focus, 1, is_call(last, "exists", 0));
  if (find_fast_function(last.name) == nullptr) return std::nullopt;
  const auto input = fast_path(ast, focus, 1);
  return input ? fast_function(last, focus, input) : std::nullopt;
}

std::optional<std::uint32_t> Compiler::fast_existence(const Ast& ast, const TypeRef& focus, std::size_t calls,
                                                      bool exists) {
  const auto path = fast_path(ast, focus, calls);
  if (!path) return std::nullopt;
  Expression made = body_->expressions[*path];
  if (made.op != ExpressionOp::kPath) return std::nullopt;
  made.op = ExpressionOp::kExists;
  const std::uint32_t id = add(made);
  if (exists) return id;
  Expression negation;
  negation.op = ExpressionOp::kNot;
  negation.operands = operands(std::span(&id, 1));
  return add(negation);
}

std::optional<std::uint32_t> Compiler::fast_function(const Ast& call, const TypeRef& focus,
                                                     std::optional<std::uint32_t> input) {
  const FastFunction* function = find_fast_function(call.name);
  if (function == nullptr || (function->has_input && !input)) return std::nullopt;
  if (call.children.size() < function->min_arguments || call.children.size() > function->max_arguments)
    return std::nullopt;  // The general compiler says what is wrong.
  std::vector<std::uint32_t> parts;
  if (function->has_input) parts.push_back(*input);
  for (const auto& argument : call.children) {
    const auto part = fast(*argument, focus);
    if (!part) return std::nullopt;
    parts.push_back(*part);
  }
  Expression made;
  made.op = ExpressionOp::kCall;
  made.function = function;
  made.operands = operands(parts);
  return add(made);
}

std::optional<std::uint32_t> Compiler::fast_binary(const Ast& ast, const TypeRef& focus) {
  Expression made;
  switch (ast.op) {
    case Operator::kAnd: made.op = ExpressionOp::kAnd; break;
    case Operator::kOr: made.op = ExpressionOp::kOr; break;
    case Operator::kConcatenate: made.op = ExpressionOp::kConcat; break;
    case Operator::kAdd: made.op = ExpressionOp::kJoin; break;
    case Operator::kEqual:
    case Operator::kNotEqual:
    case Operator::kIn: return fast_compare(ast, focus);
    default: return std::nullopt;
  }
  // `+` joins strings only when one side is seen to be a string.
  if (made.op == ExpressionOp::kJoin && !is_text(*ast.children[0]) && !is_text(*ast.children[1]))
    return std::nullopt;
  std::vector<std::uint32_t> parts;
  for (const auto& child : ast.children) {
    const auto part = fast(*child, focus);
    if (!part) return std::nullopt;
    parts.push_back(*part);
  }
  made.operands = operands(parts);
  return add(made);
}

bool Compiler::is_text(const Ast& ast) {
  if (string_literal(ast) != nullptr) return true;
  const bool join =
      ast.kind == AstKind::kBinary && (ast.op == Operator::kAdd || ast.op == Operator::kConcatenate);
  return join && (is_text(*ast.children[0]) || is_text(*ast.children[1]));
}

/// A path compared with strings. Elements that hold no string are left to FHIRPath when it runs.
std::optional<std::uint32_t> Compiler::fast_compare(const Ast& ast, const TypeRef& focus) {
  std::vector<std::string> strings;
  const Ast* left = ast.children[0].get();
  const Ast* right = ast.children[1].get();
  if (ast.op != Operator::kIn && string_literal(*left) != nullptr) std::swap(left, right);
  if (!string_list(*right, strings) || (ast.op != Operator::kIn && strings.size() != 1)) return std::nullopt;
  if (left->kind == AstKind::kPath && left->children.back()->kind == AstKind::kFunction) return std::nullopt;
  if (left->kind != AstKind::kPath && left->kind != AstKind::kMember && left->kind != AstKind::kExternal &&
      left->kind != AstKind::kThis)
    return std::nullopt;
  const auto path = fast_path(*left, focus);
  if (!path) return std::nullopt;
  Expression made = body_->expressions[*path];
  if (made.op != ExpressionOp::kPath) return std::nullopt;
  made.op = ast.op == Operator::kIn      ? ExpressionOp::kOneOf
            : ast.op == Operator::kEqual ? ExpressionOp::kEqual
                                         : ExpressionOp::kNotEqual;
  made.text = static_cast<std::uint32_t>(body_->texts.size());
  made.text_count = static_cast<std::uint32_t>(strings.size());
  for (std::string& one : strings)
    body_->texts.push_back(std::move(one));
  return add(made);
}

}  // namespace mappings::engine
