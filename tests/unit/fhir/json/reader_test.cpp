#include "fhir/json/reader.hpp"

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/writer.hpp"
#include "fhir/tree/expression.hpp"

namespace fhir::json {
namespace {

using tree::Node;
using tree::ReadOutcome;
using tree::ValueKind;

ReadOutcome read_r4(std::string_view bytes) {
  return read(bytes, definitions::r4());
}

struct Flaw {
  const char* name;
  std::string json;
  Severity severity;
  const char* place;
  const char* text;  // a part of the issue's text
};

void PrintTo(const Flaw& flaw, std::ostream* out) {
  *out << flaw.name;
}

/// A document with exactly one flaw gives exactly that issue.
class JsonFlaw : public testing::TestWithParam<Flaw> {};

TEST_P(JsonFlaw, IsReportedWithItsPlace) {
  const Flaw& flaw = GetParam();
  const ReadOutcome outcome = read_r4(flaw.json);
  ASSERT_EQ(outcome.issues.items().size(), 1u);
  const Issue& issue = outcome.issues.items().front();
  EXPECT_EQ(to_code(issue.severity), to_code(flaw.severity));
  EXPECT_EQ(issue.expression, flaw.place);
  EXPECT_NE(issue.text.find(flaw.text), std::string::npos) << issue.text;
  EXPECT_EQ(outcome.tree == nullptr, flaw.severity == Severity::kFatal);
  EXPECT_EQ(issue.position.line, 1u);
}

constexpr Severity kF = Severity::kFatal;
constexpr Severity kE = Severity::kError;
const std::string kP = R"({"resourceType":"Patient",)";

const Flaw kFlaws[] = {
    {"empty", "", kF, "", "no JSON value"},
    {"blank", "  ", kF, "", "no JSON value"},
    {"word", "nonsense", kF, "", "not a JSON value"},
    {"string_root", R"("x")", kF, "", "a string instead of a resource"},
    {"array_root", "[]", kF, "", "an array instead of a resource"},
    {"number_root", "7", kF, "", "a number instead of a resource"},
    {"null_root", "null", kF, "", "null instead of a resource"},
    {"empty_root", "{}", kF, "", "an empty object"},
    {"no_type", R"({"id":"a"})", kF, "", "no resourceType"},
    {"unknown_type", R"({"resourceType":"Pateint"})", kF, "resourceType", "names no resource"},
    {"data_type", R"({"resourceType":"HumanName"})", kF, "resourceType", "names no resource"},
    {"type_number", R"({"resourceType":1})", kF, "resourceType", "must be a string"},
    {"type_null", R"({"resourceType":null})", kF, "resourceType", "must be a string"},
    {"type_array", R"({"resourceType":["Patient"]})", kF, "resourceType", "must be a string"},
    {"type_object", R"({"resourceType":{}})", kF, "resourceType", "must be a string"},
    {"unfinished", kP, kF, "Patient.resourceType", "a member name in quotes is missing"},
    {"cut_string", kP + R"("id":"a)", kF, "Patient.id", "a string without an end"},
    {"cut_name", kP + R"("id)", kF, "Patient.resourceType", "a string without an end"},
    {"trailing", kP + R"("id":"a"} {})", kF, "Patient", "data after the end"},
    {"trailing_comma", kP + R"("id":"a",})", kF, "Patient.id", "a member name in quotes is missing"},
    {"comment", kP + R"(/* x */"id":"a"})", kF, "Patient.resourceType", "a member name in quotes is missing"},
    {"nan", R"({"resourceType":"Observation","valueQuantity":{"value":NaN}})", kF,
     "Observation.value.ofType(Quantity).value", "not a JSON value"},
    {"leading_zero", R"({"resourceType":"Observation","valueInteger":01})", kF, "Observation.valueInteger",
     "a comma or }"},
    {"no_fraction", R"({"resourceType":"Observation","valueInteger":1.})", kF, "Observation.valueInteger",
     "digits after its point"},
    {"single_quotes", "{'resourceType':'Patient'}", kF, "", "a member name in quotes is missing"},
    {"bom", "\xEF\xBB\xBF" + kP + R"("id":"a"})", kF, "", "byte order mark"},
    {"utf16", std::string("\xFF\xFE{\0", 4), kF, "", "UTF-16"},
    {"latin1", kP + "\"id\":\"\xE9\"}", kF, "", "not UTF-8"},
    {"overlong", kP + "\"id\":\"\xC0\xAF\"}", kF, "", "not UTF-8"},
    {"raw_surrogate", kP + "\"id\":\"\xED\xA0\x80\"}", kF, "", "not UTF-8"},
    {"raw_nul", kP + std::string("\"id\":\"a\0b\"}", 11), kF, "", "a control character"},
    {"nul_after_end", kP + std::string("\"id\":\"a\"}\0{}", 12), kF, "", "a control character"},
    {"raw_control_1a", kP + "\"id\":\"a\x1A z\"}", kF, "", "a control character"},
    {"raw_tab", kP + "\"id\":\"a\tb\"}", kF, "Patient.id", "a bare control character"},
    {"high_surrogate", kP + R"("id":"\ud800"})", kF, "Patient.id", "unpaired surrogate"},
    {"low_surrogate", kP + R"("id":"\udc00"})", kF, "Patient.id", "unpaired surrogate"},
    {"name_surrogate", kP + R"("x\udc00":1})", kF, "Patient", "unpaired surrogate"},
    {"escaped_nul", kP + R"("id":"a\u0000"})", kF, "Patient.id", "escaped NUL"},
    {"escaped_control", kP + R"("id":"a\u0001"})", kE, "Patient.id", "escaped control character"},
    {"bad_escape", kP + R"("id":"\x41"})", kF, "Patient.id", "an unknown escape"},
    {"duplicate", kP + R"("id":"a","gender":"male","id":"b"})", kF, "Patient.id", "stands twice"},
    {"duplicate_escaped", kP + R"("id":"a","i\u0064":"b"})", kF, "Patient.id", "stands twice"},
    {"duplicate_extension", kP + R"("_id":{"id":"a"},"_id":{"id":"a"}})", kF, "Patient.id", "stands twice"},
    {"duplicate_type", kP + R"("resourceType":"Patient"})", kF, "Patient.resourceType", "stands twice"},
    {"duplicate_late_type", R"({"id":"a","resourceType":"Patient","resourceType":"Observation"})", kF,
     "Patient.resourceType", "stands twice"},
    {"duplicate_unknown", kP + R"("zz":1,"zz":2})", kF, "Patient.zz", "stands twice"},
    {"duplicate_inside", kP + R"("name":[{"family":"a"},{"family":"b","use":"usual","family":"c"}]})", kF,
     "Patient.name[1].family", "stands twice"},
    {"single_for_array", kP + R"("name":{"family":"a"}})", kE, "Patient.name", "must be an array"},
    {"single_string_for_array", kP + R"("name":[{"given":"a"}]})", kE, "Patient.name[0].given",
     "must be an array"},
    {"array_for_single", kP + R"("gender":["male"]})", kE, "Patient.gender", "does not repeat"},
    {"nested_array", kP + R"("name":[[{"family":"a"}]]})", kE, "Patient.name", "an array inside an array"},
    {"empty_array", kP + R"("name":[]})", kE, "Patient.name", "an empty array"},
    {"empty_object", kP + R"("name":[{}]})", kE, "Patient.name[0]", "an empty object"},
    {"empty_string", kP + R"("id":""})", kE, "Patient.id", "an empty string"},
    {"null_value", kP + R"("gender":null})", kE, "Patient.gender", "leave the element out"},
    {"null_object", kP + R"("name":[null]})", kE, "Patient.name", "leave the element out"},
    {"lonely_null", kP + R"("name":[{"given":["a",null]}]})", kE, "Patient.name[0].given[1]",
     "null without a value"},
    {"null_against_null", kP + R"("name":[{"given":["a",null],"_given":[{"id":"x"},null]}]})", kE,
     "Patient.name[0].given[1]", "null without a value"},
    {"string_for_boolean", kP + R"("active":"true"})", kE, "Patient.active", "true or false"},
    {"string_for_number", kP + R"("multipleBirthInteger":"1"})", kE, "Patient.multipleBirth.ofType(integer)",
     "a JSON number"},
    {"number_for_string", kP + R"("id":1})", kE, "Patient.id", "a JSON string"},
    {"boolean_for_string", kP + R"("name":[{"given":["a",true]}]})", kE, "Patient.name[0].given[1]",
     "a JSON string"},
    {"object_for_primitive", kP + R"("birthDate":{"id":"a"}})", kE, "Patient.birthDate",
     "an object where a primitive"},
    {"string_for_object", kP + R"("name":["Jo"]})", kE, "Patient.name[0]",
     "a primitive value where an object"},
    {"string_for_extension", kP + R"("_birthDate":"x"})", kE, "Patient.birthDate", "underscore"},
    {"object_for_div", kP + R"("text":{"status":"generated","div":{"id":"a"}}})", kE, "Patient.text.div",
     "an object where"},
    {"untyped_contained", kP + R"("contained":[{"id":"a"}]})", kE, "Patient.contained[0]",
     "without resourceType"},
    {"string_contained", kP + R"("contained":["s"]})", kE, "Patient.contained[0]",
     "a primitive value where an object"},
    {"unknown_contained", kP + R"("contained":[{"resourceType":"Zebra","id":"a"}]})", kE,
     "Patient.contained[0].resourceType", "names no resource"},
};

INSTANTIATE_TEST_SUITE_P(Rules, JsonFlaw, testing::ValuesIn(kFlaws),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(JsonReader, ReadsValuesChoicesAndResourceSlots) {
  const ReadOutcome outcome = read_r4(
      R"({"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Observation","status":"final",)"
      R"("valueQuantity":{"value":72.50,"unit":"kg"},"contained":[{"resourceType":"Patient","active":true}]}}]})");
  ASSERT_TRUE(outcome.issues.empty());
  const Node observation = outcome.tree->root().at("entry", "resource");
  EXPECT_EQ(observation.type(), "Observation");
  EXPECT_EQ(observation.name(), "resource");
  const Node value = observation.child("value");
  EXPECT_EQ(value.type(), "Quantity");
  EXPECT_EQ(value.serial_name(), "valueQuantity");
  EXPECT_EQ(value.child("value").text(), "72.50");
  EXPECT_EQ(value.child("value").kind(), ValueKind::kNumber);
  EXPECT_EQ(observation.at("contained", "active").text(), "true");
  EXPECT_EQ(observation.at("contained", "active").kind(), ValueKind::kBoolean);
  EXPECT_EQ(tree::expression(observation.child("status")), "Bundle.entry[0].resource.status");
}

TEST(JsonReader, ReadsTheTypeWhereverItStands) {
  const ReadOutcome outcome = read_r4(
      R"( { "entry" : [ { "resource" : {"id":"x}\"","name":[{"given":["a"]}],  "resourceType" : "Patient"} } ] ,)"
      R"("type":"collection", "resourceType":"Bundle"})");
  ASSERT_TRUE(outcome.issues.empty()) << outcome.issues.items().front().text;
  EXPECT_EQ(outcome.tree->root().type(), "Bundle");
  const Node patient = outcome.tree->root().at("entry", "resource");
  EXPECT_EQ(patient.type(), "Patient");
  EXPECT_EQ(patient.at("name", "given").type(), "string");
}

TEST(JsonReader, AnElementCalledResourceTypeIsAnElement) {
  const ReadOutcome outcome = read_r4(
      R"({"resourceType":"ExampleScenario","status":"draft","instance":[{"resourceId":"a","resourceType":"Patient"}]})");
  ASSERT_TRUE(outcome.issues.empty());
  EXPECT_EQ(outcome.tree->root().at("instance", "resourceType").text(), "Patient");
}

TEST(JsonReader, PairsUnderscoreMembersInEitherOrder) {
  const std::string given = R"("given":["a",null,"c"])";
  const std::string extras = R"("_given":[null,{"id":"two"},{"extension":[{"url":"u","valueString":"e"}]}])";
  for (const std::string& members : {given + "," + extras, extras + "," + given}) {
    const ReadOutcome outcome = read_r4(kP + "\"name\":[{" + members + "}]}");
    ASSERT_TRUE(outcome.issues.empty()) << outcome.issues.items().front().text;
    const Node name = outcome.tree->root().child("name");
    std::vector<Node> nodes;
    for (const Node node : name.children("given"))
      nodes.push_back(node);
    ASSERT_EQ(nodes.size(), 3u);
    EXPECT_EQ(nodes[0].text(), "a");
    EXPECT_FALSE(nodes[0].first_child());
    EXPECT_FALSE(nodes[1].has_value());
    EXPECT_EQ(nodes[1].child("id").text(), "two");
    EXPECT_EQ(nodes[2].text(), "c");
    EXPECT_EQ(nodes[2].at("extension", "value").text(), "e");
    EXPECT_EQ(write(outcome.tree->root()), kP + "\"name\":[{" + given + "," + extras + "}]}");
  }
}

TEST(JsonReader, KeepsExtensionsOfAPrimitiveWithoutValue) {
  const ReadOutcome outcome = read_r4(kP + R"("_birthDate":{"extension":[{"url":"u","valueCode":"x"}]}})");
  ASSERT_TRUE(outcome.issues.empty());
  const Node birth = outcome.tree->root().child("birthDate");
  ASSERT_TRUE(birth);
  EXPECT_FALSE(birth.has_value());
  EXPECT_EQ(birth.at("extension", "value").text(), "x");
}

TEST(JsonReader, KeepsUnknownMembersWithoutAnIssue) {
  const ReadOutcome outcome =
      read_r4(kP + R"("colour":{"shade":["a",{"b":1}],"status":true},"_name":{"x":"y"},"gender":"male"})");
  ASSERT_TRUE(outcome.issues.empty());
  const Node colour = outcome.tree->root().child("colour");
  EXPECT_EQ(colour.row_id(), tree::kUnknownRow);
  EXPECT_EQ(colour.children("shade").size(), 2u);
  EXPECT_EQ(colour.child("status").text(), "true");
  EXPECT_EQ(outcome.tree->root().at("_name", "x").text(), "y");
  EXPECT_EQ(outcome.tree->root().child("gender").type(), "code");
}

TEST(JsonReader, KeepsTheDigitsOfNumbers) {
  const std::string huge(400, '7');
  for (const std::string& number :
       {std::string("72.50"), std::string("-0"), std::string("0.0"), std::string("1e400"),
        std::string("1E-9999999999"), std::string("9007199254740993"), std::string("0.1000000000000000055"),
        huge, "-" + huge + ".5e+9"}) {
    const std::string json =
        R"({"resourceType":"Observation","valueQuantity":{"value":)" + number + R"(,"unit":"1e400"}})";
    const ReadOutcome outcome = read_r4(json);
    ASSERT_TRUE(outcome.issues.empty()) << number << outcome.issues.items().front().text;
    EXPECT_EQ(outcome.tree->root().at("value", "value").text(), number);
    EXPECT_EQ(outcome.tree->root().at("value", "unit").text(), "1e400");
    EXPECT_EQ(write(outcome.tree->root()), json);
  }
}

TEST(JsonReader, GivesEveryNodeItsSourceSpan) {
  const std::string json =
      kP + "\n " +
      R"("id" : "a\"b\\" , "active":true, "name":[ {"given":["x","y\u00e9"]} ], "multipleBirthInteger": 12 })";
  const ReadOutcome outcome = read_r4(json);
  ASSERT_TRUE(outcome.issues.empty());
  const auto source = [&json](Node node) { return json.substr(node.source().offset, node.source().length); };
  const Node root = outcome.tree->root();
  EXPECT_EQ(source(root), json);
  EXPECT_EQ(source(root.child("id")), R"("a\"b\\")");
  EXPECT_EQ(root.child("id").text(), "a\"b\\");
  EXPECT_EQ(source(root.child("active")), "true");
  EXPECT_EQ(source(root.child("name")), R"({"given":["x","y\u00e9"]})");
  EXPECT_EQ(source(root.at("name", "given")), R"("x")");
  EXPECT_EQ(source(*std::next(root.child("name").children("given").begin())), R"("y\u00e9")");
  EXPECT_EQ(source(root.child("multipleBirth")), "12");
}

TEST(JsonReader, NamesLineAndColumn) {
  const ReadOutcome outcome =
      read_r4("{\n  \"resourceType\": \"Patient\",\n  \"id\": 5,\n  \"gender\": []\n}");
  ASSERT_EQ(outcome.issues.items().size(), 3u);
  EXPECT_EQ(outcome.issues.items()[0].position.line, 3u);
  EXPECT_EQ(outcome.issues.items()[0].position.column, 9u);
  EXPECT_EQ(outcome.issues.items()[1].position.line, 4u);
}

TEST(JsonReader, NeverQuotesAValue) {
  for (const Flaw& flaw : kFlaws) {
    std::string json = flaw.json;
    for (std::size_t at = 0; (at = json.find("\"a\"", at)) != std::string::npos;)
      json.replace(at, 3, "\"Quixote\"");
    const ReadOutcome outcome = read_r4(json);
    for (const Issue& issue : outcome.issues.items()) {
      EXPECT_EQ(issue.text.find("Quixote"), std::string::npos) << flaw.name;
      EXPECT_EQ(issue.expression.find("Quixote"), std::string::npos) << flaw.name;
    }
  }
}

}  // namespace
}  // namespace fhir::json
