#include "fhir/base/decimal.hpp"

#include <algorithm>
#include <array>

#include <boost/multiprecision/cpp_dec_float.hpp>
#include <boost/multiprecision/cpp_int.hpp>

namespace fhir {

// Small numbers are worked on in 128 bits; what does not fit goes through cpp_int and comes back rounded.
__extension__ using Coefficient = unsigned __int128;
using Big = boost::multiprecision::cpp_int;
using Float = boost::multiprecision::cpp_dec_float_50;

/// The way from and to the coefficient.
struct DecimalAccess {
  static Coefficient coefficient(const Decimal& d) { return (Coefficient{d.high_} << 64u) | d.low_; }
  static Decimal make(bool negative, Coefficient value, int scale) {
    Decimal d;
    d.low_ = static_cast<std::uint64_t>(value);
    d.high_ = static_cast<std::uint64_t>(value >> 64u);
    d.scale_ = static_cast<std::int16_t>(scale);
    d.negative_ = negative;
    return d;
  }
};

namespace {

constexpr int kMaxScale = 60;

constexpr auto kPowers = [] {
  std::array<Coefficient, 39> powers{};
  Coefficient power = 1;
  for (auto& entry : powers) {
    entry = power;
    power *= 10;
  }
  return powers;
}();
constexpr Coefficient kLimit = kPowers[Decimal::kMaxDigits];

Coefficient coefficient(const Decimal& d) {
  return DecimalAccess::coefficient(d);
}
Decimal make(bool negative, Coefficient value, int scale) {
  return DecimalAccess::make(negative, value, scale);
}

int count_digits(Coefficient value) {
  const auto* end = std::upper_bound(kPowers.begin(), kPowers.end(), value);
  return std::max(1, static_cast<int>(end - kPowers.begin()));
}

Big power_of_ten(int exponent) {
  return boost::multiprecision::pow(Big(10), static_cast<unsigned>(exponent));
}

Big to_big(Coefficient value) {
  return (Big(static_cast<std::uint64_t>(value >> 64u)) << 64u) + Big(static_cast<std::uint64_t>(value));
}

Coefficient from_big(const Big& value) {
  const Big low_mask = (Big(1) << 64u) - 1;
  return (Coefficient{static_cast<std::uint64_t>(Big(value >> 64u))} << 64u) |
         static_cast<std::uint64_t>(Big(value & low_mask));
}

/// Divides by 10^count, rounding a half up.
Big drop_digits(const Big& value, int count) {
  const Big divisor = power_of_ten(count);
  return (value * 2 + divisor) / (divisor * 2);
}

/// `value` * 10^-scale in at most `digits` digits.
std::optional<Decimal> fit(bool negative, Big value, int scale, int digits = Decimal::kMaxDigits) {
  if (scale > kMaxScale) {
    value = drop_digits(value, scale - kMaxScale);
    scale = kMaxScale;
  }
  for (Big limit = power_of_ten(digits); value >= limit;) {
    const int excess = std::max(1, static_cast<int>(value.str().size()) - digits);
    const int dropped = std::min(excess, scale);
    if (dropped == 0) {
      if (value >= to_big(kLimit)) return std::nullopt;
      break;  // A whole number of more digits than asked for, still exact.
    }
    value = drop_digits(value, dropped);
    scale -= dropped;
  }
  return make(negative, from_big(value), scale);
}

/// The coefficient of `d` at a larger scale, or empty when it does not fit.
std::optional<Coefficient> scaled(const Decimal& d, int scale) {
  const int up = scale - d.scale();
  if (up == 0) return coefficient(d);
  if (up > Decimal::kMaxDigits) return d.is_zero() ? std::optional<Coefficient>(0) : std::nullopt;
  Coefficient result = 0;
  if (__builtin_mul_overflow(coefficient(d), kPowers[static_cast<std::size_t>(up)], &result) ||
      result >= kLimit) {
    return std::nullopt;
  }
  return result;
}

Big scaled_big(const Decimal& d, int scale) {
  return to_big(coefficient(d)) * power_of_ten(scale - d.scale());
}

std::optional<Decimal> add_signed(const Decimal& a, const Decimal& b, bool negate_b) {
  const bool b_negative = b.is_negative() != negate_b;
  const int scale = std::max(a.scale(), b.scale());
  const auto small_a = scaled(a, scale);
  const auto small_b = scaled(b, scale);
  if (small_a && small_b) {
    if (a.is_negative() == b_negative) {
      const Coefficient sum = *small_a + *small_b;
      if (sum < kLimit) return make(a.is_negative() && sum != 0, sum, scale);
    } else {
      const bool a_larger = *small_a >= *small_b;
      const Coefficient rest = a_larger ? *small_a - *small_b : *small_b - *small_a;
      return make(rest != 0 && (a_larger ? a.is_negative() : b_negative), rest, scale);
    }
  }
  Big left = scaled_big(a, scale);
  Big right = scaled_big(b, scale);
  if (a.is_negative()) left = -left;
  if (b_negative) right = -right;
  const Big sum = left + right;
  return fit(sum < 0, boost::multiprecision::abs(sum), scale);
}

Float to_float(const Decimal& d) {
  return Float(d.text());
}

std::optional<Decimal> from_float(const Float& value) {
  if (!boost::multiprecision::isfinite(value)) return std::nullopt;
  const std::string text = value.str(Decimal::kQuotientDigits - 1, std::ios_base::scientific);
  const auto parsed = Decimal::parse(text, true);
  return parsed ? std::optional(parsed->stripped()) : std::nullopt;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// The exponent after `e`; bounded, so that no sum overflows.
std::optional<int> parse_exponent(std::string_view text) {
  if (text.empty()) return std::nullopt;
  const bool negative = text.front() == '-';
  if (negative || text.front() == '+') text.remove_prefix(1);
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) return std::nullopt;
  int value = 0;
  for (const char c : text)
    value = std::min(value * 10 + (c - '0'), 10'000);
  return negative ? -value : value;
}

}  // namespace

Decimal Decimal::from_integer(std::int64_t value) noexcept {
  const std::uint64_t magnitude =
      value < 0 ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  return make(value < 0, magnitude, 0);
}

std::optional<Decimal> Decimal::parse(std::string_view text, bool allow_exponent) noexcept {
  const bool negative = !text.empty() && text.front() == '-';
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  int exponent = 0;
  if (const std::size_t e = text.find_first_of("eE"); allow_exponent && e != std::string_view::npos) {
    const auto parsed = parse_exponent(text.substr(e + 1));
    if (!parsed) return std::nullopt;
    exponent = *parsed;
    text = text.substr(0, e);
  }
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction =
      point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  if (whole.empty() || !std::all_of(whole.begin(), whole.end(), is_digit)) return std::nullopt;
  if (point != std::string_view::npos && fraction.empty()) return std::nullopt;
  if (!std::all_of(fraction.begin(), fraction.end(), is_digit)) return std::nullopt;

  Coefficient value = 0;
  int scale = 0;
  for (const char c : whole) {
    if (value >= kLimit / 10) return std::nullopt;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  for (const char c : fraction) {
    if (value >= kLimit / 10 || scale >= kMaxScale) {
      if (c >= '5') ++value;
      break;
    }
    value = value * 10 + static_cast<unsigned>(c - '0');
    ++scale;
  }
  scale -= exponent;
  if (scale < 0) {
    if (value == 0) return make(negative, 0, 0);
    if (scale < -kMaxDigits) return std::nullopt;
    return fit(negative, to_big(value) * power_of_ten(-scale), 0);
  }
  if (scale > kMaxScale + kMaxDigits) return make(negative, 0, kMaxScale);
  return scale > kMaxScale ? fit(negative, to_big(value), scale) : make(negative, value, scale);
}

std::string Decimal::text() const {
  std::string digits;
  Coefficient rest = coefficient(*this);
  do {
    digits.push_back(static_cast<char>('0' + static_cast<int>(rest % 10)));
    rest /= 10;
  } while (rest != 0);
  while (static_cast<int>(digits.size()) <= scale_)
    digits.push_back('0');
  if (negative_) digits.push_back('-');
  std::reverse(digits.begin(), digits.end());
  if (scale_ > 0) digits.insert(digits.size() - static_cast<std::size_t>(scale_), ".");
  return digits;
}

int Decimal::digits() const noexcept {
  return count_digits(coefficient(*this));
}

bool Decimal::is_integral() const noexcept {
  return scale_ == 0 || stripped().scale_ == 0;
}

std::optional<std::int64_t> Decimal::to_integer() const noexcept {
  const auto whole = with_scale(0, Rounding::kDown);
  if (!whole || whole->high_ != 0) return std::nullopt;
  constexpr std::uint64_t kMax = std::uint64_t{1} << 63u;
  if (whole->low_ > kMax || (whole->low_ == kMax && !negative_)) return std::nullopt;
  return static_cast<std::int64_t>(negative_ ? 0 - whole->low_ : whole->low_);
}

Decimal Decimal::negated() const noexcept {
  return make(!negative_ && !is_zero(), coefficient(*this), scale_);
}
Decimal Decimal::absolute() const noexcept {
  return make(false, coefficient(*this), scale_);
}

std::optional<Decimal> Decimal::with_scale(int scale, Rounding rounding) const noexcept {
  if (scale < 0 || scale > kMaxScale) return std::nullopt;
  if (scale >= scale_) {
    const auto up = scaled(*this, scale);
    return up ? std::optional(make(negative_, *up, scale)) : std::nullopt;
  }
  const int down = scale_ - scale;
  const bool gone = down > kMaxDigits;
  const Coefficient divisor = gone ? 0 : kPowers[static_cast<std::size_t>(down)];
  const Coefficient value = coefficient(*this);
  Coefficient whole = gone ? 0 : value / divisor;
  const Coefficient rest = gone ? value : value % divisor;
  const bool up = (rounding == Rounding::kFloor && negative_ && rest != 0) ||
                  (rounding == Rounding::kCeiling && !negative_ && rest != 0) ||
                  (rounding == Rounding::kHalfUp && !gone && rest >= divisor - rest);
  if (up) ++whole;
  return make(negative_, whole, scale);
}

Decimal Decimal::stripped() const noexcept {
  Coefficient value = coefficient(*this);
  int scale = scale_;
  if (value == 0) scale = 0;
  while (scale > 0 && value % 10 == 0) {
    value /= 10;
    --scale;
  }
  return make(negative_, value, scale);
}

std::optional<Decimal> Decimal::add(const Decimal& a, const Decimal& b) {
  return add_signed(a, b, false);
}
std::optional<Decimal> Decimal::subtract(const Decimal& a, const Decimal& b) {
  return add_signed(a, b, true);
}

std::optional<Decimal> Decimal::multiply(const Decimal& a, const Decimal& b) {
  const bool negative = a.negative_ != b.negative_ && !a.is_zero() && !b.is_zero();
  const int scale = a.scale_ + b.scale_;
  if (a.high_ == 0 && b.high_ == 0 && scale <= kMaxScale) {
    const Coefficient product = Coefficient{a.low_} * b.low_;
    if (product < kLimit) return make(negative, product, scale);
  }
  return fit(negative, to_big(coefficient(a)) * to_big(coefficient(b)), scale);
}

std::optional<Decimal> Decimal::divide(const Decimal& a, const Decimal& b) {
  if (b.is_zero()) return std::nullopt;
  if (a.is_zero()) return Decimal();
  const bool negative = a.negative_ != b.negative_;
  const int up = std::max(0, kQuotientDigits + 1 + b.digits() - a.digits());
  Big quotient = to_big(coefficient(a)) * power_of_ten(up) / to_big(coefficient(b));
  int scale = a.scale_ - b.scale_ + up;
  if (scale < 0) {
    quotient *= power_of_ten(-scale);
    scale = 0;
  }
  const auto result = fit(negative, std::move(quotient), scale, kQuotientDigits);
  return result ? std::optional(result->stripped()) : std::nullopt;
}

std::optional<Decimal> Decimal::integral_quotient(const Decimal& a, const Decimal& b) {
  if (b.is_zero()) return std::nullopt;
  const int scale = std::max(a.scale_, b.scale_);
  return fit(a.negative_ != b.negative_, scaled_big(a, scale) / scaled_big(b, scale), 0);
}

std::optional<Decimal> Decimal::remainder(const Decimal& a, const Decimal& b) {
  if (b.is_zero()) return std::nullopt;
  const int scale = std::max(a.scale_, b.scale_);
  return fit(a.negative_, scaled_big(a, scale) % scaled_big(b, scale), scale);
}

std::optional<Decimal> Decimal::exp() const {
  if (*this > from_integer(100)) return std::nullopt;
  if (*this < from_integer(-200)) return Decimal();
  return from_float(boost::multiprecision::exp(to_float(*this)));
}

std::optional<Decimal> Decimal::ln() const {
  if (negative_ || is_zero()) return std::nullopt;
  return from_float(boost::multiprecision::log(to_float(*this)));
}

std::optional<Decimal> Decimal::log(const Decimal& base) const {
  if (negative_ || is_zero() || base.negative_ || base.is_zero() || base == from_integer(1))
    return std::nullopt;
  const Float below = boost::multiprecision::log(to_float(base));
  return from_float(Float(boost::multiprecision::log(to_float(*this)) / below));
}

std::optional<Decimal> Decimal::sqrt() const {
  if (negative_ && !is_zero()) return std::nullopt;
  return from_float(boost::multiprecision::sqrt(to_float(*this)));
}

std::optional<Decimal> Decimal::power(const Decimal& exponent) const {
  const auto whole = exponent.is_integral() ? exponent.to_integer() : std::nullopt;
  if (!whole) {
    if (negative_) return std::nullopt;
    if (is_zero()) return exponent.negative_ ? std::nullopt : std::optional(Decimal());
    const auto estimate = multiply(*ln(), exponent);
    if (!estimate || estimate->absolute() > from_integer(100)) return std::nullopt;
    return from_float(boost::multiprecision::pow(to_float(*this), to_float(exponent)));
  }
  if (is_zero() && *whole < 0) return std::nullopt;
  // Squaring; anything but 0 and 1 leaves 38 digits long before the exponent ends.
  std::optional<Decimal> result = from_integer(1);
  std::optional<Decimal> square = *this;
  for (std::uint64_t left =
           static_cast<std::uint64_t>(*whole < 0 ? -(*whole + 1) : *whole) + (*whole < 0 ? 1u : 0u);
       left != 0; left >>= 1u) {
    if ((left & 1u) != 0) result = square ? multiply(*result, *square) : std::nullopt;
    if (!result) return std::nullopt;
    if (square && left > 1) square = multiply(*square, *square);
  }
  return *whole < 0 ? divide(from_integer(1), *result) : result;
}

std::weak_ordering operator<=>(const Decimal& a, const Decimal& b) noexcept {
  const bool a_below = a.is_negative() && !a.is_zero();
  const bool b_below = b.is_negative() && !b.is_zero();
  if (a_below != b_below) return a_below ? std::weak_ordering::less : std::weak_ordering::greater;
  const int scale = std::max(a.scale(), b.scale());
  const auto small_a = scaled(a, scale);
  const auto small_b = scaled(b, scale);
  std::weak_ordering order = std::weak_ordering::equivalent;
  if (small_a && small_b) {
    order = *small_a <=> *small_b;
  } else {
    const int sign = scaled_big(a, scale).compare(scaled_big(b, scale));
    order = sign <=> 0;
  }
  if (!a_below) return order;
  return order == std::weak_ordering::less      ? std::weak_ordering::greater
         : order == std::weak_ordering::greater ? std::weak_ordering::less
                                                : order;
}

}  // namespace fhir
