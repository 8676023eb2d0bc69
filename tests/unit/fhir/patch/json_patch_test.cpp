#include "fhir/patch/json_patch.hpp"

#include <gtest/gtest.h>
#include <string>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/json/writer.hpp"
#include "fhir/patch/json_pointer.hpp"
#include "fhir/patch/number_text.hpp"

namespace fhir::patch {
namespace {

std::string patched(const std::string& resource, const std::string& patch, const PatchLimits& limits = {}) {
  const tree::ReadOutcome read = json::read(resource, definitions::r4());
  const PatchOutcome outcome = apply_json_patch(read.tree->root(), patch, limits);
  EXPECT_EQ(outcome.tree == nullptr, outcome.issues.has_error());
  return outcome.tree ? json::write(outcome.tree->root()) : outcome.issues.items().front().text;
}

TEST(JsonPatch, KeepsDigitsAndOrder) {
  EXPECT_EQ(patched(R"({"resourceType":"Observation","status":"final","valueQuantity":{"value":72.50}})",
                    R"([{"op":"replace","path":"/status","value":"amended"}])"),
            R"({"resourceType":"Observation","status":"amended","valueQuantity":{"value":72.50}})");
}

TEST(JsonPatch, TakesAwayWhatItEmpties) {
  EXPECT_EQ(patched(R"({"resourceType":"Patient","id":"p","name":[{"given":["A"]}]})",
                    R"([{"op":"remove","path":"/name/0/given/0"}])"),
            R"({"resourceType":"Patient","id":"p"})");
  EXPECT_EQ(
      patched(
          R"({"resourceType":"Patient","name":[{"given":["A"]}]})",
          R"([{"op":"remove","path":"/name/0/given/0"},{"op":"add","path":"/name/0/given/-","value":"B"}])"),
      R"({"resourceType":"Patient","name":[{"given":["B"]}]})");
}

TEST(JsonPatch, SaysWhichOperationBreaksWhichRule) {
  const std::string patient = R"({"resourceType":"Patient","active":true,"name":[{"text":"x"}]})";
  const struct {
    const char* patch;
    const char* text;
  } rows[] = {
      {R"({"op":"remove"})", "The JSON Patch is not a JSON array of operations."},
      {R"([{"op":"test","path":"/active","value":true},{"op":"remove","path":"/gender"}])",
       "Operation 1 of the JSON Patch: the path names nothing in the resource."},
      {R"([{"op":"test","path":"/active","value":"true"}])",
       "Operation 0 of the JSON Patch: the test fails: the values are not equal."},
      {R"([{"op":"add","path":"/contact/0/gender","value":"male"}])",
       "Operation 0 of the JSON Patch: what the path names has no parent in the resource."},
      {R"([{"op":"add","path":"/name/2","value":{"text":"y"}}])",
       "Operation 0 of the JSON Patch: the path ends in no index of the array."},
      {R"([{"op":"add","path":"/name/01","value":{"text":"y"}}])",
       "Operation 0 of the JSON Patch: the path ends in no index of the array."},
      {R"([{"op":"move","from":"/name","path":"/name/0/period"}])",
       "Operation 0 of the JSON Patch: a value cannot be moved into itself."},
      {R"([{"op":"merge","path":"/name"}])",
       "Operation 0 of the JSON Patch: op is not one of add, remove, replace, move, copy, test."},
      {R"([{"op":"add","path":"name","value":1}])",
       "Operation 0 of the JSON Patch: path is missing or no JSON pointer."},
      {R"([{"op":"add","path":"/gender"}])", "Operation 0 of the JSON Patch: value is missing."},
      {R"([{"op":"remove","path":""}])",
       "Operation 0 of the JSON Patch: the whole resource cannot be removed."},
      {R"([{"op":"replace","path":"/resourceType","value":"Person"}])",
       "A patch cannot change the type of a resource."},
  };
  for (const auto& row : rows)
    EXPECT_EQ(patched(patient, row.patch), row.text) << row.patch;
}

TEST(JsonPatch, ResultThatIsNoFhirIsRefused) {
  const std::string said =
      patched(R"({"resourceType":"Patient"})", R"([{"op":"add","path":"/name","value":"not a list"}])");
  EXPECT_EQ(said.find("resourceType"), std::string::npos) << said;
}

TEST(JsonPatch, CopiesOfCopiesEnd) {
  std::string patch = "[";
  for (int round = 0; round < 40; ++round)
    patch += std::string(round == 0 ? "" : ",") + R"({"op":"copy","from":"/name","path":"/name/-"})";
  EXPECT_EQ(
      patched(R"({"resourceType":"Patient","name":[{"text":"x"}]})", patch + "]", {.max_nodes = 10'000}),
      "Operation 11 of the JSON Patch: the result is too large or too deeply nested.");
}

TEST(JsonPatch, OperationsAreBounded) {
  EXPECT_EQ(
      patched(R"({"resourceType":"Patient","active":true})",
              R"([{"op":"test","path":"/active","value":true},{"op":"test","path":"/active","value":true}])",
              {.max_operations = 1}),
      "The JSON Patch has more than 1 operations.");
}

TEST(JsonPointer, FollowsRfc6901) {
  EXPECT_EQ(parse_pointer(""), JsonPointer{});
  EXPECT_EQ(parse_pointer("/"), JsonPointer{""});
  EXPECT_EQ(parse_pointer("/a~1b/m~0n/~01"), (JsonPointer{"a/b", "m~n", "~1"}));
  EXPECT_FALSE(parse_pointer("a").has_value());
  EXPECT_FALSE(parse_pointer("/~2").has_value());
  EXPECT_FALSE(parse_pointer("/~").has_value());
  EXPECT_EQ(array_index("0", 1), 0u);
  EXPECT_FALSE(array_index("1", 1).has_value());
  EXPECT_FALSE(array_index("-", 1).has_value());
  EXPECT_FALSE(array_index("99999999999999999999", 1).has_value());
}

TEST(SameNumber, ComparesByValueExactly) {
  EXPECT_TRUE(same_number("1", "1.0"));
  EXPECT_TRUE(same_number("10e-1", "0.1E+1"));
  EXPECT_TRUE(same_number("-0", "0.00"));
  EXPECT_TRUE(same_number("1e400", "10e399"));
  EXPECT_FALSE(same_number("1", "-1"));
  EXPECT_FALSE(same_number("0.1", "0.10000000000000000001"));
  EXPECT_FALSE(same_number("1e99999999999999999999", "1"));
}

TEST(ParseJson, RefusesWhatIsAmbiguousOrTooLarge) {
  EXPECT_EQ(parse_json(R"({"a":1,"a":2})", 100).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(parse_json("[1,2,3]", 3).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(parse_json(std::string(5000, '['), 100'000).error().code, ErrorCode::kTooLarge);
  EXPECT_EQ(parse_json(std::string("1\0 2", 4), 100).error().code, ErrorCode::kMalformed);
  EXPECT_EQ(write_json(*parse_json("{\"\\u0001\\\"\": [1.50, null, true]}", 100)),
            "{\"\\u0001\\\"\":[1.50,null,true]}");
}

}  // namespace
}  // namespace fhir::patch
