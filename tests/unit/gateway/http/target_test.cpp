#include "gateway/http/target.hpp"

#include <gtest/gtest.h>

namespace gateway::http {
namespace {

using Segments = std::vector<std::string>;
using Query = std::vector<std::pair<std::string, std::string>>;

struct TargetRow {
  std::string text;
  Segments segments;
  Query query;
};

TEST(Target, DecodesOnce) {
  const std::vector<TargetRow> rows = {
      {"/", {}, {}},
      {"/$process-message", {"$process-message"}, {}},
      {"/Task/ab-1", {"Task", "ab-1"}, {}},
      {"/Task/", {"Task"}, {}},
      {"/a%2Fb/c", {"a/b", "c"}, {}},
      {"/a%252e", {"a%2e"}, {}},
      {"/x+y?a=b+c&d=%2B1&e&=f&&g=h=i",
       {"x+y"},
       {{"a", "b c"}, {"d", "+1"}, {"e", ""}, {"", "f"}, {"g", "h=i"}}},
      {"/?_format=json", {}, {{"_format", "json"}}},
      {"/caf%C3%A9", {"caf\xC3\xA9"}, {}},
  };
  for (const TargetRow& row : rows) {
    const auto target = Target::parse(row.text);
    ASSERT_TRUE(target.has_value()) << row.text;
    EXPECT_EQ(target->segments(), row.segments) << row.text;
    EXPECT_EQ(target->query(), row.query) << row.text;
  }
}

TEST(Target, RefusesWhatIsAmbiguous) {
  for (const std::string text :
       {"",         "x",         "*",    "http://other/x", "//x",   "/a//b",  "/a//",     "/./a",
        "/a/..",    "/%2e%2E/a", "/a%",  "/a%2",           "/a%GG", "/a%00",  "/a%0D%0A", "/a?b=%0A",
        "/a?b=%FF", "/a%C0%AE",  "/a b", "/a#b",           "/a\\b", "/a\x01", "/a?b=\x7F"}) {
    EXPECT_FALSE(Target::parse(text).has_value()) << text;
  }
}

TEST(Target, IsBounded) {
  std::string deep;
  for (int i = 0; i < 33; ++i)
    deep += "/a";
  EXPECT_EQ(Target::parse(deep).error().code, fhir::ErrorCode::kTooLarge);
  std::string wide = "/a?";
  for (int i = 0; i < 201; ++i)
    wide += "a=b&";
  EXPECT_EQ(Target::parse(wide).error().code, fhir::ErrorCode::kTooLarge);
  EXPECT_EQ(Target::parse("/" + std::string(9000, 'a')).error().code, fhir::ErrorCode::kTooLarge);
}

TEST(Target, PrintsWhatItReads) {
  for (const std::string text : {"/", "/Task/ab-1", "/$process-message", "/a%2Fb", "/x?a=b%20c&d=%2B1",
                                 "/caf%C3%A9", "/Patient/1/_history/2?_count=10"}) {
    EXPECT_EQ(Target::parse(text)->to_text(), text);
  }
}

TEST(Target, FindsTheFirstQueryValue) {
  const auto target = *Target::parse("/x?a=1&a=2");
  EXPECT_EQ(target.query_value("a"), "1");
  EXPECT_FALSE(target.query_value("b").has_value());
}

}  // namespace
}  // namespace gateway::http
