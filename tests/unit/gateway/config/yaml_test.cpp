#include "gateway/config/yaml.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gateway::config {
namespace {

using testing::HasSubstr;

std::string first_issue(const fhir::IssueList& issues) {
  return issues.empty() ? std::string() : issues.items().front().text;
}

struct Refused {
  const char* name;
  std::string text;
  const char* says;
};

TEST(YamlParse, RefusesWhatIsNotPlainData) {
  const std::string deep = std::string(30, '[') + std::string(30, ']');
  const Refused rows[] = {
      {"duplicate key", "a: 1\nb: 2\na: 3\n", "f.yaml:3:1: duplicate key 'a'"},
      {"duplicate key inside", "x:\n  - {k: 1, k: 2}\n", "f.yaml:2:12: duplicate key 'k'"},
      {"anchor", "a: &x 1\nb: 2\n", "anchors are not offered"},
      {"alias", "a: &x 1\nb: *x\n", "anchors are not offered"},
      {"tag", "a: !!binary aGk=\n", "tags are not offered"},
      {"own tag", "a: !ruby/object {}\n", "tags are not offered"},
      {"two documents", "a: 1\n---\nb: 2\n", "more than one document"},
      {"empty", "", "the file is empty"},
      {"syntax", "a: [1, 2\n", "not YAML"},
      {"key that is a list", "? [a]\n: 1\n", "a key must be a word"},
      {"empty key", "\"\": 1\n", "a key must be a word"},
      {"too deep", deep, "nested deeper than 24"},
      {"not UTF-8", "a: \xff\n", "f.yaml:1:4: not UTF-8"},
  };
  for (const Refused& row : rows) {
    fhir::IssueList issues;
    const auto file = parse_yaml(row.text, "f.yaml", issues);
    EXPECT_TRUE(issues.has_error()) << row.name;
    EXPECT_THAT(first_issue(issues), HasSubstr(row.says)) << row.name;
  }
}

TEST(YamlParse, BoundsSizeAndCount) {
  fhir::IssueList issues;
  YamlLimits limits;
  limits.max_bytes = 10;
  EXPECT_FALSE(parse_yaml("a: 12345678\n", "f", issues, limits));
  limits = {};
  limits.max_nodes = 5;
  EXPECT_FALSE(parse_yaml("[1,2,3,4,5,6]", "f", issues, limits));
  EXPECT_THAT(issues.items().back().text, HasSubstr("more than 5 values"));
}

TEST(YamlReader, ReportsUnknownKeysWithTheirPath) {
  fhir::IssueList issues;
  const auto file = parse_yaml("a:\n  known: 1\n  typo: 2\n", "f.yaml", issues);
  ASSERT_TRUE(file);
  {
    YamlMap root = root_map(*file, issues);
    YamlMap a = root.require("a").map();
    EXPECT_EQ(a.integer_or("known", 0, 0, 9), 1);
  }
  ASSERT_EQ(issues.items().size(), 1u);
  EXPECT_EQ(issues.items()[0].text, "f.yaml:3:9: a.typo: unknown key");
  EXPECT_EQ(issues.items()[0].expression, "a.typo");
  EXPECT_EQ(issues.items()[0].position.line, 3u);
}

TEST(YamlReader, ReportsEveryMistakeOfOnePass) {
  fhir::IssueList issues;
  const auto file = parse_yaml(
      "n: twelve\nb: yes\nd: 15\nt: [x]\ndate: 2026-02-29\nsize: 5MB\nword: c\nfloat: 1.5x\n", "f", issues);
  ASSERT_TRUE(file);
  {
    YamlMap root = root_map(*file, issues);
    EXPECT_EQ(root.require("n").integer(0, 99), 0);
    EXPECT_FALSE(root.require("b").boolean());
    EXPECT_EQ(root.require("d").duration().count(), 0);
    EXPECT_EQ(root.text("t"), "");
    EXPECT_FALSE(root.require("date").date());
    EXPECT_EQ(root.require("size").size(), 0u);
    EXPECT_EQ(root.require("word").one_of({"a", "b"}), 0u);
    EXPECT_EQ(root.require("float").number(0, 2), 0);
    EXPECT_EQ(root.text("missing"), "");
  }
  EXPECT_EQ(issues.items().size(), 9u);
  EXPECT_THAT(issues.items().back().text, HasSubstr("'missing' is missing"));
}

TEST(YamlReader, NeverQuotesAValue) {
  fhir::IssueList issues;
  const auto file = parse_yaml("n: s3cret\nm: s3cret\nw: s3cret\n", "f", issues);
  ASSERT_TRUE(file);
  {
    YamlMap root = root_map(*file, issues);
    (void)root.require("n").integer(0, 9);
    (void)root.require("m").map();
    (void)root.require("w").one_of({"a"});
  }
  EXPECT_EQ(issues.items().size(), 3u);
  for (const fhir::Issue& issue : issues.items())
    EXPECT_EQ(issue.text.find("s3cret"), std::string::npos);
}

TEST(YamlScalar, ReadsDurationsWithUnitsOnly) {
  using std::chrono::milliseconds;
  EXPECT_EQ(parse_duration("250ms"), milliseconds(250));
  EXPECT_EQ(parse_duration("30s"), milliseconds(30'000));
  EXPECT_EQ(parse_duration("15m"), milliseconds(900'000));
  EXPECT_EQ(parse_duration("4h"), milliseconds(14'400'000));
  EXPECT_EQ(parse_duration("7d"), milliseconds(604'800'000));
  for (const char* wrong : {"", "15", "m", "-5m", "1.5h", "5 m", "99999999999d", "18446744073709551616s"}) {
    EXPECT_FALSE(parse_duration(wrong)) << wrong;
  }
}

TEST(YamlScalar, ReadsSizesAndDates) {
  EXPECT_EQ(parse_size("900"), 900u);
  EXPECT_EQ(parse_size("64KiB"), 65'536u);
  EXPECT_EQ(parse_size("2GiB"), std::uint64_t{2} << 30);
  EXPECT_FALSE(parse_size("16MB"));
  EXPECT_FALSE(parse_size("18446744073709551615GiB"));
  EXPECT_TRUE(parse_date("2024-02-29"));
  for (const char* wrong :
       {"2023-02-29", "2026-13-01", "0000-01-01", "2026-1-1", "2026-04-31", "2026/04/01"}) {
    EXPECT_FALSE(parse_date(wrong)) << wrong;
  }
  EXPECT_EQ(to_text(*parse_date("2026-04-01")), "2026-04-01");
}

}  // namespace
}  // namespace gateway::config
