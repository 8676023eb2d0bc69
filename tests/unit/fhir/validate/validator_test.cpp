// The rules of the whole validator, one row each: a resource, the profile it is asked to have, and the errors
// it must give, no more and no fewer.
#include "fhir/validate/validator.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/packages/registry.hpp"
#include "fhir/terminology/terminology.hpp"

namespace fhir::validate {
namespace {

using Places = std::vector<std::string>;

tree::TreePtr read(std::string_view text) {
  tree::ReadOutcome outcome = json::read(text, definitions::r4());
  EXPECT_NE(outcome.tree, nullptr) << text;
  return outcome.tree;
}

/// A profile of `type` with these elements in its differential.
std::string profile(std::string_view id, std::string_view type, std::string_view elements) {
  std::string out = R"({"resourceType":"StructureDefinition","url":"http://fhir.invalid/)";
  out.append(id)
      .append(R"(","name":"T","status":"draft","kind":"resource","abstract":false,"type":")")
      .append(type);
  out.append(R"(","baseDefinition":"http://hl7.org/fhir/StructureDefinition/)").append(type);
  out.append(R"(","derivation":"constraint","differential":{"element":[)").append(elements).append("]}}");
  return out;
}

Places places(const IssueList& issues, Severity severity) {
  Places out;
  for (const Issue& issue : issues.items()) {
    if (issue.severity != severity) continue;
    if (std::find(out.begin(), out.end(), issue.expression) == out.end()) out.push_back(issue.expression);
  }
  std::sort(out.begin(), out.end());
  return out;
}

/// Validates against profile `http://fhir.invalid/p` made of `elements`, or against the base alone.
IssueList validate(std::string_view type, std::string_view elements, std::string_view resource,
                   ValidatorOptions options = {}, std::string_view other_profile = {}) {
  packages::Registry registry = packages::Registry::core();
  std::vector<std::string> profiles;
  if (!elements.empty()) {
    EXPECT_TRUE(registry.add(read(profile("p", type, elements))).has_value());
    profiles.emplace_back("http://fhir.invalid/p");
  }
  if (!other_profile.empty()) EXPECT_TRUE(registry.add(read(other_profile)).has_value());
  const terminology::Terminology terminology(registry);
  const Validator validator(registry, terminology, std::move(options));
  const tree::TreePtr tree = read(resource);
  return validator.validate(tree->root(), resource, profiles);
}

struct ProfileCase {
  const char* name;
  const char* type;
  const char* elements;
  const char* resource;
  Places errors;
};

class ProfileRule : public testing::TestWithParam<ProfileCase> {};

TEST_P(ProfileRule, GivesExactlyItsErrors) {
  const ProfileCase& row = GetParam();
  EXPECT_EQ(places(validate(row.type, row.elements, row.resource), Severity::kError), row.errors);
}

template <class Case>
std::string name_of(const testing::TestParamInfo<Case>& info) {
  return info.param.name;
}

const ProfileCase kValues[] = {
    {"FixedValueDiffers",
     "Patient",
     R"j({"path":"Patient.gender","fixedCode":"female"})j",
     R"j({"resourceType":"Patient","gender":"male"})j",
     {"Patient.gender"}},
    {"FixedValueEqual",
     "Patient",
     R"j({"path":"Patient.gender","fixedCode":"female"})j",
     R"j({"resourceType":"Patient","gender":"female"})j",
     {}},
    {"FixedComplexReportsTheDifferingPart",
     "Patient",
     R"j({"path":"Patient.maritalStatus","fixedCodeableConcept":{"text":"a"}})j",
     R"j({"resourceType":"Patient","maritalStatus":{"text":"b"}})j",
     {"Patient.maritalStatus.text"}},
    {"PatternAllowsMore",
     "Observation",
     R"j({"path":"Observation.code","patternCodeableConcept":{"text":"a"}})j",
     R"j({"resourceType":"Observation","status":"final","code":{"id":"x","text":"a"}})j",
     {}},
    {"PatternMissingRepeatIsTheElements",
     "Observation",
     R"j({"path":"Observation.code","patternCodeableConcept":{"coding":[{"system":"http://a.invalid","code":"c"}]}})j",
     R"j({"resourceType":"Observation","status":"final","code":{"text":"a"}})j",
     {"Observation.code"}},
    {"MaxLengthCountsCharacters",
     "Patient",
     R"j({"path":"Patient.name.family","maxLength":3})j",
     R"j({"resourceType":"Patient","name":[{"family":"äöü"},{"family":"abcd"}]})j",
     {"Patient.name[1].family"}},
    {"MinValueConvertsUnits",
     "Observation",
     R"j({"path":"Observation.value[x]","type":[{"code":"Quantity"}],"minValueQuantity":{"value":1,"system":"http://unitsofmeasure.org","code":"kg"}})j",
     R"j({"resourceType":"Observation","status":"final","code":{"text":"a"},"valueQuantity":{"value":999,"unit":"g","system":"http://unitsofmeasure.org","code":"g"}})j",
     {"Observation.value.ofType(Quantity)"}},
    {"MaxValueOfDates",
     "Patient",
     R"j({"path":"Patient.birthDate","maxValueDate":"2000-01-01"})j",
     R"j({"resourceType":"Patient","birthDate":"2000-01-02"})j",
     {"Patient.birthDate"}},
    {"MinIsReportedAtTheParent",
     "Patient",
     R"j({"path":"Patient.name","min":1})j",
     R"j({"resourceType":"Patient"})j",
     {"Patient"}},
    {"MaxZero",
     "Patient",
     R"j({"path":"Patient.name","max":"0"})j",
     R"j({"resourceType":"Patient","name":[{"text":"a"}]})j",
     {"Patient"}},
    {"OtherTypeOfAChoice",
     "Observation",
     R"j({"path":"Observation.value[x]","type":[{"code":"Quantity"}]})j",
     R"j({"resourceType":"Observation","status":"final","code":{"text":"a"},"valueString":"a"})j",
     {"Observation.value.ofType(string)"}},
    {"ConstraintFails",
     "Patient",
     R"j({"path":"Patient.name","constraint":[{"key":"k","severity":"error","human":"h","expression":"family.exists()"}]})j",
     R"j({"resourceType":"Patient","name":[{"text":"a"},{"family":"b"}]})j",
     {"Patient.name[0]"}},
    {"ConstraintThatGivesNothingFails",
     "Patient",
     R"j({"path":"Patient","constraint":[{"key":"k","severity":"error","human":"h","expression":"active"}]})j",
     R"j({"resourceType":"Patient"})j",
     {"Patient"}},
    {"ConstraintOfTheBaseIsNotAskedTwice",
     "Patient",
     R"j({"path":"Patient.contact","constraint":[{"key":"pat-1","severity":"error","human":"h","expression":"name.exists() or telecom.exists() or address.exists() or organization.exists()"}]
})j",
     R"j({"resourceType":"Patient","contact":[{"gender":"male"}]})j",
     {"Patient.contact[0]"}},
    {"RequiredBindingOfAProfile",
     "Patient",
     R"j({"path":"Patient.maritalStatus","binding":{"strength":"required","valueSet":"http://hl7.org/fhir/ValueSet/administrative-gender"}})j",
     R"j({"resourceType":"Patient","maritalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-MaritalStatus","code":"M"}]}})j",
     {"Patient.maritalStatus"}},
    {"AggregationContained",
     "Observation",
     R"j({"path":"Observation.subject","type":[{"code":"Reference","targetProfile":["http://hl7.org/fhir/StructureDefinition/Patient"],"aggregation":["contained"]}]})j",
     R"j({"resourceType":"Observation","status":"final","code":{"text":"a"},"subject":{"reference":"Patient/1"}})j",
     {"Observation.subject"}},
};
INSTANTIATE_TEST_SUITE_P(Values, ProfileRule, testing::ValuesIn(kValues), name_of<ProfileCase>);

#define SLICED_NAMES(rules)                                                                                         \
  R"({"id":"Patient.name","path":"Patient.name","slicing":{"discriminator":[{"type":"value","path":"use"}],)" rules \
  R"(}},{"id":"Patient.name:o","path":"Patient.name","sliceName":"o","min":1,"max":"1"},)"                          \
  R"({"id":"Patient.name:o.use","path":"Patient.name.use","min":1,"fixedCode":"official"},)"                        \
  R"({"id":"Patient.name:u","path":"Patient.name","sliceName":"u","min":0,"max":"1"},)"                             \
  R"({"id":"Patient.name:u.use","path":"Patient.name.use","min":1,"fixedCode":"usual"},)"                           \
  R"({"id":"Patient.name:u.text","path":"Patient.name.text","min":1})"

const ProfileCase kSlicing[] = {
    {"SliceFound",
     "Patient",
     SLICED_NAMES(R"("rules":"open")"),
     R"j({"resourceType":"Patient","name":[{"text":"x"},{"use":"official","text":"a"}]})j",
     {}},
    {"SliceMissingIsReportedAtTheParent",
     "Patient",
     SLICED_NAMES(R"("rules":"open")"),
     R"j({"resourceType":"Patient","name":[{"use":"old","text":"a"}]})j",
     {"Patient"}},
    {"SliceTwice",
     "Patient",
     SLICED_NAMES(R"("rules":"open")"),
     R"j({"resourceType":"Patient","name":[{"use":"official","text":"a"},{"use":"official","text":"b"}]})j",
     {"Patient"}},
    {"ContentOfASlice",
     "Patient",
     SLICED_NAMES(R"("rules":"open")"),
     R"j({"resourceType":"Patient","name":[{"use":"official","text":"a"},{"use":"usual","family":"b"}]})j",
     {"Patient.name[1]"}},
    {"ClosedSlicing",
     "Patient",
     SLICED_NAMES(R"("rules":"closed")"),
     R"j({"resourceType":"Patient","name":[{"use":"official","text":"a"},{"text":"b"}]})j",
     {"Patient.name[1]"}},
    {"OpenAtEnd",
     "Patient",
     SLICED_NAMES(R"("rules":"openAtEnd")"),
     R"j({"resourceType":"Patient","name":[{"text":"b"},{"use":"official","text":"a"},{"text":"c"}]})j",
     {"Patient.name[1]"}},
    {"Ordered",
     "Patient",
     SLICED_NAMES(R"("ordered":true,"rules":"open")"),
     R"j({"resourceType":"Patient","name":[{"use":"usual","text":"b"},{"use":"official","text":"a"}]})j",
     {"Patient.name[1]"}},
    {"ByExists",
     "Patient",
     R"j({"id":"Patient.name","path":"Patient.name","slicing":{"discriminator":[{"type":"exists","path":"family"}],"rules":"closed"}},
        {"id":"Patient.name:f","path":"Patient.name","sliceName":"f"},{"id":"Patient.name:f.family","path":"Patient.name.family","min":1})j",
     R"j({"resourceType":"Patient","name":[{"family":"a"},{"text":"b"}]})j",
     {"Patient.name[1]"}},
    {"ByTypeOfAChoice",
     "Observation",
     R"j({"id":"Observation.value[x]","path":"Observation.value[x]","slicing":{"discriminator":[{"type":"type","path":"$this"}],"rules":"open"}},
        {"id":"Observation.value[x]:valueQuantity","path":"Observation.value[x]","sliceName":"valueQuantity","type":[{"code":"Quantity"}]},
        {"id":"Observation.value[x]:valueQuantity.code","path":"Observation.value[x].code","min":1})j",
     R"j({"resourceType":"Observation","status":"final","code":{"text":"a"},"valueQuantity":{"value":1}})j",
     {"Observation.value.ofType(Quantity)"}},
    {"ByResolvedType",
     "Observation",
     R"j({"id":"Observation.performer","path":"Observation.performer","slicing":{"discriminator":[{"type":"type","path":"resolve()"}],"rules":"open"}
},
        {"id":"Observation.performer:p","path":"Observation.performer","sliceName":"p","min":1,"type":[{"code":"Reference","targetProfile":["http://hl7.org/fhir/StructureDefinition/Practitioner"]}]})j",
     R"j({"resourceType":"Observation","status":"final","code":{"text":"a"},"contained":[{"resourceType":"Practitioner","id":"x"}],"performer":[{"reference":"#x"}]})j",
     {}},
    {"ByExtension",
     "Patient",
     R"j({"id":"Patient.contact","path":"Patient.contact","slicing":{"discriminator":[{"type":"value","path":"extension('http://example.org/e').value"}],"rules":"open"}},
        {"id":"Patient.contact:c","path":"Patient.contact","sliceName":"c","max":"0"},
        {"id":"Patient.contact:c.extension","path":"Patient.contact.extension","slicing":{"discriminator":[{"type":"value","path":"url"}],"rules":"open"}},
        {"id":"Patient.contact:c.extension:e","path":"Patient.contact.extension","sliceName":"http://example.org/e","min":1},
        {"id":"Patient.contact:c.extension:e.url","path":"Patient.contact.extension.url","fixedUri":"http://example.org/e"},
        {"id":"Patient.contact:c.extension:e.value[x]","path":"Patient.contact.extension.value[x]","fixedCode":"z"})j",
     R"j({"resourceType":"Patient","contact":[{"extension":[{"url":"http://example.org/e","valueCode":"z"}],"name":{"text":"a"}}]})j",
     {"Patient"}},
};
INSTANTIATE_TEST_SUITE_P(Slicing, ProfileRule, testing::ValuesIn(kSlicing), name_of<ProfileCase>);

struct BaseCase {
  const char* name;
  const char* resource;
  Places errors;
};

class BaseRule : public testing::TestWithParam<BaseCase> {};

TEST_P(BaseRule, GivesExactlyItsErrors) {
  EXPECT_EQ(places(validate("", "", GetParam().resource), Severity::kError), GetParam().errors);
}

const BaseCase kBase[] = {
    {"UnknownElementIsReportedAtTheParent", R"j({"resourceType":"Patient","colour":"red"})j", {"Patient"}},
    {"InvariantOfAnElement",
     R"j({"resourceType":"Patient","contact":[{"gender":"male"}]})j",
     {"Patient.contact[0]"}},
    {"InvariantOfADataType",
     R"j({"resourceType":"Encounter","status":"planned","class":{"code":"a"},"period":{"start":"2020-01-02","end":"2020-01-01"}})j",
     {"Encounter.period"}},
    {"WhenRepeatsInATiming",
     R"j({"resourceType":"ServiceRequest","status":"active","intent":"order","subject":{"reference":"Patient/1"},"occurrenceTiming":{"repeat":{"offset":5,"when":["HS","WAKE"]}}})j",
     {}},
    {"UnknownExtension",
     R"j({"resourceType":"Patient","extension":[{"url":"http://nobody.invalid/x","valueCode":"a"}]})j",
     {"Patient.extension[0]"}},
    {"ExampleExtension",
     R"j({"resourceType":"Patient","extension":[{"url":"http://example.org/x","valueCode":"a"}]})j",
     {}},
    {"ExtensionElsewhere",
     R"j({"resourceType":"Observation","status":"final","code":{"text":"a"},"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-birthPlace","valueAddress":{"text":"x"}}]})j",
     {"Observation"}},
    {"ExtensionOfAnotherType",
     R"j({"resourceType":"Patient","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-birthPlace","valueString":"x"}]})j",
     {"Patient.extension[0]"}},
    {"ExtensionWithUnknownPart",
     R"j({"resourceType":"Patient","extension":[{"url":"http://hl7.org/fhir/StructureDefinition/patient-nationality","extension":[{"url":"colour","valueString":"x"}]}]})j",
     {"Patient.extension[0].extension[0]"}},
    {"ContainedUnused",
     R"j({"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","name":"a"}]})j",
     {"Patient.contained[0]"}},
    {"ContainedReferringBack",
     R"j({"resourceType":"Patient","contained":[{"resourceType":"Observation","id":"o","status":"final","code":{"text":"a"},"subject":{"reference":"#"}}]})j",
     {}},
    {"ContainedMissing",
     R"j({"resourceType":"Patient","managingOrganization":{"reference":"#o"}})j",
     {"Patient.managingOrganization"}},
    {"TypeOfAReference",
     R"j({"resourceType":"Patient","managingOrganization":{"reference":"Organization/1","type":"Patient"}})j",
     {"Patient.managingOrganization"}},
    {"DuplicateElementIds",
     R"j({"resourceType":"Patient","name":[{"id":"a","text":"x"},{"id":"a","text":"y"}]})j",
     {"Patient.name[1]"}},
    {"CodeOfARequiredBinding", R"j({"resourceType":"Patient","gender":"cat"})j", {"Patient.gender"}},
    {"DisplayOfACode",
     R"j({"resourceType":"Patient","maritalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-MaritalStatus","code":"M","display":"Purple"}]}})j",
     {"Patient.maritalStatus.coding[0].display"}},
    {"LinkOfANarrative",
     R"j({"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><a href=\"#gone\">a</a></div>"}})j",
     {"Patient.text.div"}},
    {"SchemeOfALink",
     R"j({"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><a href=\"urn:uuid:1\">a</a></div>"}})j",
     {"Patient.text.div"}},
    {"HtmlInAString",
     R"j({"resourceType":"Patient","name":[{"text":"<script>"}]})j",
     {"Patient.name[0].text"}},
    {"LessThanInAString", R"j({"resourceType":"Patient","name":[{"text":"a < b > c"}]})j", {}},
    {"SizeOfAnAttachment",
     R"j({"resourceType":"Patient","photo":[{"contentType":"image/png","data":"AAAA","size":9}]})j",
     {"Patient.photo[0]"}},
    {"VitalSignWithoutItsCategory",
     R"j({"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},"subject":{"reference":"Patient/1"},"effectiveDateTime":"2020-01-01","valueQuantity":{"value":60,"unit":"/min","system":"http://unitsofmeasure.org","code":"/min"}})j",
     {"Observation"}},
    {"VitalSignOfAPeriod",
     R"j({"resourceType":"Observation","status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},"subject":{"reference":"Patient/1"},"effectivePeriod":{"end":"2020-01-01"},"valueQuantity":{"value":60,"unit":"/min","system":"http://unitsofmeasure.org","code":"/min"}})j",
     {}},
    {"VitalSignOfAMonth",
     R"j({"resourceType":"Observation","status":"final","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]}],"code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},"subject":{"reference":"Patient/1"},"effectiveDateTime":"2020-01","valueQuantity":{"value":60,"unit":"/min","system":"http://unitsofmeasure.org","code":"/min"}})j",
     {"Observation.effective.ofType(dateTime)"}},
    {"DocumentEntryNamedByAnAttachment",
     R"j({"resourceType":"Bundle","type":"document","identifier":{"system":"urn:x:y","value":"1"},"timestamp":"2020-01-01T00:00:00Z","entry":[
        {"fullUrl":"http://s.invalid/Composition/c","resource":{"resourceType":"Composition","id":"c","status":"final","type":{"text":"t"},"date":"2020","subject":{"reference":"Patient/p"},"author":[{"display":"a"}],"title":"t"}},
        {"fullUrl":"http://s.invalid/Patient/p","resource":{"resourceType":"Patient","id":"p","photo":[{"contentType":"image/png","url":"http://s.invalid/Binary/b"}]}},
        {"fullUrl":"http://s.invalid/Binary/b","resource":{"resourceType":"Binary","id":"b","contentType":"image/png","data":"AAAA"}}]})j",
     {}},
    {"DocumentEntryNamedAsASystemOnly",
     R"j({"resourceType":"Bundle","type":"document","identifier":{"system":"urn:x:y","value":"1"},"timestamp":"2020-01-01T00:00:00Z","entry":[
        {"fullUrl":"http://s.invalid/Composition/c","resource":{"resourceType":"Composition","id":"c","status":"final","type":{"coding":[{"system":"http://s.invalid/Binary/b","code":"t"}]},"date":"2020","author":[{"display":"a"}],"title":"t"}},
        {"fullUrl":"http://s.invalid/Binary/b","resource":{"resourceType":"Binary","id":"b","contentType":"image/png","data":"AAAA"}}]})j",
     {"Bundle.entry[2]"}},
    {"DocumentWithUnreachableEntry",
     R"j({"resourceType":"Bundle","type":"document","identifier":{"system":"urn:x:y","value":"1"},"timestamp":"2020-01-01T00:00:00Z","entry":[
        {"fullUrl":"http://s.invalid/Composition/c","resource":{"resourceType":"Composition","id":"c","status":"final","type":{"text":"t"},"date":"2020","author":[{"display":"a"}],"title":"t"}},
        {"fullUrl":"http://s.invalid/Patient/p","resource":{"resourceType":"Patient","id":"p"}}]})j",
     {"Bundle.entry[2]"}},
    {"DocumentSubjectNotInTheBundle",
     R"j({"resourceType":"Bundle","type":"document","identifier":{"system":"urn:x:y","value":"1"},"timestamp":"2020-01-01T00:00:00Z","entry":[
        {"fullUrl":"http://s.invalid/Composition/c","resource":{"resourceType":"Composition","id":"c","status":"final","type":{"text":"t"},"date":"2020","subject":{"reference":"Patient/q"},"author":[{"display":"a"}],"title":"t"}}]})j",
     {"Bundle.entry[1].resource.subject"}},
    {"FullUrlWithAnotherId",
     R"j({"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"http://s.invalid/Patient/1","resource":{"resourceType":"Patient","id":"2"}}]})j",
     {"Bundle.entry[0]"}},
    {"TransactionEntryWithoutRequest",
     R"j({"resourceType":"Bundle","type":"transaction","entry":[{"resource":{"resourceType":"Patient"}}]})j",
     {"Bundle"}},
    {"SameFullUrlTwice",
     R"j({"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"urn:uuid:267b18ce-3d37-4581-9baa-6fada338038b","resource":{"resourceType":"Patient"}},{"fullUrl":"urn:uuid:267b18ce-3d37-4581-9baa-6fada338038b","resource":{"resourceType":"Patient"}}]})j",
     {"Bundle"}},
};
INSTANTIATE_TEST_SUITE_P(Base, BaseRule, testing::ValuesIn(kBase), name_of<BaseCase>);

TEST(Validator, UnknownProfileOfTheResourceIsAWarning) {
  const IssueList issues =
      validate("", "", R"({"resourceType":"Patient","meta":{"profile":["http://nobody.invalid/p"]}})");
  EXPECT_FALSE(issues.has_error());
  EXPECT_THAT(places(issues, Severity::kWarning), testing::Contains("Patient"));
}

TEST(Validator, CodeThatCannotBeCheckedIsInformation) {
  const IssueList issues = validate("", "", R"({"resourceType":"Observation","status":"final",
      "code":{"coding":[{"system":"http://snomed.info/sct","code":"271649006"}]}})");
  EXPECT_FALSE(issues.has_error());
  EXPECT_THAT(places(issues, Severity::kInformation), testing::Contains("Observation.code.coding[0].code"));
}

TEST(Validator, BestPracticeIsAWarningAndCanBeSwitchedOff) {
  EXPECT_THAT(places(validate("", "", R"({"resourceType":"Patient","active":true})"), Severity::kWarning),
              testing::ElementsAre("Patient"));
  ValidatorOptions options;
  options.best_practice = false;
  EXPECT_THAT(
      places(validate("", "", R"({"resourceType":"Patient","active":true})", options), Severity::kWarning),
      testing::IsEmpty());
}

TEST(Validator, ErrataCanBeSwitchedOff) {
  constexpr std::string_view kBundle =
      R"({"resourceType":"Bundle","type":"transaction","entry":[{"resource":{"resourceType":"Patient"},"request":{"method":"POST","url":"Patient"}}]})";
  EXPECT_FALSE(validate("", "", kBundle).has_error());
  ValidatorOptions options;
  options.errata = false;
  EXPECT_TRUE(validate("", "", kBundle, options).has_error());
}

TEST(Validator, TypeTheTextOfAReferenceNamesIsAnErrorOnlyWhenTrusted) {
  constexpr std::string_view kElements =
      R"({"path":"Observation.subject","type":[{"code":"Reference","targetProfile":["http://hl7.org/fhir/StructureDefinition/Group"]}]})";
  constexpr std::string_view kObservation =
      R"({"resourceType":"Observation","status":"final","code":{"text":"a"},"subject":{"reference":"Patient/1"}})";
  EXPECT_THAT(places(validate("Observation", kElements, kObservation), Severity::kWarning),
              testing::Contains("Observation.subject"));
  ValidatorOptions options;
  options.trust_reference_types = true;
  EXPECT_THAT(places(validate("Observation", kElements, kObservation, options), Severity::kError),
              testing::ElementsAre("Observation.subject"));
}

TEST(Validator, ProfileThatRefersToItselfEnds) {
  const IssueList issues = validate(
      "Patient",
      R"({"path":"Patient.link.other","type":[{"code":"Reference","targetProfile":["http://fhir.invalid/p"]}]})",
      R"({"resourceType":"Patient","contained":[{"resourceType":"Patient","id":"a","link":[{"other":{"reference":"#a"},"type":"seealso"}]}],
          "link":[{"other":{"reference":"#a"},"type":"seealso"}]})");
  EXPECT_FALSE(issues.has_error());
}

TEST(Validator, RelativeDateLimitsNeedAClock) {
  constexpr std::string_view kElements =
      R"({"path":"Patient.birthDate","minValueQuantity":{"value":100,"system":"http://unitsofmeasure.org","code":"a"}})";
  constexpr std::string_view kPatient = R"({"resourceType":"Patient","birthDate":"1850-01-01"})";
  const ManualClock clock(*parse_instant("2020-01-01T00:00:00Z"));
  ValidatorOptions options;
  options.clock = &clock;
  EXPECT_THAT(places(validate("Patient", kElements, kPatient, options), Severity::kError),
              testing::ElementsAre("Patient.birthDate"));
}

TEST(Validator, TextsNeverQuoteValues) {
  const IssueList issues =
      validate("", "", R"({"resourceType":"Patient","gender":"Zaphod","birthDate":"Zaphod",
      "name":[{"text":"<b>Zaphod</b>"}],"extension":[{"url":"http://Zaphod.invalid/x","valueCode":"a"}]})");
  EXPECT_TRUE(issues.has_error());
  for (const Issue& issue : issues.items())
    EXPECT_EQ(issue.text.find("Zaphod"), std::string::npos) << issue.text;
}

}  // namespace
}  // namespace fhir::validate
