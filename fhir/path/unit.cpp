#include "fhir/path/unit.hpp"

#include <algorithm>

namespace fhir::path {
namespace {

using Powers = std::array<std::int8_t, kBaseUnits>;

struct Atom {
  std::string_view code;
  std::string_view numerator;  // In base units; exact.
  std::string_view denominator;
  Powers powers;  // m, s, g, rad, K, C, cd, mol, IU
  bool metric = false;
  std::string_view shift = "0";
};

// UCUM 2.1, tables 1 to 19, as far as clinical data uses them.
constexpr Atom kAtoms[] = {
    {"m", "1", "1", {1}, true},
    {"s", "1", "1", {0, 1}, true},
    {"g", "1", "1", {0, 0, 1}, true},
    {"rad", "1", "1", {0, 0, 0, 1}, true},
    {"K", "1", "1", {0, 0, 0, 0, 1}, true},
    {"C", "1", "1", {0, 0, 0, 0, 0, 1}, true},
    {"cd", "1", "1", {0, 0, 0, 0, 0, 0, 1}, true},
    {"mol", "1", "1", {0, 0, 0, 0, 0, 0, 0, 1}, true},
    {"eq", "1", "1", {0, 0, 0, 0, 0, 0, 0, 1}, true},
    {"osm", "1", "1", {0, 0, 0, 0, 0, 0, 0, 1}, true},
    {"[iU]", "1", "1", {0, 0, 0, 0, 0, 0, 0, 0, 1}, true},
    {"[IU]", "1", "1", {0, 0, 0, 0, 0, 0, 0, 0, 1}, true},
    {"U", "1", "60000000", {0, -1, 0, 0, 0, 0, 0, 1}, true},
    {"kat", "1", "1", {0, -1, 0, 0, 0, 0, 0, 1}, true},
    {"10*", "10", "1", {}},
    {"10^", "10", "1", {}},
    {"%", "1", "100", {}},
    {"[ppth]", "1", "1000", {}},
    {"[ppm]", "1", "1000000", {}},
    {"[ppb]", "1", "1000000000", {}},
    {"[pi]", "3.1415926535897932384626433832795", "1", {}},
    {"min", "60", "1", {0, 1}},
    {"h", "3600", "1", {0, 1}},
    {"d", "86400", "1", {0, 1}},
    {"wk", "604800", "1", {0, 1}},
    {"mo", "2629800", "1", {0, 1}},
    {"a", "31557600", "1", {0, 1}},
    {"l", "0.001", "1", {3}, true},
    {"L", "0.001", "1", {3}, true},
    {"ar", "100", "1", {2}, true},
    {"t", "1000000", "1", {0, 0, 1}, true},
    {"Hz", "1", "1", {0, -1}, true},
    {"N", "1000", "1", {1, -2, 1}, true},
    {"Pa", "1000", "1", {-1, -2, 1}, true},
    {"J", "1000", "1", {2, -2, 1}, true},
    {"W", "1000", "1", {2, -3, 1}, true},
    {"A", "1", "1", {0, -1, 0, 0, 0, 1}, true},
    {"V", "1000", "1", {2, -2, 1, 0, 0, -1}, true},
    {"F", "1", "1000", {-2, 2, -1, 0, 0, 2}, true},
    {"Ohm", "1000", "1", {2, -1, 1, 0, 0, -2}, true},
    {"S", "1", "1000", {-2, 1, -1, 0, 0, 2}, true},
    {"Wb", "1000", "1", {2, -1, 1, 0, 0, -1}, true},
    {"T", "1000", "1", {0, -1, 1, 0, 0, -1}, true},
    {"H", "1000", "1", {2, 0, 1, 0, 0, -2}, true},
    {"lm", "1", "1", {0, 0, 0, 2, 0, 0, 1}, true},
    {"lx", "1", "1", {-2, 0, 0, 2, 0, 0, 1}, true},
    {"Bq", "1", "1", {0, -1}, true},
    {"Gy", "1", "1", {2, -2}, true},
    {"Sv", "1", "1", {2, -2}, true},
    {"bar", "100000000", "1", {-1, -2, 1}, true},
    {"atm", "101325000", "1", {-1, -2, 1}},
    {"m[Hg]", "133322387.415", "1", {-1, -2, 1}, true},
    {"m[H2O]", "9806650", "1", {-1, -2, 1}, true},
    {"dyn", "1", "100", {1, -2, 1}, true},
    {"erg", "0.0001", "1", {2, -2, 1}, true},
    {"cal", "4184", "1", {2, -2, 1}, true},
    {"[Cal]", "4184000", "1", {2, -2, 1}},
    {"deg", "3.1415926535897932384626433832795", "180", {0, 0, 0, 1}},
    {"[in_i]", "0.0254", "1", {1}},
    {"[ft_i]", "0.3048", "1", {1}},
    {"[yd_i]", "0.9144", "1", {1}},
    {"[mi_i]", "1609.344", "1", {1}},
    {"[lb_av]", "453.59237", "1", {0, 0, 1}},
    {"[oz_av]", "28.349523125", "1", {0, 0, 1}},
    {"[gr]", "0.06479891", "1", {0, 0, 1}},
    {"[stone_av]", "6350.29318", "1", {0, 0, 1}},
    {"[gal_us]", "0.003785411784", "1", {3}},
    {"[pt_us]", "0.000473176473", "1", {3}},
    {"[cup_us]", "0.0002365882365", "1", {3}},
    {"[foz_us]", "0.0000295735295625", "1", {3}},
    {"[tbs_us]", "0.00001478676478125", "1", {3}},
    {"[tsp_us]", "0.00000492892159375", "1", {3}},
    {"[pt_br]", "0.00056826125", "1", {3}},
    {"[drp]", "0.00000005", "1", {3}},
    {"Cel", "1", "1", {0, 0, 0, 0, 1}, false, "273.15"},
    {"[degF]", "5", "9", {0, 0, 0, 0, 1}, false, "459.67"},
};

struct Prefix {
  std::string_view code;
  int exponent;
};
constexpr Prefix kPrefixes[] = {{"da", 1},  {"Y", 24},  {"Z", 21},  {"E", 18},  {"P", 15},
                                {"T", 12},  {"G", 9},   {"M", 6},   {"k", 3},   {"h", 2},
                                {"d", -1},  {"c", -2},  {"m", -3},  {"u", -6},  {"n", -9},
                                {"p", -12}, {"f", -15}, {"a", -18}, {"z", -21}, {"y", -24}};

const Atom* find_atom(std::string_view code) {
  const auto* found = std::find_if(std::begin(kAtoms), std::end(kAtoms),
                                   [code](const Atom& atom) { return atom.code == code; });
  return found == std::end(kAtoms) ? nullptr : found;
}

Decimal ten_to(int exponent) {
  std::string text = "1";
  return *Decimal::parse(text.append(static_cast<std::size_t>(exponent), '0'));
}

/// form *= other ^ exponent. False when numbers or powers grow out of range.
bool multiply_in(UnitForm& form, const UnitForm& other, int exponent) {
  const int count = exponent < 0 ? -exponent : exponent;
  for (int i = 0; i < count; ++i) {
    const auto up = Decimal::multiply(form.numerator, exponent > 0 ? other.numerator : other.denominator);
    const auto down = Decimal::multiply(form.denominator, exponent > 0 ? other.denominator : other.numerator);
    if (!up || !down || up->is_zero() || down->is_zero()) return false;
    form.numerator = *up;
    form.denominator = *down;
  }
  for (std::size_t i = 0; i < kBaseUnits; ++i) {
    const int power = form.powers[i] + other.powers[i] * exponent;
    if (power > 60 || power < -60) return false;
    form.powers[i] = static_cast<std::int8_t>(power);
  }
  return true;
}

/// One term after another, left to right: in UCUM `/` binds only what follows.
class UnitParser {
 public:
  explicit UnitParser(std::string_view text) : text_(text) {}

  std::optional<UnitForm> whole() {
    auto form = term(0);
    return form && at_ == text_.size() ? form : std::nullopt;
  }

 private:
  static constexpr int kMaxDepth = 8;

  [[nodiscard]] char here() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  std::optional<UnitForm> term(int depth) {
    UnitForm form;
    bool divide = here() == '/';
    if (divide) ++at_;
    std::size_t parts = 0;
    for (;;) {
      auto part = component(depth);
      if (!part || !multiply_in(form, *part, divide ? -1 : 1)) return std::nullopt;
      if (!part->shift.is_zero()) {
        if (parts > 0 || divide || at_ != text_.size()) return std::nullopt;
        form.shift = part->shift;
      }
      ++parts;
      if (here() != '.' && here() != '/') return form;
      divide = here() == '/';
      ++at_;
    }
  }

  std::optional<UnitForm> component(int depth) {
    UnitForm form;
    if (here() == '{') return skip_annotation() ? std::optional(form) : std::nullopt;
    if (here() == '(') {
      if (depth >= kMaxDepth) return std::nullopt;
      ++at_;
      auto inner = term(depth + 1);
      if (!inner || here() != ')') return std::nullopt;
      ++at_;
      return inner;
    }
    auto simple = annotatable();
    if (!simple) return std::nullopt;
    if (here() == '{' && !skip_annotation()) return std::nullopt;
    return simple;
  }

  bool skip_annotation() {
    const std::size_t end = text_.find('}', at_);
    if (end == std::string_view::npos) return false;
    at_ = end + 1;
    return true;
  }

  std::optional<UnitForm> annotatable() {
    const std::size_t begin = at_;
    if (here() >= '0' && here() <= '9' && !text_.substr(at_).starts_with("10*") &&
        !text_.substr(at_).starts_with("10^")) {
      while (here() >= '0' && here() <= '9')
        ++at_;
      UnitForm form;
      const auto factor = Decimal::parse(text_.substr(begin, at_ - begin));
      if (!factor || factor->is_zero()) return std::nullopt;
      form.numerator = *factor;
      return form;
    }
    bool bracket = false;
    if (here() == '1') at_ += 3;  // `10*` and `10^`
    while (at_ < text_.size() && (bracket || !ends_atom(text_[at_]))) {
      if (text_[at_] == '[') bracket = true;
      if (text_[at_] == ']') bracket = false;
      ++at_;
    }
    const auto atom = prefixed(text_.substr(begin, at_ - begin));
    const auto power = exponent();
    if (!atom || !power) return std::nullopt;
    if (*power == 1) return atom;
    UnitForm form;
    return atom->shift.is_zero() && multiply_in(form, *atom, *power) ? std::optional(form) : std::nullopt;
  }

  static bool ends_atom(char c) {
    return std::string_view("0123456789./(){}+-").find(c) != std::string_view::npos;
  }

  std::optional<int> exponent() {
    const bool negative = here() == '-';
    if (negative || here() == '+') ++at_;
    if (here() < '0' || here() > '9') return negative ? std::nullopt : std::optional(1);
    int value = 0;
    while (here() >= '0' && here() <= '9')
      value = std::min(100, value * 10 + (text_[at_++] - '0'));
    if (value == 0 || value > 40) return std::nullopt;
    return negative ? -value : value;
  }

  static std::optional<UnitForm> prefixed(std::string_view code) {
    int power = 0;
    const Atom* atom = find_atom(code);
    for (const Prefix& prefix : kPrefixes) {
      if (atom != nullptr) break;
      if (!code.starts_with(prefix.code)) continue;
      atom = find_atom(code.substr(prefix.code.size()));
      if (atom != nullptr && !atom->metric) atom = nullptr;
      power = atom != nullptr ? prefix.exponent : 0;
    }
    if (atom == nullptr) return std::nullopt;
    UnitForm form;
    form.numerator = *Decimal::parse(atom->numerator);
    form.denominator = *Decimal::parse(atom->denominator);
    form.shift = *Decimal::parse(atom->shift);
    form.powers = atom->powers;
    UnitForm scale;
    (power < 0 ? scale.denominator : scale.numerator) = ten_to(power < 0 ? -power : power);
    return power == 0 || multiply_in(form, scale, 1) ? std::optional(form) : std::nullopt;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::string UnitForm::base_text() const {
  static constexpr std::array<std::string_view, kBaseUnits> kCodes = {"m", "s",  "g",   "rad", "K",
                                                                      "C", "cd", "mol", "[iU]"};
  std::string out;
  for (std::size_t i = 0; i < kBaseUnits; ++i) {
    if (powers[i] == 0) continue;
    if (!out.empty()) out.push_back('.');
    out.append(kCodes[i]);
    if (powers[i] != 1) out.append(std::to_string(powers[i]));
  }
  return out.empty() ? "1" : out;
}

std::optional<UnitForm> parse_unit(std::string_view ucum) {
  constexpr std::size_t kMaxBytes = 256;
  if (ucum.empty() || ucum.size() > kMaxBytes) return std::nullopt;
  return UnitParser(ucum).whole();
}

}  // namespace fhir::path
