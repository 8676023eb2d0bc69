#include "fhir/path/parser.hpp"

#include <gtest/gtest.h>
#include <string>

namespace fhir::path {
namespace {

struct ParseRow {
  std::string_view text;
  std::string_view tree;
};

TEST(Parser, TurnsTextIntoTheTreeOfItsPrecedence) {
  static constexpr ParseRow kRows[] = {
      {"name.where(use = 'official').given.first()", "(path name (where (= use 'official')) given (first))"},
      {"a", "a"},
      {"`div`.`a b`", "(path div a b)"},
      {"a.as(Quantity).contains('x').is.in", "(path a (as Quantity) (contains 'x') is in)"},
      {"1 + 2 * 3", "(+ 1 (* 2 3))"},
      {"1 - 2 - 3", "(- (- 1 2) 3)"},
      {"-1.abs()", "(- (path 1 (abs)))"},
      {"-a * +b", "(* (- a) (+ b))"},
      {"a or b and c implies d xor e", "(implies (or a (and b c)) (xor d e))"},
      {"a | b is Integer", "(| a (is b Integer))"},
      {"1 > 2 is System.Boolean", "(> 1 (is 2 System.Boolean))"},
      {"a = b in c", "(in (= a b) c)"},
      {"a < b = c < d", "(= (< a b) (< c d))"},
      {"a & b + c", "(+ (& a b) c)"},
      {"a div b mod c", "(mod (div a b) c)"},
      {"(a + b) * c", "(* (+ a b) c)"},
      {"a[0].b[$index + 1]", "(path a ([] 0) b ([] (+ $index 1)))"},
      {"{} ~ {}", "(~ {} {})"},
      {"$this.a !~ $total", "(!~ (path $this a) $total)"},
      {"%ucum | %`vs-a` | %'ext-b'", "(| (| %ucum %vs-a) %ext-b)"},
      {"1 'mg' + 4 days", "(+ 1 'mg' 4 days)"},
      {"10L", "10L"},
      {"3000000000", "3000000000L"},
      {"1.50", "1.50"},
      {"@2015", "@2015"},
      {"@2015-02T", "@2015-02T"},
      {"@2015-02-04T14:34:28.123+10:00", "@2015-02-04T14:34:28.123+10:00"},
      {"@T14:34", "@T14:34"},
      {"@2015-02-04 - 1 day", "(- @2015-02-04 1 day)"},
      {"'it\\'s \\u0041'", "'it's A'"},
      {"a /* b */ . c // d", "(path a c)"},
      {"iif(a, b)", "(iif a b)"},
  };
  for (const ParseRow& row : kRows) {
    const auto ast = parse(row.text);
    ASSERT_TRUE(ast.has_value()) << row.text << ": " << to_text(ast.error());
    EXPECT_EQ(to_text(**ast), row.tree) << row.text;
  }
}

struct RefusalRow {
  std::string_view text;
  std::size_t offset;
  FailureKind kind = FailureKind::kSyntax;
};

TEST(Parser, NamesTheByteWhereTextIsNoExpression) {
  static constexpr RefusalRow kRows[] = {
      {"", 0},
      {"a.", 2},
      {"a b", 2},
      {"(a", 2},
      {"a)", 1},
      {"f(a,)", 4},
      {"a[", 2},
      {"'open", 0},
      {"`open", 0},
      {"a /* open", 2},
      {"'\\x'", 1},
      {"'\\u00G0'", 1},
      {"'\\ud800'", 1},
      {"a is 5", 5},
      {"and", 0},
      {"a.and", 2},
      {"$that", 0},
      {"%", 0},
      {"@20", 0},
      {"@T", 0},
      {"a # b", 2},
      {"1 + ", 4},
      {"{a}", 1},
      {"@2015-13-01", 0, FailureKind::kExecution},
      {"@2015-02-30", 0, FailureKind::kExecution},
      {"@T25:00", 0, FailureKind::kExecution},
      {"@T14:34:28Z", 0, FailureKind::kExecution},
      {"99999999999999999999", 0, FailureKind::kExecution},
      {"a\xff", 1},
  };
  for (const RefusalRow& row : kRows) {
    const auto ast = parse(row.text);
    ASSERT_FALSE(ast.has_value()) << row.text;
    EXPECT_EQ(ast.error().offset, row.offset) << row.text << ": " << to_text(ast.error());
    EXPECT_EQ(ast.error().kind, row.kind) << row.text;
  }
}

TEST(Parser, RefusesTextOverItsLimits) {
  CompileOptions options;
  options.max_bytes = 10;
  EXPECT_TRUE(parse("1234567890", options).has_value());
  EXPECT_FALSE(parse("12345678901", options).has_value());

  for (const std::string_view open : {"(", "-", "a.where("}) {
    std::string deep;
    for (int i = 0; i < 100'000; ++i)
      deep.append(open);
    CompileOptions wide;
    wide.max_bytes = deep.size();
    const auto ast = parse(deep, wide);
    ASSERT_FALSE(ast.has_value());
    EXPECT_EQ(ast.error().message, "nested too deep");
  }
  std::string sum = "1";
  for (int i = 0; i < 1'000; ++i)
    sum.append("+1");
  EXPECT_FALSE(parse(sum).has_value());
}

TEST(Parser, TakesLongChainsAsOneLevel) {
  std::string chain = "a";
  for (int i = 0; i < 5'000; ++i)
    chain.append(".a");
  EXPECT_TRUE(parse(chain).has_value());
}

}  // namespace
}  // namespace fhir::path
