#include "fhir/json/repair.hpp"

#include <gtest/gtest.h>
#include <set>
#include <string>

namespace fhir::json {
namespace {

std::set<std::string> places(const IssueList& issues) {
  std::set<std::string> found;
  for (const Issue& issue : issues.items())
    found.insert(issue.expression);
  return found;
}

TEST(JsonRepair, MendsAndNamesThePlace) {
  const struct {
    const char* written;
    const char* mended;
    std::set<std::string> places;
  } rows[] = {
      {R"({"resourceType":"Patient","active":true})", R"({"resourceType":"Patient","active":true})", {}},
      {R"({resourceType:"Patient"})", R"({"resourceType":"Patient"})", {"Patient"}},
      {R"({"resourceType":Patient})", R"({"resourceType":"Patient"})", {"Patient"}},
      {"{\"resourceType\":\"Patient\" // why\n}", "{\"resourceType\":\"Patient\" \n}", {"Patient"}},
      {"/* a\n b */{\"resourceType\":\"Patient\"}", "\n{\"resourceType\":\"Patient\"}", {"Patient"}},
      {R"({"resourceType":"Patient","name":[{"given":["A",]}]})",
       R"({"resourceType":"Patient","name":[{"given":["A"]}]})",
       {"Patient.name[0].given"}},
      {R"({"resourceType":"Patient","name":[{},{"given":["A" "B"] "family":"C",}]})",
       R"({"resourceType":"Patient","name":[{},{"given":["A" ,"B"] ,"family":"C"}]})",
       {"Patient.name[1].given", "Patient.name[1]"}},
      {R"({"resourceType":"Patient","name":[{"given":["A",B]}]})",
       R"({"resourceType":"Patient","name":[{"given":["A","B"]}]})",
       {"Patient.name[0].given[1]"}},
      {R"({"resourceType":"Patient","multipleBirthInteger":-1,"x":"a\"//b"})",
       R"({"resourceType":"Patient","multipleBirthInteger":-1,"x":"a\"//b"})",
       {}},
  };
  for (const auto& row : rows) {
    const auto repaired = repair(row.written);
    ASSERT_TRUE(repaired.has_value()) << row.written;
    EXPECT_EQ(repaired->text, row.mended);
    EXPECT_EQ(places(repaired->issues), row.places) << row.written;
  }
}

TEST(JsonRepair, CommentsMayBeAllowed) {
  const auto repaired = repair("{\"resourceType\":\"Patient\"/* x */}", Comments::kAllowed);
  ASSERT_TRUE(repaired.has_value());
  EXPECT_TRUE(repaired->issues.empty());
}

TEST(JsonRepair, GivesUpWhereNoRepairIsCertain) {
  for (const char* const text :
       {"", "{", "[", "{]", R"({"a":})", R"({"a" 1})", R"({"a":1}x)", R"({"a":"b)", "{\"a\":\"b\nc\"}", "{,}",
        "[,1]", "[1,,2]", R"({"a":1,,"b":2})", "/* open", "{\"a\":1}}", "{:1}"})
    EXPECT_FALSE(repair(text).has_value()) << text;
  EXPECT_FALSE(repair(std::string(100'000, '[')).has_value());
}

}  // namespace
}  // namespace fhir::json
