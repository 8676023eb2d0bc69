// Values of units against each other.
#include "fhir/ucum/unit.hpp"

namespace fhir::ucum {
namespace {

using Number = std::optional<Decimal>;

Number times(const Number& a, const Number& b) {
  return a && b ? Decimal::multiply(*a, *b) : std::nullopt;
}

/// value * 10^power. Only the places move, unless they are too many.
Number shifted(const Number& value, int power) {
  constexpr int kMostPlaces = Decimal::kMaxDigits - 1;
  if (!value || power == 0) return value;
  if (value->is_zero()) return value;
  const int places = power < 0 ? -power : power;
  if (places > kMostPlaces) return std::nullopt;
  const auto ten = Decimal::parse("1" + std::string(static_cast<std::size_t>(places), '0'));
  if (!ten) return std::nullopt;
  return power > 0 ? Decimal::multiply(*value, *ten) : Decimal::divide(*value, *ten);
}

}  // namespace

std::optional<Aligned> align(const Decimal& a, const Unit& unit_a, const Decimal& b, const Unit& unit_b) {
  if (!comparable(unit_a, unit_b)) return std::nullopt;
  Number left = times(Decimal::add(a, unit_a.shift), Decimal::multiply(unit_a.numerator, unit_b.denominator));
  Number right =
      times(Decimal::add(b, unit_b.shift), Decimal::multiply(unit_b.numerator, unit_a.denominator));
  const int apart = unit_a.exponent - unit_b.exponent;
  if (apart > 0) left = shifted(left, apart);
  if (apart < 0) right = shifted(right, -apart);
  if (!left || !right) return std::nullopt;
  return Aligned{*left, *right};
}

std::optional<std::weak_ordering> compare(const Decimal& a, const Unit& unit_a, const Decimal& b,
                                          const Unit& unit_b) {
  const auto both = align(a, unit_a, b, unit_b);
  return both ? std::optional(both->left <=> both->right) : std::nullopt;
}

std::optional<Decimal> convert(const Decimal& value, const Unit& from, const Unit& to) {
  if (!comparable(from, to)) return std::nullopt;
  Number up = times(Decimal::add(value, from.shift), Decimal::multiply(from.numerator, to.denominator));
  Number down = Decimal::multiply(from.denominator, to.numerator);
  const int apart = from.exponent - to.exponent;
  if (apart > 0) up = shifted(up, apart);
  if (apart < 0) down = shifted(down, -apart);
  const Number scaled = up && down ? Decimal::divide(*up, *down) : std::nullopt;
  return scaled ? Decimal::subtract(*scaled, to.shift) : std::nullopt;
}

std::optional<Product> multiply(const Decimal& a, const Unit& unit_a, const Decimal& b, const Unit& unit_b,
                                bool divide) {
  if (!unit_a.shift.is_zero() || !unit_b.shift.is_zero() || (divide && b.is_zero())) return std::nullopt;
  Unit unit = unit_a;
  if (!multiply_in(unit, unit_b, divide ? -1 : 1)) return std::nullopt;
  const Number number = divide ? Decimal::divide(a, b) : Decimal::multiply(a, b);
  const Number up = times(number, unit.numerator);
  const Number whole =
      !up || unit.denominator == Decimal::from_integer(1) ? up : Decimal::divide(*up, unit.denominator);
  const Number value = shifted(whole, unit.exponent);
  return value ? std::optional(Product{*value, unit.base_text()}) : std::nullopt;
}

}  // namespace fhir::ucum
