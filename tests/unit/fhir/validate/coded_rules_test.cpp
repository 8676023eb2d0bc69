// Codes, their systems and displays, and identifiers, each by a small resource.
#include <gtest/gtest.h>
#include <string>

#include "tests/unit/fhir/validate/checked.hpp"

namespace fhir::validate {
namespace {

using test::errors;
using test::Places;
using test::places;

std::string patient(const std::string& more) {
  return R"({"resourceType":"Patient",)" + more + "}";
}

std::string married(const std::string& coding) {
  return patient(R"("meta":{"profile":["http://fhir.invalid/p"]},"maritalStatus":{"coding":[)" + coding +
                 "]}");
}

const char* const kMarried =
    R"({"system":"http://terminology.hl7.org/CodeSystem/v3-MaritalStatus","code":"M","display":"verheiratet"})";

/// A profile that binds to a value set it contains itself, whose displays are in another language.
std::string profile_with(const std::string& listed) {
  return R"({"resourceType":"StructureDefinition","url":"http://fhir.invalid/p","name":"P","status":"draft","kind":"resource","abstract":false,
      "type":"Patient","baseDefinition":"http://hl7.org/fhir/StructureDefinition/Patient","derivation":"constraint",
      "contained":[{"resourceType":"ValueSet","id":"own","status":"draft","compose":{"include":[{
        "system":"http://terminology.hl7.org/CodeSystem/v3-MaritalStatus","concept":[)" +
         listed +
         R"(]}]}}],"differential":{"element":[{"id":"Patient.maritalStatus","path":"Patient.maritalStatus",
        "binding":{"strength":"required","valueSet":"#own"}}]}})";
}

TEST(CodedRules, DisplayOfTheBoundValueSetIsRightToo) {
  const std::string named = R"({"code":"M","display":"verheiratet"})";
  const std::string designated = R"({"code":"M","designation":[{"language":"de","value":"verheiratet"}]})";
  EXPECT_EQ(errors(married(kMarried), {profile_with(named)}), Places{});
  EXPECT_EQ(errors(married(kMarried), {profile_with(designated)}), Places{});
  EXPECT_EQ(errors(married(kMarried), {profile_with(R"({"code":"M"})")}),
            Places{"Patient.maritalStatus.coding[0].display"});
}

TEST(CodedRules, ValueSetInsideTheProfileBinds) {
  EXPECT_EQ(
      errors(married(R"({"system":"http://terminology.hl7.org/CodeSystem/v3-MaritalStatus","code":"S"})"),
             {profile_with(R"({"code":"M"})")}),
      Places{"Patient.maritalStatus"});
}

TEST(CodedRules, ValueSetInsideTheQuestionnaireLimitsAnswers) {
  const std::string questionnaire =
      R"({"resourceType":"Questionnaire","url":"http://fhir.invalid/q","status":"active","contained":[{"resourceType":"ValueSet","id":"own",
          "status":"draft","compose":{"include":[{"system":"http://fhir.invalid/s","concept":[{"code":"a"}]}]}}],
          "item":[{"linkId":"1","type":"choice","answerValueSet":"#own"}]})";
  const auto answered = [](const std::string& code) {
    return R"({"resourceType":"QuestionnaireResponse","questionnaire":"http://fhir.invalid/q","status":"completed","item":[{"linkId":"1",
        "answer":[{"valueCoding":{"system":"http://fhir.invalid/s","code":")" +
           code + "\"}}]}]}";
  };
  EXPECT_EQ(errors(answered("a"), {questionnaire}), Places{});
  EXPECT_EQ(errors(answered("b"), {questionnaire}), Places{"QuestionnaireResponse.item[0].answer[0]"});
}

TEST(CodedRules, SystemsAreAbsoluteAndNoValueSets) {
  const auto with = [](const std::string& system) {
    return errors(patient(R"("maritalStatus":{"coding":[{"system":")" + system + R"(","code":"M"}]})"));
  };
  const Places place{"Patient.maritalStatus.coding[0].system"};
  EXPECT_EQ(with("http://terminology.hl7.org/CodeSystem/v3-MaritalStatus"), Places{});
  EXPECT_EQ(with("http://fhir.invalid/unknown"), Places{});
  EXPECT_EQ(with("marital-status"), place);
  EXPECT_EQ(with("http://hl7.org/fhir/ValueSet/marital-status"), place);
}

TEST(CodedRules, IdentifiersHaveAbsoluteSystems) {
  const auto with = [](const std::string& system) {
    return errors(patient(R"("identifier":[{"system":")" + system + R"(","value":"1"}])"));
  };
  EXPECT_EQ(with("http://fhir.invalid/id"), Places{});
  EXPECT_EQ(with("urn:oid:1.2.3"), Places{});
  EXPECT_EQ(with("local"), Places{"Patient.identifier[0]"});
}

TEST(CodedRules, MalformedCodesOfSystemsNobodyMayPassOnAreWarnings) {
  const auto with = [](const std::string& system, const std::string& code) {
    return places(Severity::kWarning,
                  R"({"resourceType":"Observation","status":"final","code":{"coding":[{"system":")" + system +
                      R"(","code":")" + code + R"("}]}})");
  };
  const std::string place = "Observation.code.coding[0].code";
  EXPECT_FALSE(with("http://snomed.info/sct", "271649006").contains(place));
  EXPECT_TRUE(with("http://snomed.info/sct", "271649007").contains(place));
  EXPECT_TRUE(with("http://loinc.org", "8867-5").contains(place));
}

TEST(CodedRules, UnitsOutsideUcumAreWarnings) {
  const auto with = [](const std::string& code) {
    return places(
        Severity::kWarning,
        R"({"resourceType":"Observation","status":"final","code":{"text":"a"},"valueQuantity":{"value":1,
                      "system":"http://unitsofmeasure.org","code":")" +
            code + R"("}})");
  };
  EXPECT_FALSE(with("mg/dL").contains("Observation.value.ofType(Quantity)"));
  EXPECT_TRUE(with("tablets").contains("Observation.value.ofType(Quantity)"));
}

TEST(ExtensionRules, ElementsOfOtherReleasesThatModifyAreModifiers) {
  const std::string animal =
      R"([{"url":"http://hl7.org/fhir/3.0/StructureDefinition/extension-Patient.animal","extension":[{"url":"species","valueCodeableConcept":{"text":"dog"}}]}])";
  EXPECT_EQ(errors(patient("\"extension\":" + animal)), Places{"Patient.extension[0]"});
  EXPECT_EQ(errors(patient("\"modifierExtension\":" + animal)), Places{});
}

/// An extension on Patient whose value is a string.
std::string extension_with(const std::string& more) {
  return R"({"resourceType":"StructureDefinition","url":"http://fhir.invalid/e","name":"E","status":"draft","kind":"complex-type","abstract":false,
      "type":"Extension","baseDefinition":"http://hl7.org/fhir/StructureDefinition/Extension","derivation":"constraint",
      "context":[{"type":"element","expression":"Patient"}])" +
         more +
         R"(,"differential":{"element":[{"id":"Extension.url","path":"Extension.url","fixedUri":"http://fhir.invalid/e"},
        {"id":"Extension.value[x]","path":"Extension.value[x]","type":[{"code":"string"}]}]}})";
}

TEST(ExtensionRules, ACodeIsNoString) {
  const auto with = [](const std::string& value) {
    return errors(patient(R"("extension":[{"url":"http://fhir.invalid/e",)" + value + "}]"),
                  {extension_with("")});
  };
  EXPECT_EQ(with(R"("valueString":"a")"), Places{});
  EXPECT_EQ(with(R"("valueCode":"a")"), Places{"Patient.extension[0]"});
  EXPECT_EQ(with(R"("valueMarkdown":"a")"), Places{"Patient.extension[0]"});
}

TEST(ExtensionRules, ConditionsOfTheirContextHold) {
  const auto with = [](const std::string& active) {
    return errors(patient(R"("active":)" + active +
                          R"(,"extension":[{"url":"http://fhir.invalid/e","valueString":"a"}])"),
                  {extension_with(R"(,"contextInvariant":["active"])")});
  };
  EXPECT_EQ(with("true"), Places{});
  EXPECT_EQ(with("false"), Places{"Patient"});
}

TEST(NarrativeRules, ImagesAreInTheResource) {
  const auto with = [](const std::string& source) {
    return places(
        Severity::kWarning,
        patient(
            R"("contained":[{"resourceType":"Binary","id":"logo","contentType":"image/png"}],"photo":[{"url":"#logo"}],
           "text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><img src=\")" +
            source + R"(\" alt=\"a\"/></div>"})"));
  };
  EXPECT_FALSE(with("#logo").contains("Patient.text.div"));
  EXPECT_TRUE(with("#none").contains("Patient.text.div"));
}

}  // namespace
}  // namespace fhir::validate
