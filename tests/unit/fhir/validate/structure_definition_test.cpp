// The rules of StructureDefinition, each by a small profile.
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

Places errors(const std::string& resource, const std::string& other = {}) {
  packages::Registry registry = packages::Registry::core();
  if (!other.empty()) EXPECT_TRUE(registry.add(read(other)).has_value());
  const terminology::Terminology terms(registry);
  const Validator validator(registry, terms);
  Places found;
  const IssueList issues = validator.validate(read(resource)->root());
  for (const Issue& issue : issues.items()) {
    if (issue.severity <= Severity::kError) found.insert(issue.expression);
  }
  return found;
}

std::string profile(const std::string& type, const std::string& elements, const std::string& base = {}) {
  return R"({"resourceType":"StructureDefinition","url":"http://example.org/p","name":"P","status":"draft","kind":")" +
         std::string(type == "Extension" ? "complex-type" : "resource") + R"(","abstract":false,"type":")" +
         type + R"(","baseDefinition":")" +
         (base.empty() ? "http://hl7.org/fhir/StructureDefinition/" + type : base) +
         R"(","derivation":"constraint",)" +
         (type == "Extension" ? R"("context":[{"type":"element","expression":"Patient"}],)" : "") +
         R"("differential":{"element":[)" + elements + "]}}";
}

TEST(StructureDefinition, GivesASnapshot) {
  EXPECT_EQ(errors(profile("Patient", R"({"id":"Patient.birthDate","path":"Patient.birthDate","min":1})")),
            Places{});
  EXPECT_TRUE(errors(profile("Patient", R"({"id":"Patient.colour","path":"Patient.colour","min":1})"))
                  .contains("StructureDefinition"));
  EXPECT_TRUE(errors(profile("Patient", R"({"id":"Patient..name","path":"Patient..name"})"))
                  .contains("StructureDefinition"));
}

TEST(StructureDefinition, RootIsNotSliced) {
  const Places found = errors(profile(
      "Patient",
      R"({"id":"Patient","path":"Patient","slicing":{"discriminator":[{"type":"value","path":"id"}],"rules":"open"}})"));
  EXPECT_TRUE(found.contains("StructureDefinition"));
  EXPECT_TRUE(found.contains("StructureDefinition.differential.element[0]"));
}

TEST(StructureDefinition, ProfilesAreOfTheTypeOfTheElement) {
  const auto with = [](const std::string& code, const std::string& target) {
    return profile("Patient",
                   R"({"id":"Patient.maritalStatus","path":"Patient.maritalStatus","type":[{"code":")" +
                       code + R"(","profile":["http://hl7.org/fhir/StructureDefinition/)" + target +
                       R"("]}]})");
  };
  EXPECT_EQ(errors(with("CodeableConcept", "CodeableConcept")), Places{});
  EXPECT_TRUE(errors(with("CodeableConcept", "Quantity"))
                  .contains("StructureDefinition.differential.element[0].type[0].profile[0]"));
}

TEST(StructureDefinition, FixesNoOtherValueThanItsBase) {
  const std::string base =
      R"({"resourceType":"StructureDefinition","url":"http://example.org/base","name":"B","status":"draft","kind":"complex-type",
         "abstract":false,"type":"Extension","baseDefinition":"http://hl7.org/fhir/StructureDefinition/Extension",
         "derivation":"constraint","context":[{"type":"element","expression":"Patient"}],"differential":{"element":[
         {"id":"Extension.url","path":"Extension.url","fixedUri":"http://example.org/base"}]}})";
  const auto derived = [](const std::string& url) {
    return profile("Extension",
                   R"({"id":"Extension.url","path":"Extension.url","fixedUri":")" + url + R"("})",
                   "http://example.org/base");
  };
  EXPECT_EQ(errors(derived("http://example.org/base"), base), Places{});
  EXPECT_EQ(errors(derived("http://example.org/p"), base), Places{"Extension.url"});
}

TEST(StructureDefinition, SnapshotAndDifferentialShareIds) {
  std::string both = profile("Patient", R"({"id":"Patient","path":"Patient"})");
  both.insert(both.size() - 1,
              R"(,"snapshot":{"element":[{"id":"Patient","path":"Patient","min":0,"max":"*","definition":"d",
                 "base":{"path":"Patient","min":0,"max":"*"}}]})");
  EXPECT_EQ(errors(both), Places{});
  EXPECT_EQ(
      errors(
          profile(
              "Patient",
              R"({"id":"Patient.name","path":"Patient.name"},{"id":"Patient.name","path":"Patient.name"})"))
          .contains("StructureDefinition.differential.element[1]"),
      true);
}

}  // namespace
}  // namespace fhir::validate
