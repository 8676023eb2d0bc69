#include <utility>

#include "mappings/engine/executor.hpp"

namespace mappings::engine {

using fhir::path::Value;
using fhir::path::ValueType;
using fhir::tree::ValueKind;

bool Executor::general_values(const Expression& expression, const Atom& focus, Atoms& out) {
  fhir::path::Collection found;
  if (!general(expression, focus, found)) return false;
  for (const Value& item : found)
    out.push_back(to_atom(item));
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
  if (!result) {
    return fail(fhir::IssueType::kProcessing, "FHIRPath: " + result.error().message,
                item.is_node() ? item.node() : Node{});
  }
  out = std::move(*result);
  return spend(static_cast<std::uint32_t>(1 + out.size()));
}

}  // namespace mappings::engine
