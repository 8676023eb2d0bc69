// The rules of conformance resources that no definition states, each by a small resource.
#include <gtest/gtest.h>
#include <string>

#include "tests/unit/fhir/validate/checked.hpp"

namespace fhir::validate {
namespace {

using test::errors;
using test::Places;

std::string code_system(const std::string& content, const std::string& more) {
  return R"({"resourceType":"CodeSystem","url":"http://fhir.invalid/cs","name":"Cs","status":"draft","content":")" +
         content + "\"" + more + "}";
}

const char* const kColours =
    R"({"resourceType":"CodeSystem","url":"http://fhir.invalid/colours","name":"Colours","status":"draft","content":"complete",
        "property":[{"code":"warm","type":"boolean"}],
        "concept":[{"code":"red","concept":[{"code":"crimson"}]},{"code":"blue"}]})";

TEST(CodeSystemRules, CountIsThatOfTheConcepts) {
  const auto counted = [](const std::string& content, const std::string& count) {
    return errors(code_system(
        content, R"(,"count":)" + count + R"(,"concept":[{"code":"a","concept":[{"code":"b"}]}])"));
  };
  EXPECT_EQ(counted("complete", "2"), Places{});
  EXPECT_EQ(counted("complete", "1"), Places{"CodeSystem.count"});
  EXPECT_EQ(counted("fragment", "1"), Places{});
  EXPECT_EQ(errors(code_system("not-present", R"(,"concept":[{"code":"a"}])")),
            Places{"CodeSystem.concept[0]"});
}

TEST(CodeSystemRules, SupplementsAddToCodesThatExist) {
  const std::string supplements = R"(,"supplements":"http://fhir.invalid/colours")";
  EXPECT_EQ(errors(code_system("supplement", supplements + R"(,"concept":[{"code":"crimson"}])"), {kColours}),
            Places{});
  EXPECT_EQ(errors(code_system("supplement", supplements + R"(,"concept":[{"code":"red"},{"code":"green"}])"),
                   {kColours}),
            Places{"CodeSystem.concept[1]"});
  EXPECT_EQ(errors(code_system("complete", supplements), {kColours}), Places{"CodeSystem.content"});
  EXPECT_EQ(errors(code_system("supplement", supplements + R"(,"caseSensitive":true)"), {kColours}),
            Places{"CodeSystem.caseSensitive"});
  EXPECT_EQ(errors(code_system("supplement", "")), (Places{"CodeSystem", "CodeSystem.content"}));
}

TEST(CodeSystemRules, PropertiesAreDefinedOnceAndUsedAsDefined) {
  const auto with = [](const std::string& properties, const std::string& used) {
    return errors(code_system("complete", R"(,"property":[)" + properties +
                                              R"(],"concept":[{"code":"a","property":[)" + used + "]}]"));
  };
  const std::string warm = R"({"code":"warm","type":"boolean"})";
  EXPECT_EQ(with(warm, R"({"code":"warm","valueBoolean":true})"), Places{});
  EXPECT_EQ(with(warm, R"({"code":"warm","valueString":"true"})"),
            Places{"CodeSystem.concept[0].property[0]"});
  EXPECT_EQ(with(warm + "," + warm, R"({"code":"warm","valueBoolean":true})"),
            Places{"CodeSystem.property[1]"});
  const std::string parent =
      R"({"code":"parent","uri":"http://hl7.org/fhir/concept-properties#parent","type":"code"})";
  EXPECT_EQ(with(parent, R"({"code":"parent","valueCode":"a"})"), Places{});
  EXPECT_EQ(with(parent, R"({"code":"parent","valueCode":"z"})"),
            Places{"CodeSystem.concept[0].property[0]"});
  EXPECT_EQ(with(R"({"code":"parent","uri":"http://hl7.org/fhir/concept-properties#parent","type":"string"})",
                 R"({"code":"parent","valueString":"a"})"),
            Places{"CodeSystem.property[0]"});
}

TEST(CodeSystemRules, CodesAreUnique) {
  EXPECT_EQ(
      errors(code_system("complete", R"(,"concept":[{"code":"a","concept":[{"code":"b"}]},{"code":"b"}])")),
      (Places{"CodeSystem", "CodeSystem.concept[1]"}));
}

TEST(CodeSystemRules, ValueSetOfAllCodesIsThat) {
  const auto with = [](const std::string& include) {
    return errors(
        code_system("complete", R"(,"valueSet":"http://fhir.invalid/vs","concept":[{"code":"a"}])"),
        {R"({"resourceType":"ValueSet","url":"http://fhir.invalid/vs","status":"draft","compose":{"include":[)" +
         include + "]}}"});
  };
  EXPECT_EQ(with(R"({"system":"http://fhir.invalid/cs"})"), Places{});
  EXPECT_EQ(with(R"({"system":"http://fhir.invalid/other"})"), Places{"CodeSystem"});
  EXPECT_EQ(with(R"({"system":"http://fhir.invalid/cs","concept":[{"code":"a"}]})"), Places{"CodeSystem"});
}

TEST(ValueSetRules, SystemsAndCodesExist) {
  const auto with = [](const std::string& include) {
    return errors(
        R"({"resourceType":"ValueSet","url":"http://fhir.invalid/vs","status":"draft","compose":{"include":[)" +
            include + "]}}",
        {kColours,
         R"({"resourceType":"CodeSystem","url":"http://fhir.invalid/more","status":"draft","content":"supplement","supplements":"http://fhir.invalid/colours"})",
         R"({"resourceType":"ValueSet","url":"http://fhir.invalid/other","status":"draft","compose":{"include":[{"system":"http://fhir.invalid/colours"}]}})"});
  };
  const Places include{"ValueSet.compose.include[0]"};
  EXPECT_EQ(with(R"({"system":"http://fhir.invalid/colours","concept":[{"code":"crimson"}]})"), Places{});
  EXPECT_EQ(with(R"({"system":"http://fhir.invalid/unknown","concept":[{"code":"crimson"}]})"), Places{});
  EXPECT_EQ(with(R"({"system":"http://fhir.invalid/colours","concept":[{"code":"red"},{"code":"green"}]})"),
            Places{"ValueSet.compose.include[0].concept[1]"});
  EXPECT_EQ(with(R"({"system":"colours"})"), include);
  EXPECT_EQ(with(R"({"system":"http://fhir.invalid/colours|1"})"), include);
  EXPECT_EQ(with(R"({"system":"http://fhir.invalid/more"})"), include);
  EXPECT_EQ(with(R"({"system":"http://fhir.invalid/other"})"), include);
}

TEST(ValueSetRules, FiltersHaveValuesThatFit) {
  const auto with = [](const std::string& property, const std::string& op, const std::string& value) {
    return errors(
        R"({"resourceType":"ValueSet","url":"http://fhir.invalid/vs","status":"draft","compose":{"include":[{
            "system":"http://fhir.invalid/colours","filter":[{"property":")" +
            property + R"(","op":")" + op + R"(","value":")" + value + R"("}]}]}})",
        {kColours});
  };
  const Places filter{"ValueSet.compose.include[0].filter[0]"};
  EXPECT_EQ(with("concept", "is-a", "red"), Places{});
  EXPECT_EQ(with("concept", "is-a", "green"), filter);
  EXPECT_EQ(with("warm", "=", "true"), Places{});
  EXPECT_EQ(with("warm", "=", "hot"), filter);
  EXPECT_EQ(with("warm", "exists", "yes"), filter);
  EXPECT_EQ(with("code", "regex", "re.*"), Places{});
  EXPECT_EQ(with("code", "regex", "re(*"), filter);
}

TEST(ConceptMapRules, CodesMappedExist) {
  const auto with = [](const std::string& source, const std::string& target) {
    return errors(
        R"({"resourceType":"ConceptMap","status":"draft","targetUri":"http://fhir.invalid/reds","group":[{"source":"http://fhir.invalid/colours",
            "target":"http://fhir.invalid/colours","element":[{"code":")" +
            source + R"(","target":[{"code":")" + target + R"(","equivalence":"equal"}]}]}]})",
        {kColours,
         R"({"resourceType":"ValueSet","url":"http://fhir.invalid/reds","status":"draft","compose":{"include":[{
             "system":"http://fhir.invalid/colours","filter":[{"property":"concept","op":"is-a","value":"red"}]}]}})"});
  };
  EXPECT_EQ(with("blue", "crimson"), Places{});
  EXPECT_EQ(with("green", "crimson"), Places{"ConceptMap.group[0].element[0].code"});
  EXPECT_EQ(with("red", "green"), Places{"ConceptMap.group[0].element[0].target[0].code"});
  EXPECT_EQ(with("red", "blue"), Places{"ConceptMap.group[0].element[0].target[0].code"});
}

TEST(SearchParameterRules, DerivedOnesAreOfTheSameTypeAndBases) {
  const auto with = [](const std::string& type, const std::string& base, const std::string& expression) {
    return errors(
        R"({"resourceType":"SearchParameter","url":"http://fhir.invalid/sp","name":"Sp","status":"draft","description":"d","code":"birthdate",
            "derivedFrom":"http://hl7.org/fhir/SearchParameter/individual-birthdate","type":")" +
        type + R"(","base":[")" + base + R"("],"expression":")" + expression + R"("})");
  };
  EXPECT_EQ(with("date", "Patient", "Patient.birthDate"), Places{});
  EXPECT_EQ(with("token", "Patient", "Patient.birthDate"), Places{"SearchParameter"});
  EXPECT_EQ(with("date", "Group", "Patient.birthDate"), Places{"SearchParameter"});
  EXPECT_EQ(with("date", "Patient", "Patient.birthDate.("), Places{"SearchParameter.expression"});
}

TEST(OperationDefinitionRules, ProfileOfItsParametersSaysTheSame) {
  const std::string profile =
      R"({"resourceType":"StructureDefinition","url":"http://fhir.invalid/in","name":"In","status":"draft","kind":"resource","abstract":false,
          "type":"Parameters","baseDefinition":"http://hl7.org/fhir/StructureDefinition/Parameters","derivation":"constraint","differential":{"element":[
          {"id":"Parameters.parameter","path":"Parameters.parameter","slicing":{"discriminator":[{"type":"value","path":"name"}],"rules":"open"}},
          {"id":"Parameters.parameter:a","path":"Parameters.parameter","sliceName":"a","min":1,"max":"1"},
          {"id":"Parameters.parameter:a.name","path":"Parameters.parameter.name","fixedString":"a"},
          {"id":"Parameters.parameter:a.value[x]","path":"Parameters.parameter.value[x]","min":1,"type":[{"code":"string"}]},
          {"id":"Parameters.parameter:a.resource","path":"Parameters.parameter.resource","max":"0"}]}})";
  const auto with = [&](const std::string& min, const std::string& max, const std::string& type, bool exact) {
    ValidatorOptions options;
    options.official_places = !exact;
    return errors(
        R"({"resourceType":"OperationDefinition","name":"Op","status":"draft","kind":"operation","code":"op","system":true,"type":false,
            "instance":false,"inputProfile":"http://fhir.invalid/in","parameter":[{"name":"a","use":"in","min":)" +
            min + R"(,"max":")" + max + R"(","type":")" + type + R"("}]})",
        {profile}, options);
  };
  EXPECT_EQ(with("1", "1", "string", true), Places{});
  EXPECT_EQ(with("0", "1", "string", true), Places{"OperationDefinition.parameter[0]"});
  EXPECT_EQ(with("1", "*", "string", true), Places{"OperationDefinition.parameter[0]"});
  EXPECT_EQ(with("1", "1", "code", true), Places{"OperationDefinition.parameter[0]"});
  EXPECT_EQ(with("1", "1", "code", false), Places{"OperationDefinition.inputProfile.parameter[0]"});
}

std::string structure(const std::string& type, const std::string& elements, const std::string& more = {}) {
  const std::string kind = type == "Extension" ? "complex-type" : "resource";
  return R"({"resourceType":"StructureDefinition","url":"http://fhir.invalid/p","name":"P","status":"draft","kind":")" +
         kind + R"(","abstract":false,"type":")" + type +
         R"(","baseDefinition":"http://hl7.org/fhir/StructureDefinition/)" + type +
         R"(","derivation":"constraint")" + more + R"(,"differential":{"element":[)" + elements + "]}}";
}

TEST(StructureDefinitionRules, ExtensionsSayWhereTheyStandAndNameThemselves) {
  const std::string url =
      R"({"id":"Extension.url","path":"Extension.url","fixedUri":"http://fhir.invalid/p"})";
  const auto context = [](const std::string& expression) {
    return R"(,"context":[{"type":"element","expression":")" + expression + "\"}]";
  };
  EXPECT_EQ(errors(structure("Extension", url, context("Patient.contact.name"))), Places{});
  EXPECT_EQ(errors(structure("Extension", url, context("Observation.value[x]"))), Places{});
  EXPECT_EQ(errors(structure("Extension", url, context("Patient.colour"))),
            Places{"StructureDefinition.context[0]"});
  EXPECT_EQ(errors(structure("Patient", R"({"id":"Patient","path":"Patient"})", context("Patient"))),
            Places{"StructureDefinition.context[0]"});
  EXPECT_EQ(errors(structure("Extension", R"({"id":"Extension","path":"Extension"})", context("Patient"))),
            Places{"StructureDefinition"});
  EXPECT_EQ(
      errors(structure("Extension",
                       R"({"id":"Extension.url","path":"Extension.url","fixedUri":"http://fhir.invalid/q"})",
                       context("Patient"))),
      (Places{"StructureDefinition"}));
}

TEST(StructureDefinitionRules, ElementsAreAskedForWhatTheirTypeHas) {
  const auto with = [](const std::string& path, const std::string& more) {
    return errors(structure("Patient", R"({"id":")" + path + R"(","path":")" + path + "\"," + more + "}"));
  };
  const Places first{"StructureDefinition.differential.element[0]"};
  EXPECT_EQ(with("Patient.birthDate", R"("type":[{"code":"date"}],"minValueDate":"2000-01-01")"), Places{});
  EXPECT_EQ(with("Patient.active", R"("type":[{"code":"boolean"}],"minValueInteger":1)"), first);
  EXPECT_EQ(with("Patient.active", R"("type":[{"code":"boolean"}],"maxLength":1)"), first);
  EXPECT_EQ(
      with(
          "Patient.birthDate",
          R"("type":[{"code":"date"}],"binding":{"strength":"required","valueSet":"http://hl7.org/fhir/ValueSet/administrative-gender"})"),
      first);
  EXPECT_EQ(
      with(
          "Patient.gender",
          R"("type":[{"code":"code"}],"binding":{"strength":"required","valueSet":"http://hl7.org/fhir/administrative-gender"})"),
      (Places{"StructureDefinition.differential.element[0].binding"}));
  EXPECT_EQ(with("Patient.name", R"("meaningWhenMissing":"none")"), first);
}

TEST(StructureDefinitionRules, ConstraintsAreFhirPathAndHaveKeysOfTheirOwn) {
  const auto with = [](const std::string& key, const std::string& expression, const std::string& more = {}) {
    return errors(structure("Patient", R"({"id":"Patient","path":"Patient","constraint":[{"key":")" + key +
                                           R"(","severity":"error","human":"h","expression":")" + expression +
                                           "\"" + more + "}]}"));
  };
  const Places constraint{"StructureDefinition.differential.element[0].constraint[0]"};
  EXPECT_EQ(with("x-1", "name.exists()"), Places{});
  EXPECT_EQ(with("x-1", "name.exists("), constraint);
  EXPECT_EQ(with("dom-6", "name.exists()"), constraint);
  EXPECT_EQ(with("x-1", "name.exists()", R"(,"source":"http://fhir.invalid/other")"), constraint);
}

TEST(StructureDefinitionRules, ProfilesAreOfTheTypeOfTheirBase) {
  std::string other = structure("Patient", R"({"id":"Group","path":"Group"})");
  other.replace(other.find(R"("type":"Patient")"), 16, R"("type":"Group")");
  EXPECT_TRUE(errors(other).contains("StructureDefinition"));
}

TEST(StructureDefinitionRules, ObligationsComeFromProfilesForThat) {
  const auto inheriting = [](const std::string& from) {
    return structure(
        "Patient", R"({"id":"Patient","path":"Patient"})",
        R"(,"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/inherit-obligations","valueCanonical":")" +
            from + "\"}]");
  };
  const auto other = [](const std::string& flag) {
    std::string text = structure(
        "Patient", R"({"id":"Patient","path":"Patient"})",
        R"(,"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/obligation-profile-flag","valueBoolean":)" +
            flag + "}]");
    return text.replace(text.find("fhir.invalid/p"), 14, "fhir.invalid/o");
  };
  EXPECT_EQ(errors(inheriting("http://fhir.invalid/o"), {other("true")}), Places{});
  EXPECT_EQ(errors(inheriting("http://fhir.invalid/o"), {other("false")}),
            Places{"StructureDefinition.extension[0]"});
  EXPECT_EQ(errors(inheriting("http://fhir.invalid/none")), Places{"StructureDefinition.extension[0]"});
}

TEST(StructureDefinitionRules, WhatTheBaseDoesNotAllowIsAnError) {
  const auto with = [](const std::string& path, const std::string& more) {
    return errors(structure("Patient", R"({"id":")" + path + R"(","path":")" + path + "\"," + more + "}"))
        .contains("StructureDefinition");
  };
  EXPECT_FALSE(with("Patient.name", R"("min":1)"));
  EXPECT_TRUE(with("Patient.gender", R"("max":"*")"));
  EXPECT_TRUE(with("Patient.communication.language", R"("min":0)"));
  EXPECT_TRUE(with("Patient.name", R"("type":[{"code":"string"}])"));
  EXPECT_TRUE(with("Patient.gender", R"("binding":{"strength":"example"})"));
}

}  // namespace
}  // namespace fhir::validate
