#include "fhir/path/value.hpp"

#include <limits>

namespace fhir::path {
namespace {

/// How the text of a primitive becomes a System value.
enum class Reading : std::uint8_t { kString, kBoolean, kInteger, kLong, kDecimal, kDate, kDateTime, kTime };

Reading reading_of(tree::Node node) {
  const std::string_view type = node.type();
  if (type.empty()) {
    if (node.kind() == tree::ValueKind::kBoolean) return Reading::kBoolean;
    if (node.kind() == tree::ValueKind::kNumber) return Reading::kDecimal;
    return Reading::kString;
  }
  switch (type.front()) {
    case 'b': return type == "boolean" ? Reading::kBoolean : Reading::kString;
    case 'd':
      if (type == "date") return Reading::kDate;
      if (type == "dateTime") return Reading::kDateTime;
      return type == "decimal" ? Reading::kDecimal : Reading::kString;
    case 'i':
      if (type == "integer") return Reading::kInteger;
      if (type == "instant") return Reading::kDateTime;
      return type == "integer64" ? Reading::kLong : Reading::kString;
    case 'p': return type == "positiveInt" ? Reading::kInteger : Reading::kString;
    case 't': return type == "time" ? Reading::kTime : Reading::kString;
    case 'u': return type == "unsignedInt" ? Reading::kInteger : Reading::kString;
    default: return Reading::kString;
  }
}

template <class T>
std::optional<Value> wrap(const std::optional<T>& value) {
  return value ? std::optional<Value>(Value(*value)) : std::nullopt;
}

std::optional<Value> read_integer(std::string_view text, bool wide) {
  const auto decimal = Decimal::parse(text);
  const auto value = decimal && decimal->scale() == 0 ? decimal->to_integer() : std::nullopt;
  if (!value) return std::nullopt;
  const bool small = *value >= std::numeric_limits<std::int32_t>::min() &&
                     *value <= std::numeric_limits<std::int32_t>::max();
  return wide || !small ? Value(*value) : Value(static_cast<std::int32_t>(*value));
}

std::optional<Value> read_primitive(tree::Node node) {
  const std::string_view text = node.text();
  switch (reading_of(node)) {
    case Reading::kBoolean:
      if (text != "true" && text != "false") return std::nullopt;
      return Value(text == "true");
    case Reading::kInteger: return read_integer(text, false);
    case Reading::kLong: return read_integer(text, true);
    case Reading::kDecimal: return wrap(Decimal::parse(text, true));
    case Reading::kDate: return wrap(Temporal::parse_date(text));
    case Reading::kDateTime: return wrap(Temporal::parse_date_time(text));
    case Reading::kTime: return wrap(Temporal::parse_time(text));
    case Reading::kString: break;
  }
  return Value(text);
}

bool is_quantity_type(std::string_view type) {
  return type == "Quantity" || type == "Age" || type == "Duration" || type == "Distance" || type == "Count" ||
         type == "SimpleQuantity" || type == "MoneyQuantity";
}

/// FHIR R4 2.9.1.1: the code of a UCUM quantity, `a` and `mo` as calendar durations; else the unit as text.
std::optional<Value> read_quantity(tree::Node node) {
  const auto value = Decimal::parse(node.child("value").text(), true);
  if (!value || node.child("comparator")) return std::nullopt;
  const std::string_view code = node.child("code").text();
  const std::string_view unit = node.child("unit").text();
  if (node.child("system").text() != "http://unitsofmeasure.org" || code.empty()) {
    return Value(Quantity{*value, unit.empty() ? "1" : std::string(unit), false});
  }
  if (code == "a") return Value(Quantity{*value, "year", true});
  if (code == "mo") return Value(Quantity{*value, "month", true});
  return Value(Quantity{*value, std::string(code), false});
}

}  // namespace

std::optional<Value> as_system(const Value& value) {
  if (!value.is_node()) return value;
  const tree::Node node = value.node();
  if (node.has_value()) return read_primitive(node);
  return is_quantity_type(node.type()) ? read_quantity(node) : std::nullopt;
}

TypeName type_of(const Value& value) noexcept {
  switch (value.type()) {
    case ValueType::kNode: return {"FHIR", value.node().type()};
    case ValueType::kBoolean: return {"System", "Boolean"};
    case ValueType::kInteger: return {"System", "Integer"};
    case ValueType::kLong: return {"System", "Long"};
    case ValueType::kDecimal: return {"System", "Decimal"};
    case ValueType::kString: return {"System", "String"};
    case ValueType::kTemporal:
      switch (value.temporal().kind) {
        case TemporalKind::kDate: return {"System", "Date"};
        case TemporalKind::kDateTime: return {"System", "DateTime"};
        case TemporalKind::kTime: return {"System", "Time"};
      }
      return {"System", "DateTime"};
    case ValueType::kQuantity: return {"System", "Quantity"};
    case ValueType::kType: return {"System", "SimpleTypeInfo"};
  }
  return {};
}

std::optional<std::string> text_of(const Value& value) {
  switch (value.type()) {
    case ValueType::kNode:
      if (value.node().has_value()) return std::string(value.node().text());
      if (const auto system = as_system(value)) return system->quantity().text();
      return std::nullopt;
    case ValueType::kBoolean: return value.boolean() ? "true" : "false";
    case ValueType::kInteger:
    case ValueType::kLong: return std::to_string(value.integer());
    case ValueType::kDecimal: return value.decimal().text();
    case ValueType::kString: return value.string();
    case ValueType::kTemporal: return value.temporal().text();
    case ValueType::kQuantity: return value.quantity().text();
    case ValueType::kType: break;
  }
  return std::nullopt;
}

std::optional<std::string_view> string_of(const Value& value) noexcept {
  if (value.is(ValueType::kString)) return value.string();
  if (!value.is_node()) return std::nullopt;
  const tree::Node node = value.node();
  if (!node.has_value() || reading_of(node) != Reading::kString) return std::nullopt;
  return node.text();
}

}  // namespace fhir::path
