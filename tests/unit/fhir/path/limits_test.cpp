#include <gtest/gtest.h>
#include <string>

#include "tests/unit/fhir/path/sample.hpp"

namespace fhir::path {
namespace {

struct LimitRow {
  std::string_view expression;
  EvalLimits limits;
  std::string_view expected;
};

TEST(Limits, StopRunsThatCostTooMuch) {
  const tree::TreePtr tree = read_sample();
  const LimitRow rows[] = {
      {"name.given", {.max_steps = 3}, "execution: the step budget is spent"},
      {"name.given", {.max_steps = 30}, "Ann, Beth, Annie"},
      {"1.repeatAll($this + 1)",
       {.max_items = 100},
       "execution: repeatAll(): the collection grows past the limit"},
      {"1.repeat($this + 1)", {.max_steps = 500}, "execution: the step budget is spent"},
      {"1.repeatAll($this)", {.max_steps = 500}, "execution: the step budget is spent"},
      {"descendants()", {.max_items = 5}, "execution: descendants(): the collection grows past the limit"},
      {"name.given.select(name.given | %resource.descendants())",
       {.max_items = 10},
       "execution: descendants(): the collection grows past the limit"},
      {"(1 | 2 | 3).aggregate($total & 'xxxx', '')",
       {.max_string_bytes = 8},
       "execution: the string grows past the limit"},
      {"('xxxx' | 'yyyy' | 'zzzz').join('-')",
       {.max_string_bytes = 8},
       "execution: join(): the string grows past the limit"},
      {"'xxxxxx'.replace('', 'yy')",
       {.max_string_bytes = 8},
       "execution: replace(): the string grows past the limit"},
      {"'xxxxxx'.replaceMatches('x', 'yy')",
       {.max_string_bytes = 8},
       "execution: replaceMatches(): the string grows past the limit"},
      {"'xxxxxx'.encode('hex')",
       {.max_string_bytes = 8},
       "execution: encode(): the string grows past the limit"},
  };
  for (const LimitRow& row : rows) {
    EvalContext context{.root = tree->root()};
    context.limits = row.limits;
    EXPECT_EQ(run(row.expression, context), row.expected) << row.expression;
  }
}

TEST(Limits, LeaveDeepDataToIteration) {
  std::string json = R"({"resourceType":"Questionnaire","status":"draft")";
  constexpr int kDepth = 25;
  for (int i = 0; i < kDepth; ++i)
    json.append(R"(,"item":[{"linkId":")").append(std::to_string(i)).append(R"(","type":"group")");
  for (int i = 0; i < kDepth; ++i)
    json.append("}]");
  const tree::TreePtr tree = read_sample(json.append("}"));
  ASSERT_NE(tree, nullptr);
  const EvalContext context{.root = tree->root()};
  EXPECT_EQ(run("descendants().linkId.count()", context), "25");
  EXPECT_EQ(run("repeat(item).count()", context), "25");
  EXPECT_EQ(run("item = item and item ~ item and item.item != item", context), "true");
}

TEST(Limits, KeepDistinctLinear) {
  std::string json = R"({"resourceType":"Patient","name":[{"given":[)";
  for (int i = 0; i < 20'000; ++i)
    json.append(i == 0 ? "" : ",").append("\"g").append(std::to_string(i % 10'000)).append("\"");
  const tree::TreePtr tree = read_sample(json.append("]}]}"));
  ASSERT_NE(tree, nullptr);
  EvalContext context{.root = tree->root()};
  context.limits.max_steps = 200'000;
  EXPECT_EQ(run("name.given.distinct().count()", context), "10000");
  EXPECT_EQ(run("name.given.isDistinct()", context), "false");
}

}  // namespace
}  // namespace fhir::path
