#include <algorithm>
#include <array>

#include "mappings/engine/executor.hpp"

namespace mappings::engine {

using fhir::path::Value;
using fhir::path::ValueType;
using fhir::tree::ValueKind;

Atom Executor::text_atom(std::string_view text, std::string_view type, ValueKind kind) {
  return {Held::kText, kind, fhir::tree::kNoNode, texts_.keep(text), type};
}

std::optional<std::string_view> Executor::text_of(const Atom& atom) const {
  if (atom.held == Held::kText) return atom.text;
  if (atom.held != Held::kSource || !node(atom.node).has_value()) return std::nullopt;
  return node(atom.node).text();
}

void Executor::path_values(const Expression& expression, const Atom& focus, Atoms& out, bool reading) {
  const Atom& from = expression.slot == kNoId ? focus : slot(expression.slot);
  if (expression.names.count == 0) {
    if (from.held == Held::kSource && reading) mark(node(from.node));
    if (from.held != Held::kNothing) out.push_back(from);
    return;
  }
  if (from.held != Held::kSource) return;
  boost::container::small_vector<NodeIndex, 8> found;
  walk(node(from.node), expression.names, found);
  for (const NodeIndex index : found) {
    if (reading) mark(node(index));
    Atom& atom = out.emplace_back();
    atom.held = Held::kSource;
    atom.node = index;
  }
}

bool Executor::values(std::uint32_t id, const Atom& focus, Atoms& out) {
  const Expression& expression = body_.expressions[id];
  switch (expression.op) {
    case ExpressionOp::kLiteral:
      if (expression.kind != ValueKind::kNone)
        out.push_back({Held::kText, expression.kind, fhir::tree::kNoNode, body_.texts[expression.text],
                       expression.kind == ValueKind::kBoolean ? "boolean" : ""});
      return true;
    case ExpressionOp::kPath: path_values(expression, focus, out); return true;
    case ExpressionOp::kConcat:
    case ExpressionOp::kJoin: return concat(expression, focus, out);
    case ExpressionOp::kCall: return call(expression, focus, out);
    case ExpressionOp::kIif: {
      const std::uint32_t* parts = body_.operands.data() + expression.operands.begin;
      Decision condition = Decision::kEmpty;
      if (!decide(parts[0], focus, condition)) return false;
      if (condition == Decision::kYes) return values(parts[1], focus, out);
      return expression.operands.count < 3 || values(parts[2], focus, out);
    }
    case ExpressionOp::kGeneral: {
      fhir::path::Collection items;
      if (!general(expression, focus, items)) return false;
      for (const Value& item : items)
        out.push_back(to_atom(item));
      return true;
    }
    default: break;
  }
  Decision decision = Decision::kEmpty;
  if (!decide(id, focus, decision)) return false;
  if (decision != Decision::kEmpty)
    out.push_back({Held::kText, ValueKind::kBoolean, fhir::tree::kNoNode,
                   decision == Decision::kYes ? "true" : "false", "boolean"});
  return true;
}

bool Executor::concat(const Expression& expression, const Atom& focus, Atoms& out) {
  std::string made;
  for (std::uint32_t i = 0; i < expression.operands.count; ++i) {
    Atoms part;
    if (!values(body_.operands[expression.operands.begin + i], focus, part)) return false;
    if (part.size() > 1) return fail(fhir::IssueType::kProcessing, "several values where one is joined");
    const auto text = part.empty() ? std::nullopt : text_of(part[0]);
    if (!text && expression.op == ExpressionOp::kJoin) return true;
    if (text) made.append(*text);
  }
  out.push_back(text_atom(made));
  return true;
}

bool Executor::call(const Expression& expression, const Atom& focus, Atoms& out) {
  std::array<std::string_view, 9> texts;
  for (std::uint32_t i = 0; i < expression.operands.count; ++i) {
    Atoms part;
    if (!values(body_.operands[expression.operands.begin + i], focus, part)) return false;
    if (part.size() > 1)
      return fail(fhir::IssueType::kProcessing,
                  std::string(expression.function->name) + "() takes one value, not several");
    const auto text = part.empty() ? std::nullopt : text_of(part[0]);
    if (!text) return true;
    texts[i] = *text;
  }
  scratch_.clear();
  switch (expression.function->call({texts.data(), expression.operands.count}, around_, scratch_)) {
    case Answer::kEmpty: return true;
    case Answer::kFail:
      return fail(fhir::IssueType::kValue,
                  std::string(expression.function->name) + "(): the value is none it can convert",
                  trail_.empty() ? Node{} : node(trail_.back()));
    case Answer::kValue: break;
  }
  const std::string_view type = expression.function->type;
  out.push_back(text_atom(scratch_, type, type == "xhtml" ? ValueKind::kXhtml : ValueKind::kString));
  return true;
}

bool Executor::exists(const Expression& expression, const Atom& focus) {
  const Atom& from = expression.slot == kNoId ? focus : slot(expression.slot);
  if (expression.names.count == 0) return from.held != Held::kNothing;
  if (from.held != Held::kSource) return false;
  boost::container::small_vector<NodeIndex, 8> found;
  walk(node(from.node), expression.names, found);
  for (const NodeIndex index : found)
    mark(node(index));
  return !found.empty();
}

/// One value against one or several strings; no value, or several, decides nothing or no.
bool Executor::compare(const Expression& expression, const Atom& focus, Decision& out) {
  Atoms left;
  path_values(expression, focus, left);
  out = Decision::kEmpty;
  if (left.empty()) return true;
  if (left.size() > 1) {
    out = expression.op == ExpressionOp::kNotEqual ? Decision::kYes : Decision::kNo;
    return true;
  }
  const auto text = text_of(left[0]);
  if (!text) return true;
  const auto begin = body_.texts.begin() + expression.text;
  const bool found = std::find(begin, begin + expression.text_count, *text) != begin + expression.text_count;
  out = found != (expression.op == ExpressionOp::kNotEqual) ? Decision::kYes : Decision::kNo;
  return true;
}

bool Executor::decide(std::uint32_t id, const Atom& focus, Decision& out) {
  const Expression& expression = body_.expressions[id];
  const std::uint32_t* parts = body_.operands.data() + expression.operands.begin;
  switch (expression.op) {
    case ExpressionOp::kExists: out = exists(expression, focus) ? Decision::kYes : Decision::kNo; return true;
    case ExpressionOp::kEqual:
    case ExpressionOp::kNotEqual:
    case ExpressionOp::kOneOf: return compare(expression, focus, out);
    case ExpressionOp::kNot:
      if (!decide(parts[0], focus, out)) return false;
      if (out != Decision::kEmpty) out = out == Decision::kYes ? Decision::kNo : Decision::kYes;
      return true;
    case ExpressionOp::kAnd:
    case ExpressionOp::kOr: {
      const Decision settles = expression.op == ExpressionOp::kAnd ? Decision::kNo : Decision::kYes;
      Decision right = Decision::kEmpty;
      if (!decide(parts[0], focus, out)) return false;
      if (out == settles) return true;
      if (!decide(parts[1], focus, right)) return false;
      if (right == settles || out != Decision::kEmpty) out = right;
      return true;
    }
    default: break;
  }
  Atoms found;
  if (!values(id, focus, found)) return false;
  out = Decision::kEmpty;
  if (found.size() > 1)
    return fail(fhir::IssueType::kProcessing, "several values where a condition is needed");
  if (found.empty()) return true;
  const auto text = text_of(found[0]);
  const bool boolean = found[0].held == Held::kText
                           ? found[0].kind == ValueKind::kBoolean
                           : text && node(found[0].node).kind() == ValueKind::kBoolean;
  out = boolean && *text == "false" ? Decision::kNo : Decision::kYes;
  return true;
}

Value Executor::to_value(const Atom& atom) const {
  switch (atom.held) {
    case Held::kSource: return Value(node(atom.node));
    case Held::kQuantity: return Value(quantities_[atom.node]);
    default: break;
  }
  if (atom.kind == ValueKind::kBoolean) return Value(atom.text == "true");
  if (atom.kind == ValueKind::kNumber) {
    const auto number = fhir::path::Decimal::parse(atom.text);
    if (number) {
      const auto whole = number->scale() == 0 ? number->to_integer() : std::nullopt;
      if (whole && *whole == static_cast<std::int32_t>(*whole))
        return Value(static_cast<std::int32_t>(*whole));
      return Value(*number);
    }
  }
  if (atom.type == "date") {
    if (const auto moment = fhir::path::Temporal::parse_date(atom.text)) return Value(*moment);
  }
  if (atom.type == "dateTime" || atom.type == "instant") {
    if (const auto moment = fhir::path::Temporal::parse_date_time(atom.text)) return Value(*moment);
  }
  return Value(atom.text);
}

Atom Executor::to_atom(const Value& value) {
  if (value.is_node()) {
    if (value.node().tree() == source_.tree())
      return {Held::kSource, ValueKind::kString, value.node().index(), {}, {}};
    return text_atom(value.node().text(), value.node().type(), value.node().kind());
  }
  if (value.is(ValueType::kQuantity)) {
    quantities_.push_back(value.quantity());
    return {
        Held::kQuantity, ValueKind::kNone, static_cast<NodeIndex>(quantities_.size() - 1), {}, "Quantity"};
  }
  const std::string text = fhir::path::text_of(value).value_or(std::string());
  switch (value.type()) {
    case ValueType::kBoolean: return text_atom(text, "boolean", ValueKind::kBoolean);
    case ValueType::kInteger:
    case ValueType::kLong: return text_atom(text, "integer", ValueKind::kNumber);
    case ValueType::kDecimal: return text_atom(text, "decimal", ValueKind::kNumber);
    case ValueType::kTemporal:
      switch (value.temporal().kind) {
        case fhir::path::TemporalKind::kDate: return text_atom(text, "date");
        case fhir::path::TemporalKind::kDateTime: return text_atom(text, "dateTime");
        case fhir::path::TemporalKind::kTime: return text_atom(text, "time");
      }
      break;
    default: break;
  }
  return text_atom(text);
}

bool Executor::general(const Expression& expression, const Atom& focus, fhir::path::Collection& out) {
  const General& plan = body_.generals[expression.general];
  boost::container::small_vector<Value, 4> held;
  boost::container::small_vector<fhir::path::Variable, 4> variables;
  held.reserve(plan.uses.size());
  for (const General::Use& use : plan.uses) {
    Atom atom;
    if ((use.slot & General::kConstant) != 0) {
      Atoms constant;
      if (!values(use.slot & ~General::kConstant, focus, constant)) return false;
      if (!constant.empty()) atom = constant[0];
    } else {
      atom = slot(use.slot);
    }
    if (atom.held == Held::kNothing) {
      variables.push_back({use.name, {}});
      continue;
    }
    held.push_back(to_value(atom));
    variables.push_back({use.name, {&held.back(), 1}});
  }
  const Atom& from = expression.slot == kNoId ? focus : slot(expression.slot);
  const Value item =
      from.held == Held::kNothing || from.held == Held::kTarget ? Value(source_) : to_value(from);
  fhir::path::EvalContext context;
  context.root = source_;
  context.focus = std::span(&item, 1);
  context.variables = variables;
  context.clock = context_.clock;
  context.host = host_;
  context.reads = this;
  context.surroundings = &around_;
  context.limits.max_steps = steps_left_;
  auto result = fhir::path::evaluate(*plan.plan, context);
  if (!result)
    return fail(fhir::IssueType::kProcessing, "FHIRPath: " + result.error().message,
                item.is_node() ? item.node() : Node{});
  out = std::move(*result);
  return spend(static_cast<std::uint32_t>(1 + out.size()));
}

}  // namespace mappings::engine
