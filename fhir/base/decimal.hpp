// Exact decimal numbers. Never binary floating point. FHIR decimals and FHIRPath Decimals are these.
//
// A number is sign, coefficient of at most 38 digits, and scale (digits after the point), so 72.50 keeps its
// last zero. Sums, differences and products are exact as long as they fit; digits after the point that do not
// fit are rounded half up. Quotients and the transcendental functions keep 28 significant digits, without
// trailing zeros.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fhir {

/// How digits are dropped. kHalfUp rounds a half away from zero.
enum class Rounding : std::uint8_t { kDown, kFloor, kCeiling, kHalfUp };

/// A value type of 24 bytes; no allocation. Empty results mean that the number has no place in 38 digits, or
/// no meaning.
class Decimal {
 public:
  static constexpr int kMaxDigits = 38;
  static constexpr int kQuotientDigits = 28;

  constexpr Decimal() = default;
  [[nodiscard]] static Decimal from_integer(std::int64_t value) noexcept;
  /// `-72.50`; with `allow_exponent` also `7.25e1`, as JSON may write it. Digits before and after a point are
  /// required.
  [[nodiscard]] static std::optional<Decimal> parse(std::string_view text,
                                                    bool allow_exponent = false) noexcept;

  /// The digits as they stand: scale digits after the point.
  [[nodiscard]] std::string text() const;
  [[nodiscard]] int scale() const noexcept { return scale_; }
  /// Digits of the coefficient; 1 for zero.
  [[nodiscard]] int digits() const noexcept;
  [[nodiscard]] bool is_zero() const noexcept { return low_ == 0 && high_ == 0; }
  [[nodiscard]] bool is_negative() const noexcept { return negative_; }
  [[nodiscard]] bool is_integral() const noexcept;
  /// The whole part, if it fits 64 bits.
  [[nodiscard]] std::optional<std::int64_t> to_integer() const noexcept;

  [[nodiscard]] Decimal negated() const noexcept;
  [[nodiscard]] Decimal absolute() const noexcept;
  /// The number with exactly `scale` digits after the point.
  [[nodiscard]] std::optional<Decimal> with_scale(int scale, Rounding rounding) const noexcept;
  /// Without trailing zeros after the point.
  [[nodiscard]] Decimal stripped() const noexcept;

  [[nodiscard]] static std::optional<Decimal> add(const Decimal& a, const Decimal& b);
  [[nodiscard]] static std::optional<Decimal> subtract(const Decimal& a, const Decimal& b);
  [[nodiscard]] static std::optional<Decimal> multiply(const Decimal& a, const Decimal& b);
  /// Empty for a zero divisor.
  [[nodiscard]] static std::optional<Decimal> divide(const Decimal& a, const Decimal& b);
  /// The quotient cut to an integer, and what is left (sign of `a`). Empty for a zero divisor.
  [[nodiscard]] static std::optional<Decimal> integral_quotient(const Decimal& a, const Decimal& b);
  [[nodiscard]] static std::optional<Decimal> remainder(const Decimal& a, const Decimal& b);

  [[nodiscard]] std::optional<Decimal> exp() const;
  [[nodiscard]] std::optional<Decimal> ln() const;
  [[nodiscard]] std::optional<Decimal> log(const Decimal& base) const;
  [[nodiscard]] std::optional<Decimal> sqrt() const;
  [[nodiscard]] std::optional<Decimal> power(const Decimal& exponent) const;

  /// By value: 1.10 equals 1.1, and -0 equals 0.
  friend bool operator==(const Decimal& a, const Decimal& b) noexcept {
    return (a <=> b) == std::weak_ordering::equivalent;
  }
  friend std::weak_ordering operator<=>(const Decimal& a, const Decimal& b) noexcept;

 private:
  friend struct DecimalAccess;
  std::uint64_t low_ = 0;
  std::uint64_t high_ = 0;
  std::int16_t scale_ = 0;
  bool negative_ = false;
};

}  // namespace fhir
