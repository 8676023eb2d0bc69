#include "fhir/ucum/unit_parser.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

#include "fhir/ucum/atoms.hpp"

namespace fhir::ucum {
namespace {

constexpr int kMaxParentheses = 16;
constexpr int kMaxDefinitions = 12;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_ten(std::string_view rest) {
  return rest.starts_with("10*") || rest.starts_with("10^");
}

/// `1.66e-24` as a number and a power of ten.
bool set_number(Unit& unit, std::string_view text) {
  const std::size_t mark = text.find('e');
  const auto mantissa = Decimal::parse(text.substr(0, mark));
  if (!mantissa) return false;
  unit.numerator = *mantissa;
  if (mark == std::string_view::npos) return true;
  const std::string_view power = text.substr(mark + 1);
  return std::from_chars(power.data(), power.data() + power.size(), unit.exponent).ec == std::errc();
}

Unit scale_of(const Prefix& prefix) {
  Unit scale;
  if (prefix.binary) {
    scale.numerator = Decimal::from_integer(std::int64_t{1} << (10 * prefix.exponent));
  } else {
    scale.exponent = prefix.exponent;
  }
  return scale;
}

}  // namespace

bool UnitParser::read() {
  Part whole = term(0);
  if (!whole.valid || at_ != text_.size()) return false;
  unit_ = std::move(whole.unit);
  return true;
}

UnitParser::Part UnitParser::term(int depth) {
  Part result{true, Unit{}};
  bool divide = here() == '/';
  if (divide) ++at_;
  for (std::size_t parts = 0;; ++parts) {
    const Part part = component(depth);
    if (!part.valid) return {};
    const bool more = here() == '.' || here() == '/';
    const bool alone = parts == 0 && !divide && !more;
    // A shifted scale is one of its own, not a factor.
    const bool linear = part.unit && (part.unit->shift.is_zero() || alone);
    if (!linear || (result.unit && !multiply_in(*result.unit, *part.unit, divide ? -1 : 1))) {
      result.unit.reset();
    } else if (result.unit && alone) {
      result.unit->shift = part.unit->shift;
    }
    if (!more) return result;
    divide = here() == '/';
    ++at_;
  }
}

UnitParser::Part UnitParser::component(int depth) {
  Part part{true, Unit{}};
  const char c = here();
  if (c == '{') return annotations() ? part : Part{};
  if (c == '(') {
    if (depth >= kMaxParentheses) return {};
    ++at_;
    part = term(depth + 1);
    if (!part.valid || here() != ')') return {};
    ++at_;
  } else if (is_digit(c) && !is_ten(text_.substr(at_))) {
    part = factor();
  } else {
    part = simple();
  }
  return part.valid && annotations() ? part : Part{};
}

/// Annotations say nothing about the measure.
bool UnitParser::annotations() {
  while (here() == '{') {
    const std::size_t end = text_.find_first_of("{}", at_ + 1);
    if (end == std::string_view::npos || text_[end] != '}') return false;
    at_ = end + 1;
  }
  return true;
}

UnitParser::Part UnitParser::factor() {
  const std::size_t begin = at_;
  while (is_digit(here()))
    ++at_;
  Part part{true, Unit{}};
  const std::string_view digits = text_.substr(begin, at_ - begin);
  if (digits.find_first_not_of('0') == std::string_view::npos) return {};
  const auto number = Decimal::parse(digits);
  if (number) {
    part.unit->numerator = *number;
  } else {
    part.unit.reset();
  }
  return part;
}

UnitParser::Part UnitParser::simple() {
  const std::size_t begin = at_;
  if (is_ten(text_.substr(at_))) {
    at_ += 3;
  } else {
    constexpr std::string_view kEnd = "0123456789./(){}+-";
    for (bool bracket = false; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (!bracket && kEnd.find(c) != std::string_view::npos) break;
      if (c == '[') bracket = true;
      if (c == ']') bracket = false;
    }
  }
  Part part = prefixed(text_.substr(begin, at_ - begin));
  const auto power = exponent();
  if (!part.valid || !power) return {};
  if (*power == 1 || !part.unit) return part;
  Unit raised;
  const bool linear = part.unit->shift.is_zero() && multiply_in(raised, *part.unit, *power);
  part.unit = linear ? std::optional(raised) : std::nullopt;
  return part;
}

std::optional<int> UnitParser::exponent() {
  const bool sign = here() == '-' || here() == '+';
  const bool negative = here() == '-';
  if (sign) ++at_;
  if (!is_digit(here())) return sign ? std::nullopt : std::optional(1);
  int value = 0;
  for (; is_digit(here()); ++at_)
    value = std::min(1000, value * 10 + (here() - '0'));
  constexpr int kMaxPower = 60;
  if (value == 0 || value > kMaxPower) return std::nullopt;
  return negative ? -value : value;
}

UnitParser::Part UnitParser::prefixed(std::string_view code) const {
  if (const auto atom = find_atom(code)) return {true, define(*atom)};
  for (const Prefix& prefix : prefixes()) {
    if (!code.starts_with(prefix.code)) continue;
    const auto atom = find_atom(code.substr(prefix.code.size()));
    if (!atom || !atoms()[*atom].metric) continue;
    std::optional<Unit> unit = define(*atom);
    // The shift is in steps of the unit without prefix: 1 mCel is no linear form.
    const bool linear = unit && unit->shift.is_zero() && multiply_in(*unit, scale_of(prefix), 1);
    return {true, linear ? unit : std::nullopt};
  }
  return {};
}

std::optional<Unit> UnitParser::define(std::size_t atom) const {
  const Atom& row = atoms()[atom];
  Unit unit;
  switch (row.kind) {
    case Kind::kBase: unit.dimension.powers[static_cast<std::size_t>(row.value[0] - '0')] = 1; return unit;
    case Kind::kOwn: unit.dimension.own[0] = {static_cast<std::uint16_t>(atom), 1}; return unit;
    case Kind::kDerived: break;
  }
  if (!set_number(unit, row.value)) return std::nullopt;
  if (!row.unit.empty()) {
    if (definition_depth_ >= kMaxDefinitions) return std::nullopt;
    UnitParser definition(row.unit, definition_depth_ + 1);
    if (!definition.read() || !definition.unit() || !multiply_in(unit, *definition.unit(), 1))
      return std::nullopt;
  }
  if (!row.shift.empty()) unit.shift = *Decimal::parse(row.shift);
  return unit;
}

}  // namespace fhir::ucum
