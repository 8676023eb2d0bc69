#include "fhir/path/quantity.hpp"

#include <algorithm>
#include <utility>

#include "fhir/ucum/unit.hpp"

namespace fhir::path {
namespace {

/// What a quantity measures. Calendar years and months are a dimension of their own, counted in months.
struct Measure {
  ucum::Unit unit;
  bool months = false;
};

bool same_kind(const std::optional<Measure>& a, const std::optional<Measure>& b) {
  return a && b && a->months == b->months && ucum::comparable(a->unit, b->unit);
}

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
    result.unit.numerator = Decimal::from_integer(*word == CalendarUnit::kYear ? 12 : 1);
    return result;
  }
  auto unit = ucum::reduce(word ? exact_ucum(*word) : std::string_view(quantity.unit));
  if (!unit) return std::nullopt;
  result.unit = *unit;
  return result;
}

/// Both values on one scale.
std::optional<ucum::Aligned> common(const Quantity& a, const Quantity& b) {
  if (a.unit == b.unit && a.calendar == b.calendar) return ucum::Aligned{a.value, b.value};
  const auto left = measure(a);
  const auto right = measure(b);
  return same_kind(left, right) ? ucum::align(a.value, left->unit, b.value, right->unit) : std::nullopt;
}

/// `value` of unit `from` in the unit `to`.
std::optional<Decimal> convert(const Quantity& from, const Quantity& to) {
  if (from.unit == to.unit && from.calendar == to.calendar) return from.value;
  const auto source = measure(from);
  const auto target = measure(to);
  return same_kind(source, target) ? ucum::convert(from.value, source->unit, target->unit) : std::nullopt;
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
  const auto left = measure(a);
  const auto right = measure(b);
  if (!left || !right || left->months != right->months) return std::nullopt;
  if (divide && ucum::comparable(left->unit, right->unit)) {
    const auto both = common(a, b);
    return both ? made(plain(both->left, both->right), Quantity{}) : std::nullopt;
  }
  if (left->months) return std::nullopt;
  auto product = ucum::multiply(a.value, left->unit, b.value, right->unit, divide);
  return product ? std::optional(Quantity{product->value, std::move(product->unit), false}) : std::nullopt;
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
  return same_kind(measure(a), measure(b));
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
