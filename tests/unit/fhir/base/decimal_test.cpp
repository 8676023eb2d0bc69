#include "fhir/base/decimal.hpp"

#include <gtest/gtest.h>
#include <limits>
#include <string>

namespace fhir {
namespace {

Decimal dec(std::string_view text) {
  return *Decimal::parse(text, true);
}
std::string show(const std::optional<Decimal>& value) {
  return value ? value->text() : "none";
}

TEST(Decimal, KeepsTheDigitsItWasReadFrom) {
  for (const std::string_view text : {"0", "-0.0", "72.50", "-1.587", "0.00000001", "1234567890987654321.0",
                                      "12345678901234567890123456789012345678"}) {
    const auto value = Decimal::parse(text);
    ASSERT_TRUE(value.has_value()) << text;
    EXPECT_EQ(value->text(), text);
  }
}

TEST(Decimal, RefusesTextThatIsNoNumber) {
  for (const std::string_view text : {"", "-", ".5", "5.", "1e2", "1a", "--1", "1.2.3", " 1", "0x1", "1e",
                                      "123456789012345678901234567890123456789"}) {
    EXPECT_FALSE(Decimal::parse(text).has_value()) << text;
  }
  EXPECT_FALSE(Decimal::parse("1e", true).has_value());
  EXPECT_FALSE(Decimal::parse("1e99", true).has_value());
}

TEST(Decimal, ReadsExponentsWhereAsked) {
  EXPECT_EQ(dec("7.25e1").text(), "72.5");
  EXPECT_EQ(dec("1E3").text(), "1000");
  EXPECT_EQ(dec("5e-3").text(), "0.005");
  EXPECT_EQ(dec("0e99999").text(), "0");
  EXPECT_TRUE(dec("1e-99999").is_zero());
}

struct ArithmeticRow {
  std::string_view a, b, sum, difference, product, quotient, whole, rest;
};

TEST(Decimal, ComputesExactly) {
  static constexpr ArithmeticRow kRows[] = {
      {"1.2", "1.8", "3.0", "-0.6", "2.16", "0.6666666666666666666666666667", "0", "1.2"},
      {"0.1", "0.2", "0.3", "-0.1", "0.02", "0.5", "0", "0.1"},
      {"-7", "2", "-5", "-9", "-14", "-3.5", "-3", "-1"},
      {"7", "-2", "5", "9", "-14", "-3.5", "-3", "1"},
      {"10", "4", "14", "6", "40", "2.5", "2", "2"},
      {"1", "0", "1", "1", "0", "none", "none", "none"},
      {"0", "3", "3", "-3", "0", "0", "0", "0"},
      {"12345678901234567890.123456789", "0.000000001", "12345678901234567890.123456790",
       "12345678901234567890.123456788", "12345678901.234567890123456789", "12345678901234567890123456789",
       "12345678901234567890123456789", "0.000000000"},
      {"99999999999999999999999999999999999999", "1", "none", "99999999999999999999999999999999999998",
       "99999999999999999999999999999999999999", "99999999999999999999999999999999999999",
       "99999999999999999999999999999999999999", "0"},
  };
  for (const ArithmeticRow& row : kRows) {
    const Decimal a = dec(row.a);
    const Decimal b = dec(row.b);
    EXPECT_EQ(show(Decimal::add(a, b)), row.sum) << row.a << " + " << row.b;
    EXPECT_EQ(show(Decimal::subtract(a, b)), row.difference) << row.a << " - " << row.b;
    EXPECT_EQ(show(Decimal::multiply(a, b)), row.product) << row.a << " * " << row.b;
    EXPECT_EQ(show(Decimal::divide(a, b)), row.quotient) << row.a << " / " << row.b;
    EXPECT_EQ(show(Decimal::integral_quotient(a, b)), row.whole) << row.a << " div " << row.b;
    EXPECT_EQ(show(Decimal::remainder(a, b)), row.rest) << row.a << " mod " << row.b;
  }
}

TEST(Decimal, ComparesByValueAcrossScales) {
  EXPECT_EQ(dec("1.10"), dec("1.1"));
  EXPECT_EQ(dec("-0.0"), dec("0"));
  EXPECT_LT(dec("-2"), dec("-1.99"));
  EXPECT_GT(dec("0.1"), dec("-100"));
  EXPECT_LT(dec("99999999999999999999999999999999999998"), dec("99999999999999999999999999999999999999"));
  EXPECT_LT(dec("0.00000000000000000000000000000000000001"), dec("99999999999999999999999999999999999999"));
}

struct RoundingRow {
  std::string_view value;
  int scale;
  std::string_view down, floor, ceiling, half_up;
};

TEST(Decimal, RoundsToAScale) {
  static constexpr RoundingRow kRows[] = {
      {"1.25", 1, "1.2", "1.2", "1.3", "1.3"}, {"-1.25", 1, "-1.2", "-1.3", "-1.2", "-1.3"},
      {"1.24", 1, "1.2", "1.2", "1.3", "1.2"}, {"2", 2, "2.00", "2.00", "2.00", "2.00"},
      {"-0.4", 0, "-0", "-1", "-0", "-0"},
  };
  for (const RoundingRow& row : kRows) {
    EXPECT_EQ(show(dec(row.value).with_scale(row.scale, Rounding::kDown)), row.down) << row.value;
    EXPECT_EQ(show(dec(row.value).with_scale(row.scale, Rounding::kFloor)), row.floor) << row.value;
    EXPECT_EQ(show(dec(row.value).with_scale(row.scale, Rounding::kCeiling)), row.ceiling) << row.value;
    EXPECT_EQ(show(dec(row.value).with_scale(row.scale, Rounding::kHalfUp)), row.half_up) << row.value;
  }
  EXPECT_EQ(show(dec("12345678901234567890123456789012345678").with_scale(1, Rounding::kDown)), "none");
}

TEST(Decimal, KnowsItsIntegers) {
  EXPECT_EQ(dec("-9223372036854775808").to_integer(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(dec("9223372036854775808").to_integer(), std::nullopt);
  EXPECT_EQ(dec("-1.99").to_integer(), -1);
  EXPECT_EQ(Decimal::from_integer(std::numeric_limits<std::int64_t>::min()).text(), "-9223372036854775808");
  EXPECT_TRUE(dec("2.00").is_integral());
  EXPECT_FALSE(dec("2.01").is_integral());
}

TEST(Decimal, ComputesRootsAndPowersIn28Digits) {
  EXPECT_EQ(show(dec("2").sqrt()), "1.414213562373095048801688724");
  EXPECT_EQ(show(dec("81").sqrt()), "9");
  EXPECT_EQ(show(dec("-1").sqrt()), "none");
  EXPECT_EQ(show(dec("1").exp()), "2.718281828459045235360287471");
  EXPECT_EQ(show(dec("1000").exp()), "none");
  EXPECT_EQ(show(dec("0").ln()), "none");
  EXPECT_EQ(show(dec("16").log(dec("2"))), "4");
  EXPECT_EQ(show(dec("16").log(dec("1"))), "none");
  EXPECT_EQ(show(dec("2.5").power(dec("2"))), "6.25");
  EXPECT_EQ(show(dec("2").power(dec("126"))), "85070591730234615865843651857942052864");
  EXPECT_EQ(show(dec("2").power(dec("1000000000"))), "none");
  EXPECT_EQ(show(dec("2").power(dec("-2"))), "0.25");
  EXPECT_EQ(show(dec("-1").power(dec("0.5"))), "none");
  EXPECT_EQ(show(dec("-1").power(dec("1000001"))), "-1");
  EXPECT_EQ(show(dec("0").power(dec("-1"))), "none");
}

}  // namespace
}  // namespace fhir
