#include "gateway/gate/red_flag_set.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/gate/gate.hpp"

namespace gateway::gate {
namespace {

using testing::HasSubstr;

constexpr std::string_view kSnomed = "http://snomed.info/sct";

TEST(RedFlagSet, HasEveryConditionOfTheMinimum) {
  const RedFlagSet flags = RedFlagSet::minimum();
  for (const char* condition :
       {"cauda-equina", "spinal-cord-compression", "spinal-infection-or-septic-joint", "acute-injury",
        "giant-cell-arteritis", "suspected-cancer", "cervical-myelopathy", "early-inflammatory-arthritis",
        "fragility-fracture", "limb-ischaemia-or-thrombosis", "child-safeguarding", "emergency-priority"}) {
    const RedFlag* flag = flags.by_condition(condition);
    ASSERT_NE(flag, nullptr) << condition;
    EXPECT_GT(flag->route.time_limit.count(), 0) << condition;
    EXPECT_FALSE(flag->route.text.empty()) << condition;
  }
  EXPECT_EQ(flags.by_code(kSnomed, "192970008")->condition, "cauda-equina");
  EXPECT_EQ(flags.by_code(kRedFlagSystem, "cauda-equina")->condition, "cauda-equina");
  EXPECT_EQ(flags.by_code(kSnomed, "30989003"), nullptr);
}

TEST(RedFlagSet, FilesOnlyAdd) {
  fhir::IssueList issues;
  const RedFlagSet flags = RedFlagSet::parse(R"(
flags:
  - {condition: cauda-equina, phrases: [zebra numbness], route: {within: 2h}}
  - condition: local-thing
    route: {id: local-route, text: Phone us., within: 1h}
    phrases: [purple toe]
)",
                                             "red_flags.yaml", issues);
  EXPECT_FALSE(issues.has_error()) << issues.items().front().text;
  EXPECT_TRUE(inspect_bytes(flags, "zebra numbness").raised());
  EXPECT_TRUE(inspect_bytes(flags, "saddle numbness").raised()) << "what is built in stays";
  EXPECT_EQ(inspect_bytes(flags, "purple toe").route->id, "local-route");
  EXPECT_EQ(flags.by_condition("cauda-equina")->route.time_limit, std::chrono::hours(2));
}

TEST(RedFlagSet, RefusesFilesThatWouldWeaken) {
  struct Row {
    const char* yaml;
    const char* says;
  };
  const Row rows[] = {
      {"flags: [{condition: cauda-equina, route: {within: 48h}}]",
       "must not be longer than the built-in limit"},
      {"flags: [{condition: cauda-equina, name: Other}]", "only add to it"},
      {"flags: [{condition: new, phrases: [abc]}]", "'route' is missing"},
      {"flags: [{condition: new, phrases: [a], route: {id: r, text: t, within: 1h}}]",
       "at least three letters"},
      {"flags: [{condition: new, route: {id: r, text: t, within: 0m}}]", "at least a minute"},
      {"flags: [{condition: cauda-equina, off: true}]", "unknown key"},
      {"flags: [{condition: cauda-equina, codes: [123]}]", "must be 'system|code'"},
      {"flags: [{condition: cauda-equina, together: [{groups: [[abc]]}]}]", "two to four groups"},
      {"flags: 7", "must be a list"},
      {"flags: [", "not YAML"},
  };
  for (const Row& row : rows) {
    fhir::IssueList issues;
    const RedFlagSet flags = RedFlagSet::parse(row.yaml, "red_flags.yaml", issues);
    ASSERT_TRUE(issues.has_error()) << row.yaml;
    EXPECT_THAT(issues.items().front().text, HasSubstr(row.says)) << row.yaml;
    EXPECT_TRUE(inspect_bytes(flags, "cauda equina").raised())
        << "the minimum is active whatever the file says";
  }
}

}  // namespace
}  // namespace gateway::gate
