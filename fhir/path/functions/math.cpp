// FHIRPath 2.0, 5.7; lowBoundary, highBoundary, precision and comparable of the 2.1 and 3.0 drafts.
#include <cstdint>

#include "fhir/path/function.hpp"
#include "fhir/path/operators.hpp"

namespace fhir::path {
namespace {

using Number = std::optional<Decimal>;

/// The input as a number; several items and other types fail.
bool number_input(Call& call, std::optional<Value>& value) {
  if (!call.single_input(value)) return false;
  if (value && !value->is_number()) return call.fail("the input is no number");
  return true;
}

bool number_argument(Call& call, std::size_t index, Number& number) {
  std::optional<Value> value;
  if (!call.single_argument(index, value)) return false;
  if (!value) return true;
  number = decimal_of(*value);
  return number ? true : call.fail("an argument is no number");
}

bool push_number(Call& call, const Number& number) {
  return !number || call.push(Value(*number));
}

bool push_whole(Call& call, const Number& number) {
  const auto whole = number ? number->to_integer() : std::nullopt;
  return !whole || call.push(integer_value(*whole));
}

bool abs(Call& call) {
  std::optional<Value> value;
  if (!call.single_input(value)) return false;
  if (!value) return true;
  if (value->is(ValueType::kQuantity)) {
    Quantity quantity = value->quantity();
    quantity.value = quantity.value.absolute();
    return call.push(Value(std::move(quantity)));
  }
  const Number number = decimal_of(*value);
  if (!number) return call.fail("the input is no number");
  return value->is_integral() ? push_whole(call, number->absolute()) : push_number(call, number->absolute());
}

template <Rounding kRounding>
bool to_whole(Call& call) {
  std::optional<Value> value;
  if (!number_input(call, value)) return false;
  return !value || push_whole(call, decimal_of(*value)->with_scale(0, kRounding));
}

bool round(Call& call) {
  std::optional<Value> value;
  std::optional<std::int64_t> digits;
  if (!number_input(call, value)) return false;
  if (call.argument_count() == 1 && !call.integer_argument(0, digits)) return false;
  if (!value || (call.argument_count() == 1 && !digits)) return true;
  const std::int64_t scale = digits.value_or(0);
  if (scale < 0 || scale > Decimal::kMaxDigits) return call.fail("the precision is out of range");
  const Decimal number = *decimal_of(*value);
  const bool fewer = number.scale() > scale;
  return push_number(call, fewer ? number.with_scale(static_cast<int>(scale), Rounding::kHalfUp) : number);
}

template <Number (Decimal::*kFunction)() const>
bool unary(Call& call) {
  std::optional<Value> value;
  if (!number_input(call, value)) return false;
  return !value || push_number(call, ((*decimal_of(*value)).*kFunction)());
}

bool log(Call& call) {
  std::optional<Value> value;
  Number base;
  if (!number_input(call, value) || !number_argument(call, 0, base)) return false;
  return !value || !base || push_number(call, decimal_of(*value)->log(*base));
}

bool power(Call& call) {
  std::optional<Value> value;
  Number exponent;
  if (!number_input(call, value) || !number_argument(call, 0, exponent)) return false;
  if (!value || !exponent) return true;
  const Number result = decimal_of(*value)->power(*exponent);
  const bool whole = value->is_integral() && exponent->is_integral() && !exponent->is_negative();
  return whole ? push_whole(call, result) : push_number(call, result);
}

/// Half of the last digit down or up, then cut to `digits` outwards. A number that rounds to zero there is
/// zero.
Number boundary(const Decimal& number, int digits, bool high) {
  const Decimal unit_half =
      *Decimal::parse("0." + std::string(static_cast<std::size_t>(number.scale()), '0') + "5");
  const Number nearest = number.with_scale(digits, Rounding::kHalfUp);
  if (nearest && nearest->is_zero() && !number.is_zero()) return nearest;
  const Number moved = high ? Decimal::add(number, unit_half) : Decimal::subtract(number, unit_half);
  return moved ? moved->with_scale(digits, high ? Rounding::kCeiling : Rounding::kFloor) : std::nullopt;
}

int default_digits(const Value& value) {
  if (!value.is(ValueType::kTemporal)) return 8;
  switch (value.temporal().kind) {
    case TemporalKind::kDate: return 8;
    case TemporalKind::kDateTime: return 17;
    case TemporalKind::kTime: return 9;
  }
  return 8;
}

template <bool kHigh>
bool boundary_of(Call& call) {
  std::optional<Value> value;
  std::optional<std::int64_t> asked;
  if (!call.single_input(value)) return false;
  if (call.argument_count() == 1 && !call.integer_argument(0, asked)) return false;
  if (!value) return true;
  constexpr int kMostDigits = 31;
  const std::int64_t digits = asked.value_or(default_digits(*value));
  if (digits < 0 || digits > kMostDigits) return true;
  if (value->is(ValueType::kTemporal)) {
    const auto found = kHigh ? high_boundary(value->temporal(), static_cast<int>(digits))
                             : low_boundary(value->temporal(), static_cast<int>(digits));
    return !found || call.push(Value(*found));
  }
  if (value->is(ValueType::kQuantity)) {
    Quantity quantity = value->quantity();
    const Number found = boundary(quantity.value, static_cast<int>(digits), kHigh);
    if (!found) return true;
    quantity.value = *found;
    return call.push(Value(std::move(quantity)));
  }
  const Number number = decimal_of(*value);
  if (!number) return call.fail("the input has no boundaries");
  return push_number(call, boundary(*number, static_cast<int>(digits), kHigh));
}

bool precision(Call& call) {
  std::optional<Value> value;
  if (!call.single_input(value)) return false;
  if (!value) return true;
  if (value->is(ValueType::kTemporal))
    return call.push(Value(std::int32_t{value->temporal().precision_digits()}));
  const Number number = decimal_of(*value);
  if (!number) return call.fail("the input has no precision");
  return call.push(Value(std::int32_t{number->scale()}));
}

bool comparable_with(Call& call) {
  std::optional<Value> value;
  std::optional<Value> other;
  if (!call.single_input(value) || !call.single_argument(0, other)) return false;
  if (!value || !other) return true;
  if (!value->is(ValueType::kQuantity) || !other->is(ValueType::kQuantity))
    return call.fail("both sides are quantities");
  return call.push(Value(comparable(value->quantity(), other->quantity())));
}

constexpr FunctionRow kRows[] = {
    {"abs", 0, 0, abs},
    {"ceiling", 0, 0, to_whole<Rounding::kCeiling>},
    {"floor", 0, 0, to_whole<Rounding::kFloor>},
    {"truncate", 0, 0, to_whole<Rounding::kDown>},
    {"round", 0, 1, round},
    {"exp", 0, 0, unary<&Decimal::exp>},
    {"ln", 0, 0, unary<&Decimal::ln>},
    {"sqrt", 0, 0, unary<&Decimal::sqrt>},
    {"log", 1, 1, log},
    {"power", 1, 1, power},
    {"lowBoundary", 0, 1, boundary_of<false>},
    {"highBoundary", 0, 1, boundary_of<true>},
    {"precision", 0, 0, precision},
    {"comparable", 1, 1, comparable_with},
};

}  // namespace

std::span<const FunctionRow> math_functions() {
  return kRows;
}

}  // namespace fhir::path
