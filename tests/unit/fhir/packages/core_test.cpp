#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <ostream>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/packages/registry.hpp"

namespace fhir::packages {
namespace {

struct CanonicalCase {
  const char* type;
  const char* canonical;
  const char* id;  ///< Empty: there is no such resource.
};

void PrintTo(const CanonicalCase& which,
             std::ostream* out) {  // NOLINT(readability-identifier-naming): gtest's
  *out << which.type << " " << which.canonical;
}

class CoreCanonical : public testing::TestWithParam<CanonicalCase> {};

TEST_P(CoreCanonical, FindsWhatTheDefinitionsHold) {
  const Registry registry = Registry::core();
  const tree::Node found = registry.find(GetParam().type, GetParam().canonical);
  EXPECT_EQ(found.child("id").text(), GetParam().id);
  EXPECT_EQ(registry.find(GetParam().type, GetParam().canonical), found) << "parsed twice";
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, CoreCanonical,
    testing::Values(
        CanonicalCase{"StructureDefinition", "http://hl7.org/fhir/StructureDefinition/Patient", "Patient"},
        CanonicalCase{"StructureDefinition", "http://hl7.org/fhir/StructureDefinition/Patient|4.0.1",
                      "Patient"},
        CanonicalCase{"StructureDefinition", "http://hl7.org/fhir/StructureDefinition/Patient|4.0",
                      "Patient"},
        CanonicalCase{"StructureDefinition", "http://hl7.org/fhir/StructureDefinition/Patient|4.0.0", ""},
        CanonicalCase{"StructureDefinition", "http://hl7.org/fhir/StructureDefinition/Patient|4.", ""},
        CanonicalCase{"StructureDefinition", "http://hl7.org/fhir/StructureDefinition/HumanName",
                      "HumanName"},
        CanonicalCase{"StructureDefinition", "http://hl7.org/fhir/StructureDefinition/bp", "bp"},
        CanonicalCase{"StructureDefinition", "http://hl7.org/fhir/StructureDefinition/patient-birthPlace",
                      "patient-birthPlace"},
        CanonicalCase{"ValueSet", "http://hl7.org/fhir/ValueSet/administrative-gender",
                      "administrative-gender"},
        CanonicalCase{"ValueSet", "http://terminology.hl7.org/ValueSet/v3-ActCode", "v3-ActCode"},
        CanonicalCase{"CodeSystem", "http://hl7.org/fhir/administrative-gender", "administrative-gender"},
        CanonicalCase{"CodeSystem", "http://terminology.hl7.org/CodeSystem/v2-0203", "v2-0203"},
        CanonicalCase{"CodeSystem", "http://terminology.hl7.org/CodeSystem/v2-0006|2.1", "v2-2.1-0006"},
        CanonicalCase{"CodeSystem", "http://terminology.hl7.org/CodeSystem/v2-0006", "v2-2.4-0006"},
        CanonicalCase{"CodeSystem", "http://terminology.hl7.org/CodeSystem/v3-ActCode", "v3-ActCode"},
        CanonicalCase{"SearchParameter", "http://hl7.org/fhir/SearchParameter/Patient-active",
                      "Patient-active"},
        CanonicalCase{"OperationDefinition", "http://hl7.org/fhir/OperationDefinition/ValueSet-expand",
                      "ValueSet-expand"},
        CanonicalCase{"CompartmentDefinition", "http://hl7.org/fhir/CompartmentDefinition/patient",
                      "patient"},
        CanonicalCase{"ConceptMap", "http://hl7.org/fhir/ConceptMap/cm-name-use-v3", "cm-name-use-v3"},
        CanonicalCase{"ValueSet", "http://hl7.org/fhir/StructureDefinition/Patient", ""},
        CanonicalCase{"StructureDefinition", "http://example.org/nothing", ""},
        CanonicalCase{"StructureDefinition", "", ""}));

TEST(CoreRegistry, KeepsElementTextsAndDropsNarrative) {
  const Registry registry = Registry::core();
  const tree::Node patient = registry.find("http://hl7.org/fhir/StructureDefinition/Patient");
  EXPECT_FALSE(patient.child("text"));
  EXPECT_FALSE(patient.at("snapshot", "element", "definition").text().empty());
  EXPECT_TRUE(patient.at("differential", "element", "mapping"));
}

TEST(CoreRegistry, ParsesEveryResourceWithoutFault) {
  const Registry registry = Registry::core();
  std::size_t count = 0;
  for (const char* type : {"StructureDefinition", "ValueSet", "CodeSystem", "ConceptMap", "SearchParameter",
                           "OperationDefinition", "CompartmentDefinition", "CapabilityStatement"}) {
    for (const std::string_view url : registry.canonicals(type)) {
      const tree::Node found = registry.find(type, url);
      ASSERT_EQ(found.type(), type) << url;
      ASSERT_EQ(found.child("url").text().substr(0, url.size()), url);
      ++count;
    }
  }
  EXPECT_EQ(count, 4471u) << "4474, three of them further versions";
  EXPECT_THAT(registry.faults().items(), testing::IsEmpty());
}

TEST(RegistryAddition, WinsOverTheCore) {
  Registry registry = Registry::core();
  constexpr std::string_view kUrl = "http://hl7.org/fhir/ValueSet/administrative-gender";
  const tree::Node core = registry.find(kUrl);
  const auto add = [&registry](std::string_view json) {
    return registry.add(json::read(json, definitions::r4()).tree);
  };
  ASSERT_TRUE(add(R"({"resourceType":"ValueSet","id":"mine","url":")" + std::string(kUrl) +
                  R"(","version":"9","status":"draft"})")
                  .has_value());
  EXPECT_EQ(registry.find(kUrl).child("id").text(), "mine");
  EXPECT_EQ(registry.find(std::string(kUrl) + "|4.0.1"), core);
  EXPECT_EQ(core.child("id").text(), "administrative-gender") << "nodes outlive an addition";
}

TEST(RegistryAddition, TakesTheEntriesOfABundle) {
  Registry registry = Registry::core();
  constexpr std::string_view kBundle = R"({"resourceType":"Bundle","type":"collection","entry":[
    {"resource":{"resourceType":"CodeSystem","url":"http://example.org/a","status":"draft","content":"complete"}},
    {"resource":{"resourceType":"Basic"}},
    {"resource":{"resourceType":"ValueSet","url":"http://example.org/b","status":"draft"}}]})";
  ASSERT_TRUE(registry.add(json::read(kBundle, definitions::r4()).tree).has_value());
  EXPECT_TRUE(registry.find("CodeSystem", "http://example.org/a"));
  EXPECT_TRUE(registry.find("http://example.org/b"));
  EXPECT_THAT(registry.canonicals("CodeSystem"), testing::Contains("http://example.org/a"));
}

TEST(RegistryAddition, RefusesAResourceWithoutACanonical) {
  Registry registry = Registry::core();
  for (const std::string_view json :
       {R"({"resourceType":"Patient","id":"a"})", R"({"resourceType":"ValueSet","status":"draft"})"}) {
    const Status added = registry.add(json::read(json, definitions::r4()).tree);
    ASSERT_FALSE(added.has_value());
    EXPECT_EQ(added.error().code, ErrorCode::kUnprocessable);
  }
}

}  // namespace
}  // namespace fhir::packages
