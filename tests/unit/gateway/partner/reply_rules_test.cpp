#include "gateway/partner/reply_rules.hpp"

#include <gtest/gtest.h>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"

namespace gateway::partner {
namespace {

fhir::tree::TreePtr bundle(const std::string& id) {
  return fhir::json::read(R"({"resourceType":"Bundle","id":")" + id + R"(","type":"message"})",
                          fhir::definitions::r4())
      .tree;
}

class ReplyRulesTest : public ::testing::Test {
 protected:
  void use(const std::string& text) {
    const ScriptOutcome outcome = parse_script(text, "s.yaml", Role::kGp, "");
    ASSERT_NE(outcome.script, nullptr);
    script_ = outcome.script;
    rules_.emplace(script_->replies);
  }
  std::string chosen(const std::string& id) {
    const fhir::tree::TreePtr tree = bundle(id);
    const ReplyRule* rule = rules_->choose(tree->root(), clock_);
    return rule == nullptr ? "-" : rule->name;
  }
  fhir::ManualClock clock_{fhir::Instant{}};
  std::shared_ptr<const Script> script_;
  std::optional<ReplyRules> rules_;
};

TEST_F(ReplyRulesTest, FirstThatFitsWins) {
  use(R"(replies: [{name: a, when: "Bundle.id = 'x'"}, {name: b, when: "Bundle.id = 'y'"}, {name: c}])");
  EXPECT_EQ(chosen("x"), "a");
  EXPECT_EQ(chosen("y"), "b");
  EXPECT_EQ(chosen("z"), "c");
  EXPECT_EQ(chosen("x"), "a");
}

TEST_F(ReplyRulesTest, TimesAreUsedUpByMatchesOnly) {
  use(R"(replies: [{name: a, when: "Bundle.id = 'x'", times: 2}, {name: b, times: 1}])");
  EXPECT_EQ(chosen("x"), "a");
  EXPECT_EQ(chosen("z"), "b");
  EXPECT_EQ(chosen("x"), "a");
  EXPECT_EQ(chosen("x"), "-");
}

TEST_F(ReplyRulesTest, ConditionThatFailsOrIsEmptyDoesNotHold) {
  use(R"(replies: [{name: a, when: "Bundle.entry.resource.id"}, {name: b, when: "Bundle.id.single() + 1 = 2"}])");
  EXPECT_EQ(chosen("x"), "-");
}

}  // namespace
}  // namespace gateway::partner
