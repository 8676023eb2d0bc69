#include "fhir/ucum/unit.hpp"

#include <algorithm>

#include "fhir/ucum/atoms.hpp"
#include "fhir/ucum/unit_parser.hpp"

namespace fhir::ucum {
namespace {

constexpr std::size_t kMaxBytes = 256;
constexpr int kMaxPower = 100;
constexpr int kMaxExponent = 3000;

bool add_power(std::int8_t& power, int more) {
  const int sum = power + more;
  if (sum > kMaxPower || sum < -kMaxPower) return false;
  power = static_cast<std::int8_t>(sum);
  return true;
}

bool add_own(Dimension& dimension, const Dimension::Own& own, int power) {
  if (own.power == 0) return true;
  auto& list = dimension.own;
  auto at = std::find_if(list.begin(), list.end(),
                         [&own](const Dimension::Own& it) { return it.power != 0 && it.atom == own.atom; });
  if (at == list.end())
    at = std::find_if(list.begin(), list.end(), [](const Dimension::Own& it) { return it.power == 0; });
  if (at == list.end()) return false;
  at->atom = own.atom;
  if (!add_power(at->power, own.power * power)) return false;
  if (at->power == 0) at->atom = 0;
  std::sort(list.begin(), list.end(), [](const Dimension::Own& a, const Dimension::Own& b) {
    return a.power != 0 && (b.power == 0 || a.atom < b.atom);
  });
  return true;
}

void append_power(std::string& out, std::string_view code, int power) {
  if (power == 0) return;
  if (!out.empty()) out.push_back('.');
  out.append(code);
  if (power != 1) out.append(std::to_string(power));
}

}  // namespace

bool multiply_in(Unit& unit, const Unit& other, int power) {
  const int count = power < 0 ? -power : power;
  const Decimal one = Decimal::from_integer(1);
  for (int i = 0; i < count; ++i) {
    const Decimal& up = power > 0 ? other.numerator : other.denominator;
    const Decimal& down = power > 0 ? other.denominator : other.numerator;
    const auto numerator = up == one ? unit.numerator : Decimal::multiply(unit.numerator, up);
    const auto denominator = down == one ? unit.denominator : Decimal::multiply(unit.denominator, down);
    if (!numerator || !denominator || numerator->is_zero() || denominator->is_zero()) return false;
    unit.numerator = *numerator;
    unit.denominator = *denominator;
  }
  unit.exponent += other.exponent * power;
  if (unit.exponent > kMaxExponent || unit.exponent < -kMaxExponent) return false;
  for (std::size_t i = 0; i < kBaseUnits; ++i) {
    if (!add_power(unit.dimension.powers[i], other.dimension.powers[i] * power)) return false;
  }
  return std::all_of(
      other.dimension.own.begin(), other.dimension.own.end(),
      [&unit, power](const Dimension::Own& own) { return add_own(unit.dimension, own, power); });
}

std::string Unit::base_text() const {
  static constexpr std::array<std::string_view, kBaseUnits> kCodes = {"m", "s", "g",  "rad",
                                                                      "K", "C", "cd", "mol"};
  std::string out;
  for (std::size_t i = 0; i < kBaseUnits; ++i)
    append_power(out, kCodes[i], dimension.powers[i]);
  for (const Dimension::Own& own : dimension.own)
    append_power(out, atoms()[own.atom].code, own.power);
  return out.empty() ? "1" : out;
}

bool is_unit(std::string_view code) {
  return !code.empty() && code.size() <= kMaxBytes &&
         std::all_of(code.begin(), code.end(), [](char c) { return c > ' ' && c <= '~'; }) &&
         UnitParser(code).read();
}

std::optional<Unit> reduce(std::string_view code) {
  if (code.empty() || code.size() > kMaxBytes) return std::nullopt;
  UnitParser parser(code);
  return parser.read() ? parser.unit() : std::nullopt;
}

}  // namespace fhir::ucum
