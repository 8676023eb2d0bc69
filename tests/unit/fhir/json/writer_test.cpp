#include "fhir/json/writer.hpp"

#include <gtest/gtest.h>
#include <string>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/tree/resource_builder.hpp"

namespace fhir::json {
namespace {

std::string rewrite(std::string_view json, tree::Layout layout = tree::Layout::kCompact) {
  const tree::ReadOutcome outcome = read(json, definitions::r4());
  return outcome.tree == nullptr ? "fatal" : write(outcome.tree->root(), layout);
}

TEST(JsonWriter, PutsElementsInDefinitionOrder) {
  tree::ResourceBuilder patient(definitions::r4(), "Patient");
  patient.set("birthDate", "1970-01-02")
      .set("id", "a")
      .set("deceasedBoolean", "false")
      .set("gender", "other");
  patient.open("name").set("given", "Ann").set("family", "Example").close();
  patient.set("active", "true");
  patient.open("name").set("given", "Bea").close();
  patient.open("meta").set("versionId", "1").close();
  EXPECT_EQ(
      write(patient.finish()->root()),
      R"({"resourceType":"Patient","id":"a","meta":{"versionId":"1"},"active":true,"name":[{"family":"Example",)"
      R"("given":["Ann"]},{"given":["Bea"]}],"gender":"other","birthDate":"1970-01-02","deceasedBoolean":false})");
}

TEST(JsonWriter, IsStableAfterOnePass) {
  const struct {
    const char* read;
    const char* written;
  } cases[] = {
      {R"({"resourceType":"Patient"})", R"({"resourceType":"Patient"})"},
      {R"({"zz":1,"id":"a","aa":[1,2],"resourceType":"Patient","b":{"c":{}},"aa2":[{"q":1},"s"]})",
       R"({"resourceType":"Patient","id":"a","zz":1,"aa":[1,2],"b":{"c":{}},"aa2":[{"q":1},"s"]})"},
      {R"({"resourceType":"Patient","gender":["male"],"name":{"given":"x"}})",
       R"({"resourceType":"Patient","name":[{"given":["x"]}],"gender":"male"})"},
      {R"({"resourceType":"Patient","gender":["male","female"]})",
       R"({"resourceType":"Patient","gender":["male","female"]})"},
      {R"({"resourceType":"Patient","contained":[{"id":"z","resourceType":"Zebra"}]})",
       R"({"resourceType":"Patient","contained":[{"id":"z","resourceType":"Zebra"}]})"},
      {R"({"resourceType":"Patient","name":[{"given":[null,"b",null]}]})",
       R"({"resourceType":"Patient","name":[{"given":[null,"b",null]}]})"},
      {R"({"resourceType":"Patient","name":[{"given":["a"],"_given":[null,{"id":"late"}]}]})",
       R"({"resourceType":"Patient","name":[{"given":["a",null],"_given":[null,{"id":"late"}]}]})"},
      {R"({"resourceType":"Patient","birthDate":{"id":"a"}})",
       R"({"resourceType":"Patient","_birthDate":{"id":"a"}})"},
      {R"({"resourceType":"Patient","active":"true","name":["x"]})",
       R"({"resourceType":"Patient","active":"true","name":["x"]})"},
      {R"({"resourceType":"Observation","valueString":"a","valueInteger":1,"_valueString":{"id":"i"}})",
       R"({"resourceType":"Observation","valueString":"a","_valueString":{"id":"i"},"valueInteger":1})"},
      {R"({"resourceType":"Patient","x\"\\y":1})", R"({"resourceType":"Patient","x\"\\y":1})"},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(rewrite(one.read), one.written);
    EXPECT_EQ(rewrite(one.written), one.written);
  }
}

TEST(JsonWriter, EscapesOnlyWhatItMust) {
  const std::string json =
      "{\"resourceType\":\"Patient\",\"id\":\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\xC3\xA9\xE2\x80\xAE\x7F\"}";
  EXPECT_EQ(rewrite(json), json);
  EXPECT_EQ(rewrite(R"({"resourceType":"Patient","id":"\/\u00e9\ud83d\ude00"})"),
            "{\"resourceType\":\"Patient\",\"id\":\"/\xC3\xA9\xF0\x9F\x98\x80\"}");
}

TEST(JsonWriter, WritesTextThatIsNoNumberAsString) {
  tree::ResourceBuilder observation(definitions::r4(), "Observation");
  observation.set("valueInteger", "1}").set("id", "a");
  EXPECT_EQ(write(observation.finish()->root()),
            R"({"resourceType":"Observation","id":"a","valueInteger":"1}"})");
}

TEST(JsonWriter, LaysOutPretty) {
  EXPECT_EQ(
      rewrite(
          R"({"resourceType":"Patient","active":true,"name":[{"given":["a","b"],"_given":[null,{"id":"i"}]}],"x":{}})",
          tree::Layout::kPretty),
      R"({
  "resourceType": "Patient",
  "active": true,
  "name": [
    {
      "given": [
        "a",
        "b"
      ],
      "_given": [
        null,
        {
          "id": "i"
        }
      ]
    }
  ],
  "x": {}
})");
}

TEST(JsonWriter, WritesPartsOnTheirOwn) {
  const tree::ReadOutcome outcome = read(
      R"({"resourceType":"Bundle","entry":[{"fullUrl":"urn:a","resource":{"resourceType":"Patient","name":[{"family":"F"}],"active":true}}]})",
      definitions::r4());
  const tree::Node patient = outcome.tree->root().at("entry", "resource");
  EXPECT_EQ(write(patient), R"({"resourceType":"Patient","active":true,"name":[{"family":"F"}]})");
  EXPECT_EQ(write(patient.child("name")), R"({"family":"F"})");
  EXPECT_EQ(write(patient.child("active")), "true");
  EXPECT_EQ(write(patient.at("name", "family")), R"("F")");
  EXPECT_EQ(write(tree::Node()), "");
  std::string out = "[";
  append(out, patient.child("active"));
  EXPECT_EQ(out, "[true");
}

TEST(JsonWriter, WritesTreesOfAnyDepth) {
  tree::ResourceBuilder questionnaire(definitions::r4(), "Questionnaire");
  constexpr int kDepth = 100'000;
  for (int i = 0; i < kDepth; ++i)
    questionnaire.open("item");
  questionnaire.set("linkId", "deep");
  for (int i = 0; i < kDepth; ++i)
    questionnaire.close();
  const std::string json = write(questionnaire.finish()->root());
  EXPECT_GT(json.size(), static_cast<std::size_t>(kDepth) * 10);
}

}  // namespace
}  // namespace fhir::json
