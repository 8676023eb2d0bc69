#include "fhir/path/operators.hpp"

#include <limits>

namespace fhir::path {
namespace {

ArithmeticResult value_of(Value value) {
  return {Fit::kValue, std::move(value)};
}

template <class T>
ArithmeticResult value_or_empty(const std::optional<T>& value) {
  return value ? value_of(Value(*value)) : ArithmeticResult{Fit::kEmpty, {}};
}

ArithmeticResult on_integers(Operator op, std::int64_t a, std::int64_t b, bool wide) {
  std::int64_t result = 0;
  bool overflow = false;
  switch (op) {
    case Operator::kAdd: overflow = __builtin_add_overflow(a, b, &result); break;
    case Operator::kSubtract: overflow = __builtin_sub_overflow(a, b, &result); break;
    case Operator::kMultiply: overflow = __builtin_mul_overflow(a, b, &result); break;
    default:  // div, mod
      if (b == 0) return {Fit::kEmpty, {}};
      if (b == -1) {
        if (op == Operator::kMod) return value_of(integer_value(0, wide));
        overflow = __builtin_sub_overflow(std::int64_t{0}, a, &result);
        break;
      }
      result = op == Operator::kDiv ? a / b : a % b;
  }
  const bool out_of_range =
      result > std::numeric_limits<std::int32_t>::max() || result < std::numeric_limits<std::int32_t>::min();
  if (overflow || (!wide && out_of_range)) return {Fit::kEmpty, {}};
  return value_of(integer_value(result, wide));
}

ArithmeticResult on_decimals(Operator op, const Decimal& a, const Decimal& b) {
  switch (op) {
    case Operator::kAdd: return value_or_empty(Decimal::add(a, b));
    case Operator::kSubtract: return value_or_empty(Decimal::subtract(a, b));
    case Operator::kMultiply: return value_or_empty(Decimal::multiply(a, b));
    case Operator::kDivide: return value_or_empty(Decimal::divide(a, b));
    case Operator::kDiv: {
      const auto quotient = Decimal::integral_quotient(a, b);
      const auto whole = quotient ? quotient->to_integer() : std::nullopt;
      return whole ? value_of(integer_value(*whole)) : ArithmeticResult{Fit::kEmpty, {}};
    }
    default: return value_or_empty(Decimal::remainder(a, b));
  }
}

ArithmeticResult on_temporal(Operator op, const Temporal& moment, const Value& other) {
  if (op != Operator::kAdd && op != Operator::kSubtract) return {Fit::kUnfit, {}};
  if (other.is_number() || other.is(ValueType::kTemporal)) return {Fit::kNeverFits, {}};
  if (!other.is(ValueType::kQuantity)) return {Fit::kUnfit, {}};
  const Quantity& quantity = other.quantity();
  const auto unit = quantity.step();
  if (!unit) return {Fit::kUnfit, {}};
  // UCUM durations move by whole units; calendar seconds keep their fraction.
  auto amount =
      quantity.calendar ? std::optional(quantity.value) : quantity.value.with_scale(0, Rounding::kDown);
  if (!amount) return {Fit::kEmpty, {}};
  if (op == Operator::kSubtract) amount = amount->negated();
  return value_or_empty(add(moment, *amount, *unit));
}

Quantity as_quantity(const Value& value) {
  return value.is(ValueType::kQuantity) ? value.quantity() : Quantity{*decimal_of(value), "1", false};
}

ArithmeticResult on_quantities(Operator op, const Quantity& a, const Quantity& b) {
  switch (op) {
    case Operator::kAdd: return value_or_empty(add(a, b));
    case Operator::kSubtract: return value_or_empty(subtract(a, b));
    case Operator::kMultiply: return value_or_empty(multiply(a, b));
    case Operator::kDivide: return value_or_empty(divide(a, b));
    default: return {Fit::kUnfit, {}};
  }
}

OrderResult ordered(std::weak_ordering found) {
  return {Fit::kValue, found};
}

}  // namespace

std::optional<Decimal> decimal_of(const Value& value) noexcept {
  if (value.is(ValueType::kDecimal)) return value.decimal();
  if (value.is_integral()) return Decimal::from_integer(value.integer());
  return std::nullopt;
}

Value integer_value(std::int64_t value, bool wide) {
  const bool small =
      value <= std::numeric_limits<std::int32_t>::max() && value >= std::numeric_limits<std::int32_t>::min();
  return small && !wide ? Value(static_cast<std::int32_t>(value)) : Value(value);
}

ArithmeticResult arithmetic(Operator op, const Value& a, const Value& b) {
  if (a.is_integral() && b.is_integral() && op != Operator::kDivide) {
    return on_integers(op, a.integer(), b.integer(), a.is(ValueType::kLong) || b.is(ValueType::kLong));
  }
  if (a.is_number() && b.is_number()) return on_decimals(op, *decimal_of(a), *decimal_of(b));
  if (a.is(ValueType::kTemporal)) return on_temporal(op, a.temporal(), b);
  const bool quantities =
      (a.is(ValueType::kQuantity) || a.is_number()) && (b.is(ValueType::kQuantity) || b.is_number());
  if (quantities) return on_quantities(op, as_quantity(a), as_quantity(b));
  if (op == Operator::kAdd && a.is(ValueType::kString) && b.is(ValueType::kString))
    return value_of(Value(a.string() + b.string()));
  return {Fit::kUnfit, {}};
}

OrderResult order(const Value& a, const Value& b) {
  if (a.is(ValueType::kString) && b.is(ValueType::kString))
    return ordered(a.string().compare(b.string()) <=> 0);
  if (a.is_integral() && b.is_integral()) return ordered(a.integer() <=> b.integer());
  if (a.is_number() && b.is_number()) return ordered(*decimal_of(a) <=> *decimal_of(b));
  if (a.is(ValueType::kTemporal) && b.is(ValueType::kTemporal)) {
    if ((a.temporal().kind == TemporalKind::kTime) != (b.temporal().kind == TemporalKind::kTime))
      return {Fit::kUnfit};
    const auto found = compare(a.temporal(), b.temporal());
    return found ? ordered(*found) : OrderResult{Fit::kEmpty};
  }
  const bool quantities =
      (a.is(ValueType::kQuantity) || a.is_number()) && (b.is(ValueType::kQuantity) || b.is_number());
  if (!quantities) return {Fit::kUnfit};
  const auto found = compare(as_quantity(a), as_quantity(b));
  return found ? ordered(*found) : OrderResult{Fit::kEmpty};
}

}  // namespace fhir::path
