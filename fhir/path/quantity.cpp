#include "fhir/path/quantity.hpp"

#include <algorithm>
#include <utility>

#include "fhir/path/unit.hpp"

namespace fhir::path {
namespace {

/// What a quantity measures, reduced. Calendar years and months are a dimension of their own, counted in
/// months.
struct Measure {
  UnitForm form;
  bool months = false;
};

std::string_view exact_ucum(CalendarUnit unit) {
  switch (unit) {
    case CalendarUnit::kWeek: return "wk";
    case CalendarUnit::kDay: return "d";
    case CalendarUnit::kHour: return "h";
    case CalendarUnit::kMinute: return "min";
    case CalendarUnit::kSecond: return "s";
    case CalendarUnit::kMillisecond: return "ms";
    case CalendarUnit::kYear: return "a";
    case CalendarUnit::kMonth: return "mo";
  }
  return "1";
}

std::optional<Measure> measure(const Quantity& quantity) {
  Measure result;
  const auto word = quantity.calendar ? calendar_unit(quantity.unit) : std::nullopt;
  if (word && *word <= CalendarUnit::kMonth) {
    result.months = true;
    result.form.numerator = Decimal::from_integer(*word == CalendarUnit::kYear ? 12 : 1);
    return result;
  }
  auto form = parse_unit(word ? exact_ucum(*word) : std::string_view(quantity.unit));
  if (!form) return std::nullopt;
  result.form = *form;
  return result;
}

/// a * b with an empty operand passed on.
std::optional<Decimal> times(const std::optional<Decimal>& a, const std::optional<Decimal>& b) {
  return a && b ? Decimal::multiply(*a, *b) : std::nullopt;
}

/// Both values on one scale: the fractions are cross-multiplied, so that nothing is divided.
struct Common {
  Decimal left;
  Decimal right;
};

std::optional<Common> common(const Quantity& a, const Quantity& b) {
  if (a.unit == b.unit && a.calendar == b.calendar) return Common{a.value, b.value};
  const auto left = measure(a);
  const auto right = measure(b);
  if (!left || !right || left->months != right->months || left->form.powers != right->form.powers)
    return std::nullopt;
  const auto one = times(Decimal::add(a.value, left->form.shift),
                         Decimal::multiply(left->form.numerator, right->form.denominator));
  const auto two = times(Decimal::add(b.value, right->form.shift),
                         Decimal::multiply(right->form.numerator, left->form.denominator));
  if (!one || !two) return std::nullopt;
  return Common{*one, *two};
}

/// `value` of unit `from` in the unit `to`.
std::optional<Decimal> convert(const Quantity& from, const Quantity& to) {
  if (from.unit == to.unit && from.calendar == to.calendar) return from.value;
  const auto source = measure(from);
  const auto target = measure(to);
  if (!source || !target || source->months != target->months || source->form.powers != target->form.powers)
    return std::nullopt;
  const auto up = times(Decimal::add(from.value, source->form.shift),
                        Decimal::multiply(source->form.numerator, target->form.denominator));
  const auto down = Decimal::multiply(source->form.denominator, target->form.numerator);
  const auto value = up && down ? Decimal::divide(*up, *down) : std::nullopt;
  return value ? Decimal::subtract(*value, target->form.shift) : std::nullopt;
}

bool is_one(const Quantity& quantity) {
  return !quantity.calendar && quantity.unit == "1";
}

/// Years or months, as a word on one side and as UCUM on the other.
bool year_month_clash(const Quantity& a, const Quantity& b) {
  if (a.calendar == b.calendar) return false;
  const Quantity& word = a.calendar ? a : b;
  const Quantity& ucum = a.calendar ? b : a;
  const auto unit = calendar_unit(word.unit);
  return unit && *unit <= CalendarUnit::kMonth && (ucum.unit == "a" || ucum.unit == "mo");
}

std::optional<Quantity> combine(const Quantity& a, const Quantity& b, bool divide) {
  const auto plain = [divide](const Decimal& x, const Decimal& y) {
    return divide ? Decimal::divide(x, y) : Decimal::multiply(x, y);
  };
  const auto made = [](const std::optional<Decimal>& value, const Quantity& like) {
    return value ? std::optional(Quantity{*value, like.unit, like.calendar}) : std::nullopt;
  };
  if (is_one(b)) return made(plain(a.value, b.value), a);
  if (is_one(a) && !divide) return made(plain(a.value, b.value), b);
  auto left = measure(a);
  auto right = measure(b);
  if (!left || !right || left->months != right->months) return std::nullopt;
  if (divide && left->form.powers == right->form.powers) {
    const auto both = common(a, b);
    return both ? made(plain(both->left, both->right), Quantity{}) : std::nullopt;
  }
  if (left->months || !left->form.shift.is_zero() || !right->form.shift.is_zero()) return std::nullopt;
  if (divide) std::swap(right->form.numerator, right->form.denominator);
  const auto up = times(Decimal::multiply(left->form.numerator, right->form.numerator), a.value);
  const auto down = Decimal::multiply(left->form.denominator, right->form.denominator);
  const auto scaled = up && down && !b.value.is_zero() ? plain(*up, b.value) : std::nullopt;
  const auto zero = up && down && b.value.is_zero() && !divide ? std::optional(Decimal()) : scaled;
  if (!zero) return std::nullopt;
  for (std::size_t i = 0; i < kBaseUnits; ++i) {
    const int sign = divide ? -1 : 1;
    left->form.powers[i] = static_cast<std::int8_t>(left->form.powers[i] + sign * right->form.powers[i]);
  }
  const auto value = *down == Decimal::from_integer(1) ? zero : Decimal::divide(*zero, *down);
  return value ? std::optional(Quantity{*value, left->form.base_text(), false}) : std::nullopt;
}

}  // namespace

std::optional<Quantity> Quantity::parse(std::string_view text) {
  const std::size_t end = text.find_first_not_of("+-.0123456789");
  const auto value = Decimal::parse(text.substr(0, end));
  if (!value) return std::nullopt;
  if (end == std::string_view::npos) return Quantity{*value, "1", false};
  std::string_view unit = text.substr(end);
  while (!unit.empty() && (unit.front() == ' ' || unit.front() == '\t'))
    unit.remove_prefix(1);
  if (unit.empty()) return std::nullopt;
  if (unit.front() != '\'') {
    if (unit.size() == text.size() - end || !calendar_unit(unit)) return std::nullopt;
    return Quantity{*value, std::string(unit), true};
  }
  unit.remove_prefix(1);
  if (unit.size() < 2 || unit.back() != '\'') return std::nullopt;
  unit.remove_suffix(1);
  if (unit.find('\'') != std::string_view::npos) return std::nullopt;
  return Quantity{*value, std::string(unit), calendar_unit(unit).has_value()};
}

std::string Quantity::text() const {
  return calendar ? value.text() + " " + unit : value.text() + " '" + unit + "'";
}

std::optional<CalendarUnit> Quantity::step() const noexcept {
  if (calendar) return calendar_unit(unit);
  for (const CalendarUnit candidate :
       {CalendarUnit::kWeek, CalendarUnit::kDay, CalendarUnit::kHour, CalendarUnit::kMinute,
        CalendarUnit::kSecond, CalendarUnit::kMillisecond}) {
    if (unit == exact_ucum(candidate)) return candidate;
  }
  return std::nullopt;
}

bool comparable(const Quantity& a, const Quantity& b) {
  const auto left = measure(a);
  const auto right = measure(b);
  return left && right && left->months == right->months && left->form.powers == right->form.powers;
}

std::optional<std::weak_ordering> compare(const Quantity& a, const Quantity& b) {
  const auto both = common(a, b);
  return both ? std::optional(both->left <=> both->right) : std::nullopt;
}

std::optional<bool> equal(const Quantity& a, const Quantity& b) {
  if (year_month_clash(a, b)) return std::nullopt;
  const auto both = common(a, b);
  return both ? both->left == both->right : false;
}

bool equivalent(const Quantity& a, const Quantity& b) {
  if (year_month_clash(a, b)) {
    const auto ucum = [](const Quantity& q) {
      return q.calendar ? Quantity{q.value, std::string(exact_ucum(*calendar_unit(q.unit))), false} : q;
    };
    return equivalent(ucum(a), ucum(b));
  }
  // The less precise operand decides: its unit and its digits.
  const auto right = convert(b, a);
  const auto left = convert(a, b);
  if (!right || !left) return false;
  const auto round = [](const Decimal& value, int scale) {
    return value.with_scale(scale, Rounding::kHalfUp);
  };
  if (round(a.value, a.value.scale()) == round(*right, a.value.scale())) return true;
  return b.value == round(*left, b.value.scale()) && a.value.scale() > b.value.scale();
}

std::optional<Quantity> add(const Quantity& a, const Quantity& b) {
  const auto right = convert(b, a);
  const auto sum = right ? Decimal::add(a.value, *right) : std::nullopt;
  return sum ? std::optional(Quantity{*sum, a.unit, a.calendar}) : std::nullopt;
}

std::optional<Quantity> subtract(const Quantity& a, const Quantity& b) {
  const auto right = convert(b, a);
  const auto rest = right ? Decimal::subtract(a.value, *right) : std::nullopt;
  return rest ? std::optional(Quantity{*rest, a.unit, a.calendar}) : std::nullopt;
}

std::optional<Quantity> multiply(const Quantity& a, const Quantity& b) {
  return combine(a, b, false);
}
std::optional<Quantity> divide(const Quantity& a, const Quantity& b) {
  return combine(a, b, true);
}

}  // namespace fhir::path
