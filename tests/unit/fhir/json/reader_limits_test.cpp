// What the reader does with documents made to hurt it: it refuses them at the limit, in bounded memory and
// stack.
#include <gtest/gtest.h>
#include <string>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"

namespace fhir::json {
namespace {

tree::ReadOutcome read_r4(std::string_view bytes, const ReadLimits& limits = {}) {
  return read(bytes, definitions::r4(), limits);
}

void expect_fatal(const tree::ReadOutcome& outcome, std::string_view text) {
  EXPECT_EQ(outcome.tree, nullptr);
  ASSERT_FALSE(outcome.issues.empty());
  const Issue& last = outcome.issues.items().back();
  EXPECT_EQ(last.severity, Severity::kFatal);
  EXPECT_NE(last.text.find(text), std::string::npos) << last.text;
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i)
    out.append(text);
  return out;
}

TEST(JsonLimits, RefusesAHundredThousandNestedObjects) {
  expect_fatal(read_r4(R"({"resourceType":"Patient","x":)" + repeated(R"({"x":)", 100'000)),
               "nested deeper than 64");
}

TEST(JsonLimits, RefusesAHundredThousandNestedArrays) {
  expect_fatal(read_r4(R"({"resourceType":"Patient","x":)" + repeated("[", 100'000)),
               "nested deeper than 64");
  expect_fatal(read_r4(repeated("[", 100'000)), "an array instead of a resource");
}

TEST(JsonLimits, CountsDepthExactly) {
  const auto nested = [](std::size_t depth) {
    return R"({"resourceType":"Patient","x":)" + repeated(R"({"x":)", depth - 1) + "1" + repeated("}", depth);
  };
  EXPECT_FALSE(read_r4(nested(64)).issues.has_error());
  expect_fatal(read_r4(nested(65)), "nested deeper than 64");
}

TEST(JsonLimits, RefusesTooManyBytes) {
  ReadLimits limits;
  limits.max_bytes = 30;
  expect_fatal(read_r4(R"({"resourceType":"Patient","id":"a"})", limits), "over 30 bytes");
}

TEST(JsonLimits, RefusesTooManyElements) {
  ReadLimits limits;
  limits.max_nodes = 4;
  EXPECT_FALSE(read_r4(R"({"resourceType":"Patient","name":[{"given":["a","b"]}]})", limits).tree == nullptr);
  expect_fatal(read_r4(R"({"resourceType":"Patient","name":[{"given":["a","b","c"]}]})", limits),
               "more than 4 elements");
  limits.max_nodes = 0;
  expect_fatal(read_r4(R"({"resourceType":"Patient"})", limits), "more than 0 elements");
}

TEST(JsonLimits, RefusesTooManyMembers) {
  ReadLimits limits;
  limits.max_members = 3;
  EXPECT_NE(read_r4(R"({"resourceType":"Patient","id":"a","gender":"male"})", limits).tree, nullptr);
  expect_fatal(read_r4(R"({"resourceType":"Patient","id":"a","gender":"male","active":true})", limits),
               "more than 3 members");
}

TEST(JsonLimits, RefusesAMillionUnknownMembers) {
  std::string json = R"({"resourceType":"Patient")";
  for (int i = 0; i < 1'000'000; ++i)
    json.append(",\"k").append(std::to_string(i)).append("\":1");
  expect_fatal(read_r4(json + "}"), "more than 10000 members");
}

TEST(JsonLimits, RefusesUnboundedUnknownNamesInManyObjects) {
  std::string json = R"({"resourceType":"Patient","name":[{"use":"usual"})";
  for (int i = 0; i < 20'000; ++i)
    json.append(",{\"k").append(std::to_string(i)).append("\":1}");
  expect_fatal(read_r4(json + "]}"), "unknown names");
}

TEST(JsonLimits, FindsDuplicatesAmongManyMembersAndInTheRightObject) {
  std::string members;
  for (int i = 0; i < 5'000; ++i)
    members.append("\"k").append(std::to_string(i)).append("\":{\"k7\":1},");
  const std::string start = R"({"resourceType":"Patient",)" + members;
  EXPECT_FALSE(read_r4(start + "\"id\":\"a\"}").issues.has_error());
  expect_fatal(read_r4(start + "\"k4999\":1}"), "stands twice");
  expect_fatal(read_r4(start + "\"k3\":1}"), "stands twice");
}

TEST(JsonLimits, RefusesLongNames) {
  const std::string name(257, 'n');
  expect_fatal(read_r4("{\"resourceType\":\"Patient\",\"" + name + "\":1}"), "over 256 bytes");
}

TEST(JsonLimits, KeepsTheFatalIssueBehindManyErrors) {
  const tree::ReadOutcome outcome =
      read_r4(R"({"resourceType":"Patient","name":[)" + repeated(R"({"family":1},)", 1'000) + "]}");
  EXPECT_EQ(outcome.tree, nullptr);
  bool fatal = false;
  for (const Issue& issue : outcome.issues.items())
    fatal = fatal || issue.severity == Severity::kFatal;
  EXPECT_TRUE(fatal);
}

TEST(JsonLimits, RefusesManyResourcesWithLateTypesInLinearTime) {
  // Each level looks ahead for its type; the depth limit bounds the looking.
  const std::string json = repeated(R"({"entry":[{"resource":)", 20) + R"({"id":"a","x":")" +
                           std::string(1u << 20, 'a') + R"(","resourceType":"Patient"})" +
                           repeated(R"(}],"resourceType":"Bundle"})", 20);
  EXPECT_FALSE(read_r4(json).issues.has_error());
}

}  // namespace
}  // namespace fhir::json
