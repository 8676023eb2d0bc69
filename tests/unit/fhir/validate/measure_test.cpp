// The rules of Measure and MeasureReport, each by a small Measure and a report of it.
#include <gtest/gtest.h>
#include <set>
#include <string>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/packages/registry.hpp"
#include "fhir/terminology/terminology.hpp"
#include "fhir/validate/validator.hpp"

namespace fhir::validate {
namespace {

using Places = std::set<std::string>;

tree::TreePtr read(const std::string& json) {
  const tree::ReadOutcome outcome = json::read(json, definitions::r4());
  EXPECT_FALSE(outcome.issues.has_error()) << json;
  return outcome.tree;
}

Places errors(const std::string& resource, const std::string& definition) {
  packages::Registry registry = packages::Registry::core();
  EXPECT_TRUE(registry.add(read(definition)).has_value());
  const terminology::Terminology terms(registry);
  const Validator validator(registry, terms);
  Places found;
  const IssueList issues = validator.validate(read(resource)->root());
  for (const Issue& issue : issues.items()) {
    if (issue.severity <= Severity::kError) found.insert(issue.expression);
  }
  return found;
}

std::string population(const std::string& code, const std::string& rest) {
  return R"({"code":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/measure-population","code":")" +
         code + R"("}]})" + rest + "}";
}

const std::string kCriteria = R"(,"criteria":{"language":"text/fhirpath","expression":"true"})";

/// A Measure with one group of one population and one stratifier, or with a second group.
std::string measure(const std::string& scoring, bool second = false) {
  const std::string group = R"({"code":{"text":"g1"},"population":[)" +
                            population("initial-population", kCriteria) +
                            R"(],"stratifier":[{"code":{"text":"s1"}}]})";
  return R"({"resourceType":"Measure","url":"http://example.org/m","status":"active","scoring":{"coding":[{
    "system":"http://terminology.hl7.org/CodeSystem/measure-scoring","code":")" +
         scoring + R"("}]},"group":[)" + group + (second ? R"(,{"code":{"text":"g2"}})" : "") + "]}";
}

std::string report(const std::string& type, const std::string& groups) {
  return R"({"resourceType":"MeasureReport","status":"complete","type":")" + type +
         R"(","measure":"http://example.org/m","period":{"start":"2020"},"group":[)" + groups + "]}";
}

const std::string kStratifier = R"(,"stratifier":[{"code":[{"text":"s1"}]}])";
const std::string kCounted = R"("population":[)" + population("initial-population", R"(,"count":1)") + "]";

TEST(MeasureReport, HasThePartsOfItsMeasureOnce) {
  EXPECT_EQ(errors(report("summary", "{" + kCounted + kStratifier + "}"), measure("cohort")), Places{});
  EXPECT_EQ(errors(report("summary", "{" + kCounted + "}"), measure("cohort")),
            Places{"MeasureReport.group[0]"});
  EXPECT_EQ(errors(report("summary", "{" + kCounted + R"(,"stratifier":[{"id":"x"}]})"), measure("cohort"))
                .count("MeasureReport.group[0]"),
            1u);
  EXPECT_EQ(errors(report("summary", R"({"population":[)" + population("numerator", R"(,"count":1)") + "]" +
                                         kStratifier + "}"),
                   measure("cohort")),
            (Places{"MeasureReport.group[0]", "MeasureReport.group[0].population[0]"}));
  EXPECT_EQ(errors(report("summary", "{" + kCounted + kStratifier + "}"), measure("cohort", true)),
            (Places{"MeasureReport", "MeasureReport.group[0]"}));
  const std::string first = R"({"code":{"text":"g1"},)" + kCounted + kStratifier + "}";
  EXPECT_EQ(errors(report("summary", first + R"(,{"code":{"text":"g2"}})"), measure("cohort", true)),
            Places{});
  EXPECT_EQ(errors(report("summary", first + R"(,{"code":{"text":"g1"}})"), measure("cohort", true)),
            (Places{"MeasureReport", "MeasureReport.group[1]"}));
}

TEST(MeasureReport, ListsSubjectsInSubjectListsOnly) {
  const auto counted = [](const char* count) {
    return R"({"population":[)" +
           population("initial-population",
                      std::string(R"(,"count":)") + count + R"(,"subjectResults":{"reference":"List/1"})") +
           "]" + kStratifier + "}";
  };
  EXPECT_EQ(errors(report("subject-list", counted("1")), measure("cohort")), Places{});
  EXPECT_EQ(errors(report("subject-list", counted("2")), measure("cohort")),
            Places{"MeasureReport.group[0].population[0]"});
  EXPECT_EQ(errors(report("summary", counted("1")), measure("cohort")),
            Places{"MeasureReport.group[0].population[0]"});
}

TEST(MeasureReport, HasTheScoreOfItsScoring) {
  const auto scored = [](const char* score) { return "{" + kCounted + kStratifier + score + "}"; };
  EXPECT_EQ(errors(report("summary", scored(R"(,"measureScore":{"value":0.5})")), measure("proportion")),
            Places{});
  EXPECT_EQ(errors(report("summary", scored(R"(,"measureScore":{"value":1.5})")), measure("proportion")),
            Places{"MeasureReport.group[0].measureScore.value"});
  EXPECT_EQ(
      errors(report("summary", scored(R"(,"measureScore":{"value":0.5,"unit":"x"})")), measure("proportion")),
      Places{"MeasureReport.group[0].measureScore"});
  EXPECT_EQ(errors(report("summary", scored("")), measure("proportion")), Places{"MeasureReport.group[0]"});
  EXPECT_EQ(errors(report("summary", scored(R"(,"measureScore":{"value":0.5})")), measure("cohort")),
            Places{"MeasureReport.group[0].measureScore"});
}

TEST(Measure, CriteriaNameAnExpressionOfItsLibrary) {
  // The CQL is `library L define "Known": true` in base64.
  const std::string library =
      R"({"resourceType":"Library","url":"http://example.org/l","name":"L","status":"active",
    "type":{"text":"logic"},"content":[{"contentType":"text/cql","data":"bGlicmFyeSBMIGRlZmluZSAiS25vd24iOiB0cnVl"}]})";
  const auto with = [](const std::string& expression) {
    return R"({"resourceType":"Measure","status":"active","library":["http://example.org/l"],"group":[{"population":[)" +
           population("initial-population", kCriteria) +
           R"(],"stratifier":[{"criteria":{"language":"text/cql","expression":")" + expression + R"("}}]}]})";
  };
  EXPECT_EQ(errors(with("L.Known"), library), Places{});
  EXPECT_EQ(errors(with("Known"), library), Places{});
  EXPECT_EQ(errors(with("L.Other"), library), Places{"Measure.group[0].stratifier[0].criteria"});
  EXPECT_EQ(errors(with("M.Known"), library), Places{"Measure.group[0].stratifier[0].criteria"});
}

}  // namespace
}  // namespace fhir::validate
