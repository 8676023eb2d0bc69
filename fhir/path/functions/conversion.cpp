// FHIRPath 2.0, 5.5.
#include <algorithm>
#include <string>

#include "fhir/path/function.hpp"
#include "fhir/path/operators.hpp"

namespace fhir::path {
namespace {

using Converted = std::optional<Value>;

std::string lowered(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

Converted to_boolean(const Value& value) {
  if (value.is(ValueType::kBoolean)) return value;
  if (const auto number = decimal_of(value)) {
    if (*number == Decimal::from_integer(1)) return Value(true);
    if (number->is_zero()) return Value(false);
    return std::nullopt;
  }
  if (!value.is(ValueType::kString)) return std::nullopt;
  const std::string text = lowered(value.string());
  for (const std::string_view yes : {"true", "t", "yes", "y", "1", "1.0"}) {
    if (text == yes) return Value(true);
  }
  for (const std::string_view no : {"false", "f", "no", "n", "0", "0.0"}) {
    if (text == no) return Value(false);
  }
  return std::nullopt;
}

Converted whole_number(const Value& value, bool wide) {
  if (value.is(ValueType::kBoolean)) return integer_value(value.boolean() ? 1 : 0, wide);
  std::optional<std::int64_t> number;
  if (value.is_integral()) number = value.integer();
  if (value.is(ValueType::kString)) {
    const auto decimal = Decimal::parse(value.string());
    if (decimal && decimal->scale() == 0) number = decimal->to_integer();
  }
  if (!number) return std::nullopt;
  const Value result = integer_value(*number, wide);
  return wide || result.is(ValueType::kInteger) ? Converted(result) : std::nullopt;
}

Converted to_integer(const Value& value) {
  return whole_number(value, false);
}
Converted to_long(const Value& value) {
  return whole_number(value, true);
}

Converted to_decimal(const Value& value) {
  if (value.is(ValueType::kBoolean)) return Value(*Decimal::parse(value.boolean() ? "1.0" : "0.0"));
  const auto number = value.is(ValueType::kString) ? Decimal::parse(value.string()) : decimal_of(value);
  return number ? Converted(Value(*number)) : std::nullopt;
}

Converted to_quantity(const Value& value) {
  if (value.is(ValueType::kQuantity)) return value;
  if (value.is(ValueType::kBoolean))
    return Value(Quantity{*Decimal::parse(value.boolean() ? "1.0" : "0.0"), "1", false});
  if (const auto number = decimal_of(value)) return Value(Quantity{*number, "1", false});
  if (!value.is(ValueType::kString)) return std::nullopt;
  auto parsed = Quantity::parse(value.string());
  return parsed ? Converted(Value(std::move(*parsed))) : std::nullopt;
}

template <class T>
Converted wrap(const std::optional<T>& value) {
  return value ? Converted(Value(*value)) : std::nullopt;
}

Converted to_date(const Value& value) {
  if (value.is(ValueType::kString)) {
    if (const auto date = Temporal::parse_date(value.string())) return Value(*date);
    const auto moment = Temporal::parse_date_time(value.string());
    return moment ? Converted(Value(moment->as_date())) : std::nullopt;
  }
  if (!value.is(ValueType::kTemporal) || value.temporal().kind == TemporalKind::kTime) return std::nullopt;
  return Value(value.temporal().as_date());
}

Converted to_date_time(const Value& value) {
  if (value.is(ValueType::kString)) return wrap(Temporal::parse_date_time(value.string()));
  if (!value.is(ValueType::kTemporal) || value.temporal().kind == TemporalKind::kTime) return std::nullopt;
  return Value(value.temporal().as_date_time());
}

Converted to_time(const Value& value) {
  if (value.is(ValueType::kString)) {
    std::string_view text = value.string();
    if (text.starts_with('T')) text.remove_prefix(1);
    return wrap(Temporal::parse_time(text));
  }
  if (value.is(ValueType::kTemporal) && value.temporal().kind == TemporalKind::kTime) return value;
  return std::nullopt;
}

Converted to_string(const Value& value) {
  return wrap(text_of(value));
}

template <Converted (*kConvert)(const Value&)>
bool convert(Call& call) {
  std::optional<Value> value;
  if (!call.single_input(value)) return false;
  if (!value) return true;
  if (auto converted = kConvert(*value)) return call.push(std::move(*converted));
  return true;
}

template <Converted (*kConvert)(const Value&)>
bool converts(Call& call, Truth& out) {
  std::optional<Value> value;
  if (!call.single_input(value)) return false;
  out = call.input.empty() ? Truth::kEmpty : truth(value && kConvert(*value));
  return true;
}

/// toQuantity('mg') and convertsToQuantity('mg') also ask for a unit the quantity can be compared with.
bool quantity_in(Call& call, Converted& out) {
  std::optional<Value> value;
  std::optional<std::string> unit;
  if (!call.single_input(value)) return false;
  if (call.argument_count() == 1 && !call.string_argument(0, unit)) return false;
  out = value ? to_quantity(*value) : std::nullopt;
  if (!out || !unit) return true;
  const Quantity zero{Decimal(), *unit, calendar_unit(*unit).has_value()};
  // The sum takes the unit of its first operand.
  auto converted = add(zero, out->quantity());
  out = converted ? Converted(Value(std::move(*converted))) : std::nullopt;
  return true;
}

bool quantity(Call& call) {
  Converted converted;
  if (!quantity_in(call, converted)) return false;
  return converted ? call.push(std::move(*converted)) : true;
}

bool converts_to_quantity(Call& call, Truth& out) {
  Converted converted;
  if (!quantity_in(call, converted)) return false;
  out = call.input.empty() ? Truth::kEmpty : truth(converted.has_value());
  return true;
}

/// iif: the branch not taken is never evaluated.
bool iif(Call& call) {
  if (call.input.size() > 1) return call.fail("the input has several items");
  Frame frame = call.frame;
  frame.focus = call.input;
  Scratch scratch;
  Items criterion;
  const NodeId first = call.argument_node(0);
  if (!call.run.evaluate_items(first, frame, scratch, criterion)) return false;
  if (criterion.size() > 1) return call.fail("the criterion has several items", FailureKind::kSemantic);
  Truth met = Truth::kEmpty;
  if (!call.run.truth_of(criterion, call.node, met)) return false;
  if (met == Truth::kTrue) return call.run.evaluate(call.argument_node(1), frame, call.out);
  return call.argument_count() < 3 || call.run.evaluate(call.argument_node(2), frame, call.out);
}

template <Converted (*kConvert)(const Value&)>
constexpr FunctionRow to(std::string_view name) {
  return {name, 0, 0, convert<kConvert>};
}
template <Converted (*kConvert)(const Value&)>
constexpr FunctionRow asks(std::string_view name) {
  return {name, 0, 0, push_truth<converts<kConvert>>, ArgumentShape::kPlain, converts<kConvert>};
}

constexpr FunctionRow kRows[] = {
    {"iif", 2, 3, iif},
    to<to_boolean>("toBoolean"),
    asks<to_boolean>("convertsToBoolean"),
    to<to_integer>("toInteger"),
    asks<to_integer>("convertsToInteger"),
    to<to_long>("toLong"),
    asks<to_long>("convertsToLong"),
    to<to_decimal>("toDecimal"),
    asks<to_decimal>("convertsToDecimal"),
    to<to_date>("toDate"),
    asks<to_date>("convertsToDate"),
    to<to_date_time>("toDateTime"),
    asks<to_date_time>("convertsToDateTime"),
    to<to_time>("toTime"),
    asks<to_time>("convertsToTime"),
    to<to_string>("toString"),
    asks<to_string>("convertsToString"),
    {"toQuantity", 0, 1, quantity},
    {"convertsToQuantity", 0, 1, push_truth<converts_to_quantity>, ArgumentShape::kPlain,
     converts_to_quantity},
};

}  // namespace

std::span<const FunctionRow> conversion_functions() {
  return kRows;
}

}  // namespace fhir::path
