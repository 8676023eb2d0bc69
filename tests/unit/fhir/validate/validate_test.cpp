// The rules of structure, one row each: a resource and the issues it must give, no more and no fewer.
#include "fhir/validate/validate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/json/reader.hpp"
#include "fhir/tree/resource_builder.hpp"

namespace fhir::validate {
namespace {

using Lines = std::vector<std::string>;

/// Every issue as "severity type expression".
Lines lines_of(const IssueList& issues) {
  Lines lines;
  for (const Issue& issue : issues.items()) {
    lines.push_back(std::string(to_code(issue.severity)) + " " + std::string(to_code(issue.type)) + " " +
                    issue.expression);
  }
  return lines;
}

tree::TreePtr read(std::string_view text) {
  tree::ReadOutcome outcome = json::read(text, definitions::r4());
  EXPECT_NE(outcome.tree, nullptr) << text;
  return outcome.tree;
}

Lines check_json(std::string_view text) {
  const tree::TreePtr tree = read(text);
  return tree == nullptr ? Lines() : lines_of(check(tree->root()));
}

struct Case {
  const char* name;
  const char* json;
  Lines expected;
};

class Validate : public testing::TestWithParam<Case> {};

TEST_P(Validate, ReportsExactlyWhatIsWrong) {
  EXPECT_EQ(check_json(GetParam().json), GetParam().expected);
}

std::string name_of(const testing::TestParamInfo<Case>& info) {
  return info.param.name;
}

const Case kElements[] = {
    {"EmptyResource", R"({"resourceType":"Patient"})", {}},
    {"GoodPatient",
     R"({"resourceType":"Patient","id":"a","active":true,"name":[{"family":"Invented","given":["A","B"]}],
         "gender":"female","birthDate":"1980-02-29"})",
     {}},
    {"UnknownElement", R"({"resourceType":"Patient","colour":"red"})", {"error structure Patient.colour"}},
    {"UnknownElementInside",
     R"({"resourceType":"Patient","contact":[{"gender":"male"},{"colour":{"a":1}}]})",
     {"error structure Patient.contact[1].colour"}},
    {"UnknownNameThatIsNoName",
     R"({"resourceType":"Patient","999 000 1234":"x"})",
     {"error structure Patient"}},
    {"ChoiceOfAnotherType",
     R"({"resourceType":"Patient","deceasedString":"x"})",
     {"error structure Patient.deceasedString"}},
    {"MissingElement",
     R"({"resourceType":"Observation","code":{"text":"x"}})",
     {"error required Observation"}},
    {"MissingElementInside",
     R"({"resourceType":"Bundle","type":"searchset","link":[{"relation":"self"}]})",
     {"error required Bundle.link[0]"}},
    {"MissingChoice",
     R"({"resourceType":"MedicationRequest","status":"active","intent":"order","subject":{"reference":"Patient/1"}})",
     {"error required MedicationRequest"}},
    {"TwoTypesOfOneChoice",
     R"({"resourceType":"Patient","deceasedBoolean":true,"deceasedDateTime":"2020"})",
     {"error structure Patient.deceased.ofType(dateTime)"}},
    {"ContentReference",
     R"({"resourceType":"Questionnaire","status":"draft","item":[{"linkId":"1","type":"group","item":[{"linkId":"1.1"}]}]})",
     {"error required Questionnaire.item[0].item[0]"}},
    {"ElementWithIdOnly",
     R"({"resourceType":"Patient","name":[{"id":"n1"}]})",
     {"error invalid Patient.name[0]"}},
    {"PrimitiveWithIdOnly",
     R"({"resourceType":"Patient","_birthDate":{"id":"b"}})",
     {"error invalid Patient.birthDate"}},
    {"PrimitiveWithExtensionOnly",
     R"({"resourceType":"Patient","_birthDate":{"extension":[{"url":"http://example.org/why","valueCode":"unknown"}]}})",
     {}},
    {"RequiredPrimitiveWithExtensionOnly",
     R"({"resourceType":"Bundle","_type":{"extension":[{"url":"http://example.org/why","valueCode":"unknown"}]}})",
     {}},
    {"AbstractResourceInside",
     R"({"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Parameters"}}]})",
     {}},
};
INSTANTIATE_TEST_SUITE_P(Elements, Validate, testing::ValuesIn(kElements), name_of);

const Case kValues[] = {
    {"BadDate", R"({"resourceType":"Patient","birthDate":"1981-02-29"})", {"error value Patient.birthDate"}},
    {"BadId", R"({"resourceType":"Patient","id":"a_b"})", {"error value Patient.id"}},
    {"ElementIdIsFree", R"({"resourceType":"Patient","name":[{"id":"a_b c","family":"X"}]})", {}},
    {"BadString",
     R"({"resourceType":"Patient","name":[{"family":"  "}]})",
     {"error value Patient.name[0].family"}},
    {"BadPositiveInt",
     R"({"resourceType":"Patient","telecom":[{"rank":0}]})",
     {"error value Patient.telecom[0].rank"}},
    {"DecimalKeepsItsDigits",
     R"({"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":72.50}})",
     {}},
    {"BadInstant",
     R"({"resourceType":"Patient","meta":{"lastUpdated":"2024-01-01T24:00:00Z"}})",
     {"error value Patient.meta.lastUpdated"}},
    {"BadNarrative",
     R"({"resourceType":"Patient","text":{"status":"generated","div":"<div>x</div>"}})",
     {"error invalid Patient.text.div"}},
    {"GoodNarrative",
     R"({"resourceType":"Patient","text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"}})",
     {}},
};
INSTANTIATE_TEST_SUITE_P(Values, Validate, testing::ValuesIn(kValues), name_of);

const Case kBindings[] = {
    {"CodeOutsideItsSet",
     R"({"resourceType":"Patient","gender":"xx"})",
     {"error code-invalid Patient.gender"}},
    {"MalformedCodeOutsideItsSet",
     R"({"resourceType":"Patient","gender":" male"})",
     {"error value Patient.gender", "error code-invalid Patient.gender"}},
    {"CodeOfAnotherCase",
     R"({"resourceType":"Patient","gender":"Male"})",
     {"error code-invalid Patient.gender"}},
    {"CodeExplainedByExtension",
     R"({"resourceType":"Patient","_gender":{"extension":[{"url":"http://example.org/why","valueCode":"asked"}]}})",
     {}},
    {"ConceptInItsSet",
     R"({"resourceType":"AllergyIntolerance","patient":{"reference":"Patient/1"},"clinicalStatus":{"coding":[
         {"system":"http://example.org","code":"x"},
         {"system":"http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical","code":"active"}]}})",
     {}},
    {"ConceptOutsideItsSet",
     R"({"resourceType":"AllergyIntolerance","patient":{"reference":"Patient/1"},"clinicalStatus":{"coding":[
         {"system":"http://example.org","code":"active"}]}})",
     {"error code-invalid AllergyIntolerance.clinicalStatus"}},
    {"ConceptWithTextOnly",
     R"({"resourceType":"AllergyIntolerance","patient":{"reference":"Patient/1"},"clinicalStatus":{"text":"active"}})",
     {"error code-invalid AllergyIntolerance.clinicalStatus"}},
    {"MimeTypeIsDecidedByItsSyntax", R"({"resourceType":"Binary","contentType":"application/pdf"})", {}},
    {"MimeTypeWithoutSyntax",
     R"({"resourceType":"Binary","contentType":"pdf"})",
     {"error code-invalid Binary.contentType"}},
    {"LanguageIsKnown", R"({"resourceType":"Patient","language":"en-GB"})", {}},
    {"LanguageNobodyKnowsIsNotDecided",
     R"({"resourceType":"Patient","language":"xx-GB"})",
     {"information not-supported Patient.language"}},
    {"LanguageWithoutSyntax",
     R"({"resourceType":"Patient","language":"en_GB"})",
     {"error code-invalid Patient.language"}},
    {"MimeTypeInShort", R"({"resourceType":"Binary","contentType":"json"})", {}},
    {"ConceptOutsideItsMaximumSet",
     R"({"resourceType":"Patient","communication":[{"language":{"coding":[{"system":"http://example.org","code":"en"}]}}]})",
     {"warning code-invalid Patient.communication[0].language"}},
    {"ConceptInItsMaximumSet",
     R"({"resourceType":"Patient","communication":[{"language":{"coding":[{"system":"urn:ietf:bcp:47","code":"en"}]}}]})",
     {}},
    {"ConceptWithTextOnlyUnderAMaximumSet",
     R"({"resourceType":"Patient","communication":[{"language":{"text":"x"}}]})",
     {}},
    {"ExampleBindingIsFree",
     R"({"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://example.org","code":"x"}]}})",
     {}},
};
INSTANTIATE_TEST_SUITE_P(Bindings, Validate, testing::ValuesIn(kBindings), name_of);

const Case kExtensions[] = {
    {"WithoutUrl",
     R"({"resourceType":"Patient","extension":[{"valueString":"x"}]})",
     {"error required Patient.extension[0]"}},
    {"WithNothing",
     R"({"resourceType":"Patient","extension":[{"url":"http://example.org/a"}]})",
     {"error structure Patient.extension[0]"}},
    {"WithValueAndExtensions",
     R"({"resourceType":"Patient","extension":[{"url":"http://example.org/a","valueString":"x",
         "extension":[{"url":"b","valueString":"y"}]}]})",
     {"error structure Patient.extension[0]"}},
    {"WithTwoValues",
     R"({"resourceType":"Patient","extension":[{"url":"http://example.org/a","valueString":"x","valueCode":"y"}]})",
     {"error structure Patient.extension[0].value.ofType(code)"}},
    {"RelativeUrlInsideIsGood",
     R"({"resourceType":"Patient","extension":[{"url":"http://example.org/a","extension":[{"url":"b","valueString":"y"}]}]})",
     {}},
    {"RelativeUrlOutside",
     R"({"resourceType":"Patient","extension":[{"url":"a","valueString":"x"}]})",
     {"error extension Patient.extension[0].url"}},
};
INSTANTIATE_TEST_SUITE_P(Extensions, Validate, testing::ValuesIn(kExtensions), name_of);

const Case kReferences[] = {
    {"Malformed",
     R"({"resourceType":"Patient","managingOrganization":{"reference":"somewhere"}})",
     {"warning value Patient.managingOrganization"}},
    {"UnknownType",
     R"({"resourceType":"Patient","managingOrganization":{"reference":"Clinic/1"}})",
     {"warning value Patient.managingOrganization"}},
    {"TypeNotAllowedHere",
     R"({"resourceType":"Patient","managingOrganization":{"reference":"Practitioner/1"}})",
     {"error structure Patient.managingOrganization"}},
    {"TypeElementNotAllowedHere",
     R"({"resourceType":"Patient","managingOrganization":{"type":"Practitioner","display":"x"}})",
     {"error structure Patient.managingOrganization"}},
    {"TypeElementDisagrees",
     R"({"resourceType":"Patient","managingOrganization":{"reference":"Organization/1","type":"Practitioner"}})",
     {"error structure Patient.managingOrganization.type"}},
    {"AnyTypeWhereAnyIsAllowed",
     R"({"resourceType":"Task","status":"requested","intent":"order","focus":{"reference":"Basic/1"}})",
     {}},
    {"ContainedIsFound",
     R"({"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","name":"Invented"}],
         "managingOrganization":{"reference":"#o"}})",
     {}},
    {"ContainedIsNotFound",
     R"({"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","name":"Invented"}],
         "managingOrganization":{"reference":"#p"}})",
     {"error not-found Patient.managingOrganization.reference"}},
    {"ContainedRefersToItsSibling",
     R"({"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","partOf":{"reference":"#p"}},
         {"resourceType":"Organization","id":"p","name":"Invented"}],"managingOrganization":{"reference":"#o"}})",
     {}},
    {"ContainedWithoutId",
     R"({"resourceType":"Patient","contained":[{"resourceType":"Organization","name":"Invented"}]})",
     {"error required Patient.contained[0]"}},
    {"ContainedTwice",
     R"({"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","name":"A"},
         {"resourceType":"Organization","id":"o","name":"B"}]})",
     {"error duplicate Patient.contained[1].id"}},
    {"ContainedInContained",
     R"({"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","contained":[
         {"resourceType":"Organization","id":"p","name":"B"}]}]})",
     {"error structure Patient.contained[0].contained[0]"}},
    {"EachEntryHasItsOwnContained",
     R"({"resourceType":"Bundle","type":"collection","entry":[
         {"resource":{"resourceType":"Patient","contained":[{"resourceType":"Organization","id":"o","name":"A"}],
          "managingOrganization":{"reference":"#o"}}},
         {"resource":{"resourceType":"Patient","managingOrganization":{"reference":"#o"}}}]})",
     {"error not-found Bundle.entry[1].resource.managingOrganization.reference"}},
};
INSTANTIATE_TEST_SUITE_P(References, Validate, testing::ValuesIn(kReferences), name_of);

const Case kBundles[] = {
    {"Message",
     R"({"resourceType":"Bundle","type":"message","entry":[{"fullUrl":"urn:uuid:c757873d-ec9a-4326-a141-556f43239520",
         "resource":{"resourceType":"MessageHeader","eventUri":"http://example.org/e","source":{"endpoint":"http://a.example"}}},
         {"resource":{"resourceType":"Patient"}}]})",
     {}},
    {"MessageWithoutHeader",
     R"({"resourceType":"Bundle","type":"message","entry":[{"resource":{"resourceType":"Patient"}}]})",
     {"error structure Bundle.entry[0]"}},
    {"MessageWithoutEntries", R"({"resourceType":"Bundle","type":"message"})", {"error structure Bundle"}},
    {"DocumentWithoutComposition",
     R"({"resourceType":"Bundle","type":"document","entry":[{"resource":{"resourceType":"Patient"}}]})",
     {"error structure Bundle.entry[0]"}},
    {"EntryWithoutResource",
     R"({"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"http://example.org/Patient/1"}]})",
     {"error required Bundle.entry[0]"}},
    {"TransactionEntryWithoutRequest",
     R"({"resourceType":"Bundle","type":"transaction","entry":[{"resource":{"resourceType":"Patient"}}]})",
     {"error required Bundle.entry[0]"}},
    {"ResponseEntryWithoutResponse",
     R"({"resourceType":"Bundle","type":"batch-response","entry":[{"resource":{"resourceType":"Patient"}}]})",
     {"error required Bundle.entry[0]"}},
    {"FullUrlThatIsRelative",
     R"({"resourceType":"Bundle","type":"collection","entry":[{"fullUrl":"Patient/1","resource":{"resourceType":"Patient"}}]})",
     {"error value Bundle.entry[0].fullUrl"}},
    {"FullUrlTwice",
     R"({"resourceType":"Bundle","type":"collection","entry":[
         {"fullUrl":"http://example.org/Patient/1","resource":{"resourceType":"Patient"}},
         {"fullUrl":"http://example.org/Patient/1","resource":{"resourceType":"Patient"}}]})",
     {"error duplicate Bundle.entry[1].fullUrl"}},
    {"FullUrlTwiceInTwoVersions",
     R"({"resourceType":"Bundle","type":"collection","entry":[
         {"fullUrl":"http://example.org/Patient/1","resource":{"resourceType":"Patient","meta":{"versionId":"1"}}},
         {"fullUrl":"http://example.org/Patient/1","resource":{"resourceType":"Patient","meta":{"versionId":"2"}}}]})",
     {}},
    {"FullUrlTwiceInHistory",
     R"({"resourceType":"Bundle","type":"history","entry":[
         {"fullUrl":"http://example.org/Patient/1","request":{"method":"PUT","url":"Patient/1"}},
         {"fullUrl":"http://example.org/Patient/1","request":{"method":"DELETE","url":"Patient/1"}}]})",
     {}},
    {"WrongInsideAnEntry",
     R"({"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","gender":"xx"}}]})",
     {"error code-invalid Bundle.entry[0].resource.gender"}},
};
INSTANTIATE_TEST_SUITE_P(Bundles, Validate, testing::ValuesIn(kBundles), name_of);

TEST(ValidateCheck, GivesLineAndColumnOfTheSource) {
  const std::string_view source = "{\"resourceType\":\"Patient\",\n  \"gender\": \"xx\"}";
  const tree::TreePtr tree = read(source);
  const IssueList issues = check(tree->root(), {.source = source});
  ASSERT_EQ(issues.items().size(), 1u);
  EXPECT_EQ(issues.items()[0].position.line, 2u);
  EXPECT_EQ(issues.items()[0].position.column, 13u);
  EXPECT_EQ(check(tree->root()).items()[0].position.line, 0u);
}

TEST(ValidateCheck, RefusesWhatIsNoResource) {
  EXPECT_EQ(lines_of(check(tree::Node())), (Lines{"fatal structure "}));
  const tree::TreePtr tree = read(R"({"resourceType":"Patient","name":[{"family":"X"}]})");
  EXPECT_EQ(lines_of(check(tree->root().child("name"))), (Lines{"fatal structure Patient.name[0]"}));
  tree::TreeBuilder builder(definitions::r4());
  builder.add_root(definitions::r4().find_name("DomainResource"),
                   definitions::r4().type_root("DomainResource"));
  EXPECT_EQ(lines_of(check(builder.finish()->root())), (Lines{"error structure DomainResource"}));
}

TEST(ValidateCheck, ReportsASlotWithoutResourceType) {
  tree::ResourceBuilder builder(definitions::r4(), "Bundle");
  builder.set("type", "collection").open("entry").open("resource").set("id", "a").close().close();
  EXPECT_EQ(lines_of(check(builder.finish()->root())), (Lines{"error structure Bundle.entry[0].resource"}));
}

TEST(ValidateCheck, ReportsTooManyOnceForEachElement) {
  tree::ResourceBuilder builder(definitions::r4(), "Patient");
  builder.set("gender", "male").set("gender", "male").set("gender", "male").set("active", "true");
  const Lines lines = lines_of(check(builder.finish()->root()));
  EXPECT_EQ(lines.size(), 1u);
  EXPECT_THAT(lines[0], testing::StartsWith("error structure Patient.gender"));
}

TEST(ValidateCheck, JudgesOneResourceOfABundleByItself) {
  const tree::TreePtr tree = read(
      R"({"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","active":true}},{"fullUrl":"x y"}]})");
  EXPECT_EQ(lines_of(check(tree->root().at("entry", "resource"))), Lines());
  EXPECT_EQ(lines_of(check(tree->root())).size(), 4u);
}

TEST(ValidateCheck, KeepsSilentAboutUncheckedCodesWhenAsked) {
  const tree::TreePtr tree = read(R"({"resourceType":"Patient","language":"xx-GB"})");
  EXPECT_TRUE(check(tree->root(), {.report_unchecked_codes = false}).empty());
}

TEST(ValidateCheck, BoundsTheListAndStillCounts) {
  std::string text = R"({"resourceType":"Patient","name":[{"family":" "})";
  for (int i = 0; i < 20'000; ++i)
    text += R"(,{"family":" "})";
  text += "]}";
  const tree::TreePtr tree = read(text);
  const IssueList issues = check(tree->root(), {.max_issues = 10});
  EXPECT_EQ(issues.items().size(), 10u);
  EXPECT_EQ(issues.dropped(), 19'991u);
  EXPECT_TRUE(issues.has_error());
}

TEST(ValidateCheck, KeepsTheFirstErrorThoughTheListIsFull) {
  const tree::TreePtr tree = read(
      R"({"resourceType":"Patient","language":"xx","communication":[{"language":{"text":"x"}}],"gender":"xx"})");
  const IssueList issues = check(tree->root(), {.max_issues = 1});
  ASSERT_EQ(issues.items().size(), 2u);
  EXPECT_EQ(issues.items()[1].expression, "Patient.gender");
}

TEST(ValidateCheck, NeverQuotesAValue) {
  const std::string secret = "SECRET";
  const tree::TreePtr tree =
      read(R"({"resourceType":"Patient","id":"SECRET_","SECRET Jones":1,"gender":"SECRET",
      "birthDate":"SECRET","language":"SECRET_","text":{"status":"SECRET","div":"<SECRET/>"},
      "extension":[{"url":"SECRET"}],"contained":[{"resourceType":"Organization","id":"SECRET"},
      {"resourceType":"Organization","id":"SECRET"}],"managingOrganization":{"reference":"#SECRETS"},
      "generalPractitioner":[{"reference":"SECRET"},{"reference":"Secret/SECRET"},{"reference":"Basic/SECRET"}],
      "multipleBirthInteger":"SECRET","photo":[{"data":"SECRET!","contentType":"SECRET"}]})");
  const IssueList issues = check(tree->root());
  EXPECT_GT(issues.items().size(), 12u);
  for (const Issue& issue : issues.items()) {
    EXPECT_THAT(issue.text, testing::Not(testing::HasSubstr(secret)));
    EXPECT_THAT(issue.expression, testing::Not(testing::HasSubstr(secret)));
    EXPECT_FALSE(issue.text.empty());
  }
}

class CountingRule final : public Rule {
 public:
  void check(tree::Node node, const definitions::ElementRow& element, IssueList& issues) const override {
    if (element.invariants.count != 0) {
      issues.add(Severity::kInformation, IssueType::kInvariant, std::string(node.name()), "seen");
    }
  }
};

TEST(ValidateCheck, RunsTheRuleOnEveryElementInOrder) {
  const tree::TreePtr tree = read(R"({"resourceType":"Patient","contact":[{"gender":"male"}]})");
  const CountingRule rule;
  EXPECT_EQ(lines_of(check(tree->root(), {.rule = &rule})),
            (Lines{"information invariant Patient", "information invariant contact",
                   "information invariant gender"}));
}

TEST(ValidateCheck, HasRoomForTheElementsOfEveryType) {
  for (const tree::TypeRow& row : definitions::r4().rows)
    EXPECT_LT(row.order, 128u);
}

}  // namespace
}  // namespace fhir::validate
