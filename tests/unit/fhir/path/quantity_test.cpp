#include "fhir/path/quantity.hpp"

#include <gtest/gtest.h>
#include <string>

namespace fhir::path {
namespace {

Quantity q(std::string_view text) {
  return *Quantity::parse(text);
}
std::string show(const std::optional<Quantity>& value) {
  return value ? value->text() : "none";
}

TEST(Quantity, ReadsAndWritesItsText) {
  EXPECT_EQ(q("1 'mg'").text(), "1 'mg'");
  EXPECT_EQ(q("4 days").text(), "4 days");
  EXPECT_EQ(q("-1.50").text(), "-1.50 '1'");
  for (const std::string_view text : {"", "mg", "1 mg", "1 'mg", "1 ''", "1.a", "1day", "1 'a'b'", "1 "}) {
    EXPECT_FALSE(Quantity::parse(text).has_value()) << text;
  }
}

struct EqualRow {
  std::string_view a;
  std::string_view b;
  char equal;  // 't', 'f', '?' open
  bool equivalent;
};

TEST(Quantity, ComparesAcrossUnits) {
  static constexpr EqualRow kRows[] = {
      {"4.0000 'g'", "4000.0 'mg'", 't', true},
      {"4 'g'", "4040 'mg'", 'f', true},
      {"4.00 'g'", "4040 'mg'", 'f', false},
      {"7 days", "1 week", 't', true},
      {"7 days", "1 'wk'", 't', true},
      {"1 year", "1 'a'", '?', true},
      {"1 month", "1 'mo'", '?', true},
      {"12 months", "1 year", 't', true},
      {"1 year", "365 days", 'f', false},
      {"1 'cm'", "1 's'", 'f', false},
      {"1 'furlong'", "1 'furlong'", 't', true},
      {"1 'furlong'", "1 'm'", 'f', false},
      {"37 'Cel'", "98.6 '[degF]'", 't', true},
      {"0 'Cel'", "273.15 'K'", 't', true},
      {"1 'N'", "1 'kg.m/s2'", 't', true},
      {"1 'mmol/L'", "1 'mol/m3'", 't', true},
      {"1 '[ft_i]'", "12 '[in_i]'", 't', true},
      {"1 'L'", "1 'dm3'", 't', true},
      {"5 '10*3/uL'", "5 '10*9/L'", 't', true},
      {"60 '/min'", "1 'Hz'", 't', true},
      {"1 'mm[Hg]'", "133.322387415 'Pa'", 't', true},
      {"2 '{beats}/min'", "2 '/min'", 't', true},
      {"50 '%'", "0.5 '1'", 't', true},
  };
  for (const EqualRow& row : kRows) {
    const auto same = equal(q(row.a), q(row.b));
    EXPECT_EQ(!same ? '?' : *same ? 't' : 'f', row.equal) << row.a << " = " << row.b;
    EXPECT_EQ(equivalent(q(row.a), q(row.b)), row.equivalent) << row.a << " ~ " << row.b;
  }
  EXPECT_TRUE(compare(q("1 'm'"), q("1 '[ft_i]'")) == std::weak_ordering::greater);
  EXPECT_FALSE(compare(q("1 'm'"), q("1 's'")).has_value());
  EXPECT_TRUE(comparable(q("1 'cm'"), q("1 '[in_i]'")));
  EXPECT_FALSE(comparable(q("1 'cm'"), q("1 '[s]'")));
}

TEST(Quantity, ComputesInTheUnitOfTheFirst) {
  EXPECT_EQ(show(add(q("1 'm'"), q("50 'cm'"))), "1.5 'm'");
  EXPECT_EQ(show(subtract(q("1 week"), q("1 day"))).substr(0, 9), "0.8571428");
  EXPECT_EQ(show(add(q("1 'm'"), q("1 's'"))), "none");
  EXPECT_EQ(show(multiply(q("2.0 'cm'"), q("2.0 'm'"))), "0.04 'm2'");
  EXPECT_EQ(show(multiply(q("2 'mg'"), q("3"))), "6 'mg'");
  EXPECT_EQ(show(multiply(q("3"), q("2 'mg'"))), "6 'mg'");
  EXPECT_EQ(show(divide(q("4.0 'g'"), q("2.0 'm'"))), "2 'm-1.g'");
  EXPECT_EQ(show(divide(q("1 'm'"), q("2 'cm'"))), "50 '1'");
  EXPECT_EQ(show(divide(q("1 'm'"), q("0 's'"))), "none");
}

}  // namespace
}  // namespace fhir::path
