// The executable cases of FHIR/fhir-test-cases, and what of the published examples compiles.
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <string>

#include "sample.hpp"

namespace mappings::engine {
namespace {

struct CaseRow {
  const char* map;
  const char* result;
};

// The other four of the ten make CDA documents, of a model that is not here: qr2cda, qr2cdaxsi, and
// qr2cda-eval as a map and as a StructureMap in JSON.
constexpr CaseRow kCases[] = {
    {"qr2pat-assignment.map", "qr2pat-assignment-res.json"},
    {"qr2pat-gender.map", "qr2pat-gender-res.json"},
    {"qr2pat-humannametwice.map", "qr2pat-humannametwice-res.json"},
    {"qr2pat-humannameshared.map", "qr2pat-humannameshared-res.json"},
    {"qr2reference.map", "qr2reference-res.json"},
    {"qr2pat-gender-conformstoqr.map", "qr2pat-gender-res.json"},
};

TEST(MapSuite, OfficialCasesGiveTheirResults) {
  for (const char* release : {"r5", "r4b"}) {
    const auto folder = sample::suites() / "fhir-test-cases" / release / "structure-mapping";
    if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no suite at " << folder;
    for (const CaseRow& row : kCases) {
      const auto ran =
          sample::transform(sample::text_of(folder / row.map), sample::text_of(folder / "qr.json"));
      ASSERT_FALSE(ran.json.empty()) << row.map << "\n" << ran.issues;
      EXPECT_EQ(ran.json, fhir::json::write(sample::json(sample::text_of(folder / row.result))->root()))
          << release << " " << row.map;
    }
  }
}

TEST(MapSuite, OtherMapsOfTheSuiteRun) {
  const auto folder = sample::suites() / "fhir-test-cases" / "r5" / "structure-mapping";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no suite at " << folder;
  auto ran =
      sample::transform(sample::text_of(folder / "whereclause.map"), R"({"resourceType":"CapabilityStatement",
    "rest":[{"mode":"server","resource":[{"type":"Patient","interaction":[{"code":"read"},{"code":"update"}]}]}]})");
  EXPECT_EQ(
      ran.json,
      R"({"resourceType":"CapabilityStatement","rest":[{"resource":[{"interaction":[{"code":"update"}]}]}]})")
      << ran.issues;
  ran = sample::transform(sample::text_of(folder / "syntaxshort.map"),
                          R"({"resourceType":"CapabilityStatement","name":"n","title":"t"})");
  EXPECT_EQ(ran.json, R"({"resourceType":"CapabilityStatement","name":"n","title":"t"})") << ran.issues;
  ran = sample::transform(sample::text_of(folder / "cast.map"), R"({"resourceType":"QuestionnaireResponse",
    "extension":[{"url":"urn:explicitstring","valueCode":"a"},{"url":"urn:positiveInt","valuePositiveInt":3},
    {"url":"urn:positiveIntString","valueString":"7"}]})");
  EXPECT_EQ(ran.json,
            R"({"resourceType":"Observation","extension":[{"url":"urn:explicitstring","valueString":"a"},)"
            R"({"url":"urn:positiveInt","valuePositiveInt":3},)"
            R"({"url":"urn:positiveIntString","valuePositiveInt":7}]})")
      << ran.issues;
  ran = sample::transform(sample::text_of(folder / "qr2patfordates.map"),
                          R"({"resourceType":"QuestionnaireResponse",
    "extension":[{"url":"urn:date","valueDate":"2023-10-26"},{"url":"urn:dateTime","valueDateTime":"2023-09-20T13:19:13.502Z"}]})");
  EXPECT_EQ(
      ran.json,
      R"({"resourceType":"Patient","birthDate":"2023-10-31","deceasedDateTime":"2023-09-15T13:19:13.502Z"})")
      << ran.issues;
}

TEST(MapSuite, ExamplesCompileButForTheNamed) {
  // Each of these asks for what is not given, or names an element its type does not have.
  const std::set<std::string> refused = {
      "imports.fml",              // imports maps that are not there
      "transform-translate.fml",  // a ConceptMap that is not there
      "syntax-backticks.fml",     // elements `group!` and `section4.5` of Basic
      "transform-evaluate.fml",   // HumanName.surname
  };
  const auto folder = sample::suites() / "fml" / "examples";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "no suite at " << folder;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    const MapSource maps[] = {{name, sample::text_of(entry.path())}};
    const auto plan = Plan::compile(maps, sample::models());
    EXPECT_EQ(plan.has_value(), !refused.contains(name)) << name << "\n"
                                                         << (plan ? "" : sample::to_text(plan.error()));
  }
}

}  // namespace
}  // namespace mappings::engine
