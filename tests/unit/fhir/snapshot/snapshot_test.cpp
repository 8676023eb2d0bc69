#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <ostream>
#include <string>
#include <thread>
#include <vector>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/json/writer.hpp"
#include "fhir/packages/registry.hpp"
#include "fhir/snapshot/snapshots.hpp"

namespace fhir::snapshot {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kUrl = "https://example.org/fhir/Profile";

std::string core(const std::string& type) {
  return "http://hl7.org/fhir/StructureDefinition/" + type;
}

/// A profile with this differential, a JSON array without brackets.
std::string profile(const std::string& type, const std::string& elements, const std::string& base = {},
                    const std::string& url = kUrl) {
  return R"({"resourceType":"StructureDefinition","url":")" + url +
         R"(","name":"Example","status":"draft","kind":"resource","abstract":false,"type":")" + type +
         R"(","baseDefinition":")" + (base.empty() ? core(type) : base) +
         R"(","derivation":"constraint","differential":{"element":[)" + elements + "]}}";
}

/// Profiles in memory and the snapshot of one of them.
class Made {
 public:
  explicit Made(const std::vector<std::string>& profiles, const std::string& url = kUrl)
      : registry_(packages::Registry::core()) {
    for (const std::string& json : profiles) {
      tree::ReadOutcome read = json::read(json, definitions::r4());
      EXPECT_NE(read.tree, nullptr) << json;
      EXPECT_TRUE(registry_.add(read.tree).has_value());
    }
    structure_ = snapshots_.structure(url, issues_);
  }
  explicit Made(const std::string& json) : Made(std::vector<std::string>{json}) {}

  [[nodiscard]] tree::Node element(std::string_view id) const {
    for (const tree::Node each : structure_.child("snapshot").children("element")) {
      if (each.child("id").text() == id) return each;
    }
    return {};
  }
  [[nodiscard]] std::vector<std::string> ids(std::string_view prefix) const {
    std::vector<std::string> out;
    for (const tree::Node each : structure_.child("snapshot").children("element")) {
      const std::string_view id = each.child("id").text();
      if (id.substr(0, prefix.size()) == prefix) out.emplace_back(id);
    }
    return out;
  }
  [[nodiscard]] std::string issue_texts() const {
    std::string out;
    for (const Issue& issue : issues_.items())
      out += issue.expression + ": " + issue.text + "\n";
    return out;
  }

  packages::Registry registry_;
  Snapshots snapshots_{registry_};
  IssueList issues_;
  tree::Node structure_;
};

std::vector<std::string> constraint_keys(tree::Node element) {
  std::vector<std::string> out;
  for (const tree::Node each : element.children("constraint"))
    out.emplace_back(each.child("key").text());
  return out;
}

TEST(Snapshot, IsThatOfTheBaseWhenNothingChanges) {
  const Made made(profile("Patient", R"({"id":"Patient","path":"Patient"})"));
  const tree::Node base = made.registry_.find(core("Patient"));
  EXPECT_EQ(made.structure_.child("snapshot").children("element").size(),
            base.child("snapshot").children("element").size());
  EXPECT_EQ(made.issue_texts(), "");
  EXPECT_EQ(made.element("Patient.contact.gender").child("base").child("path").text(),
            "Patient.contact.gender");
}

TEST(Snapshot, TextsStartingWithDotsAreAppended) {
  const Made made(
      profile("Patient", R"({"path":"Patient.birthDate","definition":"...and more","comment":"other"})"));
  const std::string_view definition = made.element("Patient.birthDate").child("definition").text();
  EXPECT_THAT(std::string(definition),
              testing::AllOf(testing::StartsWith("The date of birth"), testing::EndsWith("\r\nand more")));
  EXPECT_EQ(made.element("Patient.birthDate").child("comment").text(), "other");
}

TEST(Snapshot, ConstraintsAreAddedWithTheirSource) {
  const Made made(profile("Patient", R"({"path":"Patient.contact","constraint":[
    {"key":"mine-1","severity":"error","human":"x","expression":"true"},
    {"key":"pat-1","severity":"warning","human":"again","expression":"false"}]})"));
  const tree::Node contact = made.element("Patient.contact");
  EXPECT_THAT(constraint_keys(contact), ElementsAre("ele-1", "pat-1", "mine-1"));
  for (const tree::Node each : contact.children("constraint")) {
    if (each.child("key").text() == "mine-1") EXPECT_EQ(each.child("source").text(), kUrl);
    if (each.child("key").text() != "pat-1") continue;
    EXPECT_EQ(each.child("severity").text(), "error");
    EXPECT_EQ(each.child("source").text(), core("Patient")) << "which the base does not say";
  }
}

TEST(Snapshot, GoesIntoDataTypesOnlyWhereAsked) {
  const Made made(profile("Patient", R"({"path":"Patient.identifier.period.start","min":1})"));
  EXPECT_THAT(made.ids("Patient.identifier.period"),
              ElementsAre("Patient.identifier.period", "Patient.identifier.period.id",
                          "Patient.identifier.period.extension", "Patient.identifier.period.start",
                          "Patient.identifier.period.end"));
  EXPECT_EQ(made.element("Patient.identifier.period.start").child("base").child("path").text(),
            "Period.start");
  EXPECT_TRUE(made.ids("Patient.name.").empty());
}

TEST(Snapshot, GoesIntoAProfiledType) {
  const Made made(
      {profile("Identifier", R"({"path":"Identifier.system","min":1})", {}, "urn:identifier"),
       profile("Patient",
               R"({"path":"Patient.identifier","type":[{"code":"Identifier","profile":["urn:identifier"]}]},
                                         {"path":"Patient.identifier.value","min":1})")});
  EXPECT_EQ(made.element("Patient.identifier.system").child("min").text(), "1");
  EXPECT_EQ(made.element("Patient.identifier.value").child("min").text(), "1");
}

TEST(Snapshot, UnfoldsContentReferences) {
  const Made made(profile("Questionnaire", R"({"path":"Questionnaire.item.item.linkId","short":"inner"})"));
  EXPECT_EQ(made.element("Questionnaire.item.item.linkId").child("short").text(), "inner");
  EXPECT_FALSE(made.element("Questionnaire.item.item").child("contentReference"));
  EXPECT_EQ(made.element("Questionnaire.item.item.item").child("contentReference").text(),
            core("Questionnaire") + "#Questionnaire.item");
}

TEST(Snapshot, SlicesKeepTheirOrderAndResliceInTheirFamily) {
  const Made made(profile(
      "Patient",
      R"({"path":"Patient.identifier","min":1,"slicing":{"discriminator":[{"type":"value","path":"system"}],"rules":"open"}},
    {"path":"Patient.identifier","sliceName":"nhs","max":"1","slicing":{"discriminator":[{"type":"value","path":"use"}],"rules":"open"}},
    {"path":"Patient.identifier.system","fixedUri":"urn:nhs"},
    {"path":"Patient.identifier","sliceName":"other"},
    {"path":"Patient.identifier","sliceName":"nhs/old"})"));
  std::vector<std::string> slices;
  for (const std::string& id : made.ids("Patient.identifier:")) {
    if (id.find('.', 10) == std::string::npos) slices.push_back(id);
  }
  EXPECT_THAT(slices, ElementsAre("Patient.identifier:nhs", "Patient.identifier:nhs/old",
                                  "Patient.identifier:other"));
  EXPECT_EQ(made.element("Patient.identifier").child("min").text(), "1");
  EXPECT_EQ(made.element("Patient.identifier:other").child("min").text(), "0");
  EXPECT_EQ(made.element("Patient.identifier:nhs/old.system").child("fixed").text(), "urn:nhs");
  EXPECT_EQ(made.issue_texts(), "");
}

TEST(Snapshot, ExtensionsAreSlicedByUrlWithoutSayingSo) {
  const Made made(profile("Patient", R"({"path":"Patient.extension","sliceName":"place","min":1,
    "type":[{"code":"Extension","profile":["http://hl7.org/fhir/StructureDefinition/patient-birthPlace"]}]})"));
  const tree::Node slicing = made.element("Patient.extension").child("slicing");
  EXPECT_EQ(slicing.child("discriminator").child("path").text(), "url");
  const tree::Node slice = made.element("Patient.extension:place");
  EXPECT_EQ(slice.child("min").text(), "1");
  EXPECT_EQ(slice.child("max").text(), "1") << "the extension's own";
  EXPECT_EQ(slice.child("short").text(), "Place of Birth for patient");
}

TEST(Snapshot, ShortNamesOfChoicesAreSlicesByType) {
  const Made made(profile("Observation", R"({"path":"Observation.valueQuantity","min":1},
                                            {"path":"Observation.valueQuantity.code","min":1})"));
  const tree::Node choice = made.element("Observation.value[x]");
  EXPECT_EQ(choice.child("slicing").child("rules").text(), "closed");
  EXPECT_EQ(choice.child("min").text(), "1");
  EXPECT_EQ(choice.children("type").size(), 1u) << "a type that must be there excludes others";
  EXPECT_EQ(made.element("Observation.value[x]:valueQuantity.code").child("min").text(), "1");
  EXPECT_EQ(made.element("Observation.value[x]:valueQuantity").child("path").text(), "Observation.value[x]");
}

TEST(Snapshot, DerivedProfileChangesTheSlicesOfItsBase) {
  const Made made(
      {profile(
           "Patient",
           R"({"path":"Patient.identifier","slicing":{"discriminator":[{"type":"value","path":"system"}],"rules":"open"}},
                                         {"path":"Patient.identifier","sliceName":"nhs"})",
           {}, "urn:base"),
       profile("Patient",
               R"({"id":"Patient.identifier:nhs.value","path":"Patient.identifier.value","min":1})",
               "urn:base")});
  EXPECT_EQ(made.element("Patient.identifier:nhs.value").child("min").text(), "1");
  EXPECT_FALSE(made.element("Patient.identifier.value"));
  EXPECT_EQ(made.issue_texts(), "");
}

TEST(Snapshot, BindingKeepsItsValueSetWhenOnlyTheStrengthChanges) {
  const Made made(
      profile("Patient", R"({"path":"Patient.maritalStatus","binding":{"strength":"required"}})"));
  const tree::Node binding = made.element("Patient.maritalStatus").child("binding");
  EXPECT_EQ(binding.child("strength").text(), "required");
  EXPECT_EQ(binding.child("valueSet").text(), "http://hl7.org/fhir/ValueSet/marital-status");
}

TEST(Snapshot, IsMadeOnceAndKept) {
  const Made made(profile("Patient", R"({"path":"Patient.birthDate","min":1})"));
  IssueList issues;
  EXPECT_EQ(made.snapshots_.structure(kUrl, issues), made.structure_);
  EXPECT_EQ(made.snapshots_.structure(core("Patient"), issues), made.registry_.find(core("Patient")))
      << "published";
}

TEST(Snapshot, IsTheSameForEveryThread) {
  const Made made(profile("Patient", R"({"path":"Patient.birthDate","min":1})"));
  std::vector<tree::Node> found(4);
  std::vector<std::thread> threads;
  for (tree::Node& each : found) {
    threads.emplace_back([&made, &each] {
      IssueList issues;
      each = made.snapshots_.structure(core("bmi"), issues);
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_THAT(found, testing::Each(found[0]));
}

struct ImpossibleCase {
  const char* name;
  std::string json;
  const char* says;  ///< Place and words.
};

void PrintTo(const ImpossibleCase& which,
             std::ostream* out) {  // NOLINT(readability-identifier-naming): gtest's
  *out << which.name;
}

class Impossible : public testing::TestWithParam<ImpossibleCase> {};

TEST_P(Impossible, SaysWhyWithThePlace) {
  const Made made(GetParam().json);
  EXPECT_TRUE(made.issues_.has_error());
  EXPECT_THAT(made.issue_texts(), HasSubstr(GetParam().says));
}

INSTANTIATE_TEST_SUITE_P(
    Snapshot, Impossible,
    testing::Values(
        ImpossibleCase{"unknown_path", profile("Patient", R"({"path":"Patient"},{"path":"Patient.nothing"})"),
                       "differential.element[1]: The base has no element of this path"},
        ImpossibleCase{"unknown_below_a_type", profile("Patient", R"({"path":"Patient.name.nothing"})"),
                       "element[0]: The base has no element of this path"},
        ImpossibleCase{"empty_part", profile("Patient", R"({"path":"Patient..name"})"),
                       "element[0].path: The path has an empty part"},
        ImpossibleCase{"another_type", profile("Patient", R"({"path":"Observation.code"})"),
                       "The paths do not start with the type of the structure"},
        ImpossibleCase{"smaller_min", profile("Observation", R"({"path":"Observation.status","min":0})"),
                       "element[0].min: The least number is under that of the base"},
        ImpossibleCase{"larger_max", profile("Patient", R"({"path":"Patient.gender","max":"*"})"),
                       "element[0].max: The largest number is over that of the base"},
        ImpossibleCase{"min_over_max", profile("Patient", R"({"path":"Patient.name","min":3,"max":"2"})"),
                       "element[0].min: The least number is over the largest"},
        ImpossibleCase{"type",
                       profile("Patient", R"({"path":"Patient.gender","type":[{"code":"Quantity"}]})"),
                       "element[0].type[0]: The base does not allow this type"},
        ImpossibleCase{"choice_type", profile("Patient", R"({"path":"Patient.deceasedQuantity","min":1})"),
                       "element[0]: The base has no element of this path"},
        ImpossibleCase{"fixed", profile("Patient", R"({"path":"Patient.active","fixedString":"x"})"),
                       "element[0].fixed: The value is of a type the element does not have"},
        ImpossibleCase{"binding",
                       profile("Patient", R"({"path":"Patient.gender","binding":{"strength":"example"}})"),
                       "element[0].binding.strength: A required binding stays required"},
        ImpossibleCase{"unsliced", profile("Patient", R"({"path":"Patient.name","sliceName":"a"})"),
                       "element[0]: There is a slice, and the element does not say how it is sliced"},
        ImpossibleCase{"twice", profile("Patient", R"({"path":"Patient.name"},{"path":"Patient.name"})"),
                       "element[1]: The differential speaks of this element twice"},
        ImpossibleCase{
            "slice_name",
            profile(
                "Observation",
                R"({"path":"Observation.value[x]","slicing":{"discriminator":[{"type":"type","path":"$this"}],"rules":"open"}},
                                                               {"path":"Observation.value[x]","sliceName":"Quantity","type":[{"code":"Quantity"}]})"),
            "element[1]: A slice by type is named after the element and one of its types"},
        ImpossibleCase{
            "constraining",
            profile("Patient", R"({"path":"Patient.extension","sliceName":"a","sliceIsConstraining":true})"),
            "element[0]: The base has no slice of this name"},
        ImpossibleCase{"unknown_base", profile("Patient", R"({"path":"Patient"})", "urn:nothing"),
                       "baseDefinition: The base is not known"},
        ImpossibleCase{"own_base", profile("Patient", R"({"path":"Patient"})", kUrl),
                       "baseDefinition: The base is not known, is built on this structure"}));

TEST(Snapshot, DifferentialOfTooManyElementsIsBounded) {
  std::string elements =
      R"({"path":"Patient.identifier","slicing":{"discriminator":[{"type":"value","path":"use"}],"rules":"open"}})";
  for (int i = 0; i < 5'100; ++i)
    elements += R"(,{"path":"Patient.identifier","sliceName":"s)" + std::to_string(i) + R"("})";
  const Made made(profile("Patient", elements));
  EXPECT_THAT(made.issue_texts(), HasSubstr("differential: The differential has over 5000 elements"));
}

TEST(Snapshot, BasesInACircleAreReported) {
  const Made made({profile("Patient", R"({"path":"Patient"})", "urn:b", "urn:a"),
                   profile("Patient", R"({"path":"Patient"})", "urn:a", "urn:b")},
                  "urn:a");
  EXPECT_FALSE(made.structure_);
  EXPECT_TRUE(made.issues_.has_error());
}

TEST(Snapshot, AProfileMayNameItselfForATypeInside) {
  const std::string extension = profile(
      "Extension",
      R"({"path":"Extension.extension","sliceName":"inner","type":[{"code":"Extension","profile":["urn:self"]}]})",
      {}, "urn:self");
  const Made made({extension}, "urn:self");
  EXPECT_TRUE(made.element("Extension.extension:inner")) << made.issue_texts();
  EXPECT_FALSE(made.issues_.has_error()) << made.issue_texts();
}

}  // namespace
}  // namespace fhir::snapshot
