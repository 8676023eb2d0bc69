// The expressions that run without the FHIRPath evaluator: plain paths, comparisons, conditions, unions and
// the common functions.
#include <algorithm>
#include <iterator>
#include <re2/re2.h>
#include <utility>

#include "fhir/path/parser.hpp"
#include "fhir/path/pattern.hpp"
#include "mappings/engine/compiler.hpp"
#include "mappings/engine/functions.hpp"

namespace mappings::engine {
namespace {

using fhir::path::Ast;
using fhir::path::AstKind;
using fhir::path::Operator;
using fhir::path::ValueType;
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
      const auto is_member = [](const auto& step) { return step->kind == AstKind::kMember; };
      if (std::all_of(ast.children.begin() + 1, ast.children.end(), is_member)) {
        if (const auto path = fast_path(ast, focus)) return path;
      }
      return fast_chain(ast, focus);
    }
    case AstKind::kFunction:
      if (is_call(ast, "iif", 3) || is_call(ast, "iif", 2)) return of_parts(ExpressionOp::kIif, ast, focus);
      return fast_function(ast, focus, std::nullopt);
    case AstKind::kBinary: return fast_binary(ast, focus);
    default: return std::nullopt;
  }
}

std::uint32_t Compiler::of_parts(ExpressionOp op, const Ast& ast, const TypeRef& focus) {
  std::vector<std::uint32_t> parts;
  parts.reserve(ast.children.size());
  for (const auto& child : ast.children)
    parts.push_back(part(*child, focus));
  Expression made;
  made.op = op;
  made.operands = operands(parts);
  return add(made);
}

std::uint32_t Compiler::of(ExpressionOp op, std::initializer_list<std::uint32_t> parts) {
  Expression made;
  made.op = op;
  made.operands = operands(std::span(parts.begin(), parts.size()));
  return add(made);
}

/// A path with functions in it: the longest start that is a plain path, then step by step.
std::optional<std::uint32_t> Compiler::fast_chain(const Ast& ast, const TypeRef& focus) {
  std::size_t plain = 1;
  while (plain < ast.children.size() && ast.children[plain]->kind == AstKind::kMember)
    ++plain;
  const Ast& base = *ast.children[0];
  std::optional<std::uint32_t> at;
  const bool named =
      base.kind == AstKind::kMember || base.kind == AstKind::kExternal || base.kind == AstKind::kThis;
  if (named) {
    at = fast_path(ast, focus, ast.children.size() - plain);
  } else if (base.kind == AstKind::kBinary && base.op == Operator::kUnion) {
    plain = 1;
    at = fast_union(base, focus);
    if (at && !duplicates_do_not_matter(ast)) {
      const std::uint32_t otherwise = general(base, *whole_);
      body_->expressions[*at].general = body_->expressions[otherwise].general;
    }
  } else {
    plain = 1;
    at = fast(base, focus);
  }
  TypeRef type = at ? type_of(*at) : TypeRef{};
  for (std::size_t i = plain; at && i < ast.children.size(); ++i)
    at = fast_step(*at, *ast.children[i], ast, type, focus);
  return at;
}

/// True when all that follows a union is steps up to first(), exists() or empty().
bool Compiler::duplicates_do_not_matter(const Ast& path) {
  for (std::size_t i = 1; i < path.children.size(); ++i) {
    const Ast& step = *path.children[i];
    if (is_call(step, "first", 0) || is_call(step, "exists", 0) || is_call(step, "empty", 0)) return true;
    if (step.kind != AstKind::kMember && !is_call(step, "where", 1)) return false;
  }
  return false;
}

std::optional<std::uint32_t> Compiler::fast_union(const Ast& ast, const TypeRef& focus) {
  std::uint32_t sides[2] = {};
  for (std::size_t i = 0; i < 2; ++i) {
    const Ast& side = *ast.children[i];
    const bool more = side.kind == AstKind::kBinary && side.op == Operator::kUnion;
    const auto made = more ? fast_union(side, focus) : fast(side, focus);
    if (!made) return std::nullopt;
    sides[i] = *made;
  }
  return of(ExpressionOp::kUnion, {sides[0], sides[1]});
}

/// One step on `input`; `type` is that of its items and of the result, as far as it is known.
std::optional<std::uint32_t> Compiler::fast_step(std::uint32_t input, const Ast& step, const Ast& path,
                                                 TypeRef& type, const TypeRef& focus) {
  if (step.kind == AstKind::kMember) {
    ChildName name;
    const auto child = fast_child(type.table == nullptr ? TypeRef{maps_[map_].source_model.table, 0} : type,
                                  step.name, name);
    if (!child) return std::nullopt;
    type = *child;
    Expression made;
    made.op = ExpressionOp::kStep;
    made.operands = operands(std::span(&input, 1));
    made.names = {static_cast<std::uint32_t>(body_->names.size()), 1};
    body_->names.push_back(name);
    return add(made);
  }
  if (is_call(step, "first", 0)) return of(ExpressionOp::kFirst, {input});
  if (is_call(step, "where", 1)) return of(ExpressionOp::kWhere, {input, part(*step.children[0], type)});
  if (is_call(step, "exists", 1))
    return of(ExpressionOp::kHas, {of(ExpressionOp::kWhere, {input, part(*step.children[0], type)})});
  const bool empty = is_call(step, "empty", 0);
  if (empty || is_call(step, "exists", 0)) {
    if (body_->expressions[input].op == ExpressionOp::kPath) {
      Expression made = body_->expressions[input];
      made.op = empty ? ExpressionOp::kMissing : ExpressionOp::kExists;
      return add(made);
    }
    const std::uint32_t has = of(ExpressionOp::kHas, {input});
    return empty ? of(ExpressionOp::kNot, {has}) : has;
  }
  if (is_call(step, "not", 0)) return of(ExpressionOp::kNot, {input});
  if (is_call(step, "select", 1)) {
    const std::uint32_t each = part(*step.children[0], type);
    type = {};
    return of(ExpressionOp::kSelect, {input, each});
  }
  type = {};
  if (is_call(step, "count", 0)) return of(ExpressionOp::kCount, {input});
  return fast_text_step(input, step, path, focus);
}

/// Functions on strings. What is no string for sure is left to FHIRPath, which knows the rules.
std::optional<std::uint32_t> Compiler::fast_text_step(std::uint32_t input, const Ast& step, const Ast& path,
                                                      const TypeRef& focus) {
  if (maps_[map_].source_model.table->model != fhir::tree::Model::kHl7v2) return std::nullopt;
  if (is_call(step, "toString", 0)) return of(ExpressionOp::kText, {input});
  if (is_call(step, "trim", 0)) return of(ExpressionOp::kTrim, {input});
  if (is_call(step, "upper", 0) || is_call(step, "lower", 0)) {
    if (&step != path.children.back().get()) return std::nullopt;
    const std::uint32_t made =
        of(step.name == "upper" ? ExpressionOp::kUpper : ExpressionOp::kLower, {input});
    const std::uint32_t otherwise = general(path, *whole_);
    body_->expressions[made].general = body_->expressions[otherwise].general;
    return made;
  }
  if (is_call(step, "startsWith", 1))
    return of(ExpressionOp::kStartsWith, {input, part(*step.children[0], focus)});
  if (is_call(step, "contains", 1))
    return of(ExpressionOp::kContains, {input, part(*step.children[0], focus)});
  const std::string* text_given = step.children.empty() ? nullptr : string_literal(*step.children[0]);
  if (is_call(step, "join", 1) && text_given != nullptr) {
    const std::uint32_t made = of(ExpressionOp::kJoinAll, {input});
    const std::uint32_t separator = text(*text_given);
    body_->expressions[made].text = separator;
    return made;
  }
  if (is_call(step, "matches", 1) && text_given != nullptr) {
    auto pattern = fhir::path::compile_pattern(*text_given);
    if (pattern == nullptr) return std::nullopt;
    const std::uint32_t made = of(ExpressionOp::kMatches, {input});
    body_->expressions[made].pattern = static_cast<std::uint32_t>(body_->patterns.size());
    body_->patterns.push_back(std::move(pattern));
    return made;
  }
  return find_fast_function(step.name) == nullptr ? std::nullopt : fast_function(step, focus, input);
}

/// A child that needs nothing of what FHIRPath or source_child() would complain of.
std::optional<TypeRef> Compiler::fast_child(const TypeRef& parent, const std::string& name, ChildName& out) {
  const fhir::IssueList before = issues_;
  const TypeRef child = source_child(parent, Word{name, 0}, out);
  const bool refused = issues_.items().size() != before.items().size();
  issues_ = before;
  if (refused || is_choice_serial_name(parent, out)) return std::nullopt;
  return child;
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
  TypeRef type = focus.table == nullptr ? TypeRef{maps_[map_].source_model.table, 0} : focus;
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
    if (const auto same = find_type(base.name, false)) {
      if (steps.empty() || same->table != maps_[map_].source_model.table) return std::nullopt;
      made.root_type = same->entry().type;
    }
    steps.insert(steps.begin(), &base);
  } else if (base.kind != AstKind::kThis) {
    return std::nullopt;
  }
  std::vector<ChildName> names;
  for (const Ast* step : steps) {
    if (step->kind != AstKind::kMember) return std::nullopt;
    ChildName name;
    if (made.root_type != fhir::tree::kNoName && names.empty()) {
      // Whether the name is the focus or its child shows when it runs.
      if (type.known() && type.entry().type == made.root_type) {
        name.id = made.root_type;
      } else {
        const auto child = fast_child(TypeRef{maps_[map_].source_model.table, 0}, step->name, name);
        if (!child) return std::nullopt;
        type = *find_type(step->name, false);
      }
      names.push_back(name);
      continue;
    }
    const auto child = fast_child(type, step->name, name);
    if (!child) return std::nullopt;
    type = *child;
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

std::optional<std::uint32_t> Compiler::fast_function(const Ast& call, const TypeRef& focus,
                                                     std::optional<std::uint32_t> input) {
  const FastFunction* function = find_fast_function(call.name);
  if (function == nullptr || (function->has_input && !input)) return std::nullopt;
  if (call.children.size() < function->min_arguments || call.children.size() > function->max_arguments)
    return std::nullopt;  // The general compiler says what is wrong.
  std::vector<std::uint32_t> parts;
  if (function->has_input) parts.push_back(*input);
  for (const auto& argument : call.children)
    parts.push_back(part(*argument, focus));
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
  return of_parts(made.op, ast, focus);
}

bool Compiler::is_text(const Ast& ast) {
  if (string_literal(ast) != nullptr) return true;
  const bool join =
      ast.kind == AstKind::kBinary && (ast.op == Operator::kAdd || ast.op == Operator::kConcatenate);
  return join && (is_text(*ast.children[0]) || is_text(*ast.children[1]));
}

/// A path compared with strings, or any two values that may be strings.
std::optional<std::uint32_t> Compiler::fast_compare(const Ast& ast, const TypeRef& focus) {
  std::vector<std::string> strings;
  const Ast* left = ast.children[0].get();
  const Ast* right = ast.children[1].get();
  if (ast.op != Operator::kIn && string_literal(*left) != nullptr) std::swap(left, right);
  const bool listed = string_list(*right, strings) && (ast.op == Operator::kIn || strings.size() == 1);
  const auto found = listed ? fast(*left, focus) : std::nullopt;
  if (!found || body_->expressions[*found].op != ExpressionOp::kPath) {
    if (maps_[map_].source_model.table->model != fhir::tree::Model::kHl7v2) return std::nullopt;
    if (ast.op == Operator::kIn) {
      if (!found || !makes_text(*found)) return std::nullopt;
      const std::uint32_t made = of(ExpressionOp::kListed, {*found});
      set_texts(body_->expressions[made], std::move(strings));
      return made;
    }
    const std::uint32_t made =
        of_parts(ast.op == Operator::kEqual ? ExpressionOp::kSame : ExpressionOp::kDiffers, ast, focus);
    const std::uint32_t otherwise = general(ast, *whole_);
    body_->expressions[made].general = body_->expressions[otherwise].general;
    return made;
  }
  Expression made = body_->expressions[*found];
  made.op = ast.op == Operator::kIn      ? ExpressionOp::kOneOf
            : ast.op == Operator::kEqual ? ExpressionOp::kEqual
                                         : ExpressionOp::kNotEqual;
  set_texts(made, std::move(strings));
  return add(made);
}

/// Whether an expression gives strings only.
bool Compiler::makes_text(std::uint32_t expression) const {
  const ExpressionOp op = body_->expressions[expression].op;
  return op == ExpressionOp::kUpper || op == ExpressionOp::kLower || op == ExpressionOp::kTrim ||
         op == ExpressionOp::kText || op == ExpressionOp::kConcat || op == ExpressionOp::kJoinAll;
}

void Compiler::set_texts(Expression& expression, std::vector<std::string> texts) {
  expression.text = static_cast<std::uint32_t>(body_->texts.size());
  expression.text_count = static_cast<std::uint32_t>(texts.size());
  for (std::string& one : texts)
    body_->texts.push_back(std::move(one));
}

}  // namespace mappings::engine
