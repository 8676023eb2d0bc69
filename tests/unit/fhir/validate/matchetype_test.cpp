#include "fhir/validate/matchetype.hpp"

#include <gtest/gtest.h>
#include <set>
#include <string>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"

namespace fhir::validate {
namespace {

using Places = std::set<std::string>;

Places differences(const std::string& actual, const std::string& expected,
                   const std::string& instructions = {}) {
  const auto resource = json::read(R"({"resourceType":"Patient",)" + actual + "}", definitions::r4());
  const auto matchetype = json::read(
      R"({"resourceType":"Patient","extension":[{"url":"http://hl7.org/fhir/tools/StructureDefinition/matchetype","valueCode":"complete"})" +
          instructions + "]," + expected + "}",
      definitions::r4());
  Places found;
  const IssueList issues = compare_with_matchetype(resource.tree->root(), matchetype.tree->root());
  for (const Issue& issue : issues.items())
    found.insert(issue.expression);
  return found;
}

const std::string kBase = "http://hl7.org/fhir/tools/StructureDefinition/matchetype";

TEST(Matchetype, ElementsAndValues) {
  EXPECT_EQ(differences(R"("id":"a","active":true)", R"("id":"a","active":true)"), Places{});
  EXPECT_EQ(differences(R"("id":"a")", R"("id":"b")"), Places{"$.id"});
  EXPECT_EQ(differences(R"("id":"a","active":true)", R"("id":"a")"), Places{"$"});
  EXPECT_EQ(differences(R"("id":"a")", R"("id":"a","active":true)"), Places{"$"});
  EXPECT_EQ(differences(R"("maritalStatus":{"text":"x","id":"1"})", R"("maritalStatus":{"text":"x"})"),
            Places{"$.maritalStatus"});
  EXPECT_EQ(differences(R"("active":true)", R"("id":"a","active":true)",
                        R"(,{"url":")" + kBase + R"(-optional","valueString":"id,text"})"),
            Places{});
}

TEST(Matchetype, PlaceholdersStandForAForm) {
  EXPECT_EQ(differences(R"("birthDate":"2020-01-02")", R"("birthDate":"$date$")"), Places{});
  EXPECT_EQ(differences(R"("birthDate":"2020-01")", R"("birthDate":"$date$")"), Places{"$.birthDate"});
  EXPECT_EQ(differences(R"("gender":"male")", R"("gender":"$choice:female|male$")"), Places{});
  EXPECT_EQ(differences(R"("gender":"other")", R"("gender":"$choice:female|male$")"), Places{"$.gender"});
  EXPECT_EQ(differences(R"("id":"x")", R"("id":"$string$")"), Places{});
}

TEST(Matchetype, ListsAreComparedInOrderWithOptionalItems) {
  const std::string three = R"("name":[{"text":"1"},{"text":"2"},{"text":"3"}])";
  const std::string optional = R"("name":[{"text":"1"},{"extension":[{"url":")" + kBase +
                               R"(-optional","valueBoolean":true}],"text":"2"},{"text":"3"}])";
  EXPECT_EQ(differences(three, three), Places{});
  EXPECT_EQ(differences(three, optional), Places{});
  EXPECT_EQ(differences(R"("name":[{"text":"1"},{"text":"3"}])", optional), Places{});
  EXPECT_EQ(differences(R"("name":[{"text":"1"}])", optional), Places{"$.name"});
  EXPECT_EQ(differences(three, R"("name":[{"text":"1"}])"), Places{"$.name"});
  const std::string sort =
      R"(,{"url":")" + kBase +
      R"(-sort","extension":[{"url":"element","valueString":"name"},{"url":"expression","valueString":"text"}]})";
  EXPECT_EQ(differences(R"("name":[{"text":"3"},{"text":"1"},{"text":"2"}])", three, sort), Places{});
  EXPECT_EQ(differences(R"("name":[{"text":"3"},{"text":"1"},{"text":"2"}])", three), Places{"$.name"});
}

}  // namespace
}  // namespace fhir::validate
