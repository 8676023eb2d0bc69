#include "gateway/partner/script.hpp"

#include <gtest/gtest.h>

namespace gateway::partner {
namespace {

using namespace std::chrono_literals;

constexpr const char* kUrl = "http://127.0.0.1:8080/fhir";

/// The first issue, or nothing.
std::string complaint(std::string_view text, const std::string& gateway = kUrl) {
  const ScriptOutcome outcome = parse_script(text, "s.yaml", Role::kHub, gateway);
  EXPECT_EQ(outcome.script == nullptr, outcome.issues.has_error());
  return outcome.issues.items().empty() ? std::string() : outcome.issues.items().front().text;
}

std::shared_ptr<const Script> script(std::string_view text, Role role = Role::kHub) {
  const ScriptOutcome outcome = parse_script(text, "s.yaml", role, kUrl);
  for (const fhir::Issue& issue : outcome.issues.items())
    ADD_FAILURE() << issue.text;
  return outcome.script;
}

TEST(PartnerScript, RowsOfWhatIsRefused) {
  struct Row {
    std::string_view text;
    std::string_view expected;  ///< Part of the complaint.
  };
  const Row rows[] = {
      {"colour: red", "colour"},
      {"partner: {nmae: hub}", "partner.nmae"},
      {"replies: [{colour: red}]", "replies[0].colour"},
      {"replies: [{when: 'Bundle.entry.('}]", "is no FHIRPath"},
      {"replies: [{status: 199}]", "replies[0].status"},
      {"replies: [{times: 0}]", "replies[0].times"},
      {"replies: [{body: maybe}]", "replies[0].body"},
      {"replies: [{delay: 5}]", "replies[0].delay"},
      {"replies: [{issue: duplicate}]", "goes with body outcome only"},
      {"replies: [{then: [{after: 1s}]}]", "says either `task` or `answer`"},
      {"replies: [{then: [{task: accept, answer: ok}]}]", "says either `task` or `answer`"},
      {"replies: [{then: [{task: reject}]}]", "`reject` needs `reason`"},
      {"replies: [{then: [{task: redirect}]}]", "`redirect` needs `reason`"},
      {"replies: [{then: [{task: advice}]}]", "`advice` needs `say`"},
      {"replies: [{then: [{task: ask-information}]}]", "`ask-information` needs `say`"},
      {"replies: [{then: [{task: offer}]}]", "`offer` needs `destination`"},
      {"replies: [{then: [{task: book}]}]", "`book` needs `starts`"},
      {"replies: [{then: [{task: priority}]}]", "`priority` needs `priority`"},
      {"replies: [{then: [{answer: none}]}]", "replies[0].then[0].answer"},
      {"gateway: ftp://x", "is not http"},
      {"partner: {service_id: nothing}", "system|value"},
      {"partner: {token_file: /nowhere/token}", "cannot be read"},
      {"send: [{at: 1s}]", "'file' is missing"},
      {"format: text", "format"},
  };
  for (const Row& row : rows)
    EXPECT_NE(complaint(row.text).find(row.expected), std::string::npos)
        << row.text << "\n  " << complaint(row.text);
}

TEST(PartnerScript, NeedsAGatewayOnlyToSpeakToIt) {
  EXPECT_EQ(complaint("replies: [{status: 503}]", ""), "");
  EXPECT_NE(complaint("replies: [{then: [{task: accept}]}]", "").find("LIGAMENT_GATEWAY"), std::string::npos);
  EXPECT_NE(complaint("send: [{file: a.json}]", "").find("LIGAMENT_GATEWAY"), std::string::npos);
  EXPECT_NE(complaint("gateway: ${GATEWAY}", "").find("LIGAMENT_GATEWAY is not set"), std::string::npos);
}

TEST(PartnerScript, ReadsEveryKey) {
  const auto read = script(R"yaml(
partner: {name: clinic, ods: 99S20, service_id: "sys|7"}
gateway: ${GATEWAY}/x
target: "sys|9"
remembers: false
format: xml
replies:
  - name: first
    when: "Bundle.entry.exists()"
    times: 2
    delay: 250ms
    status: 503
    body: outcome
    issue: transient
    retry_after: 3s
    mirror: false
    remember: true
    drop: true
    then:
      - {after: 1s, task: book, starts: 2d, lasts: 45m, via: message, twice: true}
      - task: offer
        reason: {code: capacity, display: No capacity, text: Full until spring}
        decided_by: {name: Ada Example, role: surgeon}
        destination: {ods: 99S21, name: Coast}
        say: Please take
        by: 4h
        priority: urgent
      - {answer: fatal}
send:
  - {name: one, file: a.json, at: 3s, as_is: true, twice: true}
)yaml");
  ASSERT_NE(read, nullptr);
  EXPECT_EQ(read->identity.name, "clinic");
  EXPECT_EQ(read->gateway, "http://127.0.0.1:8080/fhir/x");
  EXPECT_EQ(read->target, "sys|9");
  EXPECT_FALSE(read->remembers);
  EXPECT_TRUE(read->xml);
  const ReplyRule& rule = read->replies.at(0);
  EXPECT_NE(rule.when, nullptr);
  EXPECT_EQ(rule.times, 2u);
  EXPECT_EQ(rule.delay, 250ms);
  EXPECT_EQ(rule.status, 503);
  EXPECT_EQ(rule.issue, "transient");
  EXPECT_EQ(rule.retry_after, 3s);
  EXPECT_FALSE(rule.mirror);
  EXPECT_TRUE(rule.remember);
  EXPECT_TRUE(rule.drop);
  ASSERT_EQ(rule.then.size(), 3u);
  EXPECT_EQ(rule.then[0].word, Word::kBook);
  EXPECT_EQ(rule.then[0].starts, std::chrono::hours(48));
  EXPECT_EQ(rule.then[0].lasts, 45min);
  EXPECT_EQ(rule.then[0].via, Via::kMessage);
  EXPECT_TRUE(rule.then[0].twice);
  EXPECT_EQ(rule.then[1].reason.display, "No capacity");
  EXPECT_EQ(rule.then[1].decided_by.role, "surgeon");
  EXPECT_EQ(rule.then[1].destination->name, "Coast");
  EXPECT_EQ(rule.then[1].by, std::chrono::hours(4));
  EXPECT_EQ(rule.then[1].priority, "urgent");
  EXPECT_FALSE(rule.then[2].word.has_value());
  EXPECT_EQ(rule.then[2].answer, Body::kFatal);
  EXPECT_TRUE(read->sends.at(0).as_is);
  EXPECT_EQ(read->sends.at(0).at, 3s);
}

TEST(PartnerScript, WhatWasNotTakenIsNotRemembered) {
  const auto read = script(R"(
replies:
  - {}
  - {body: none}
  - {body: transient}
  - {body: garbage}
  - {status: 503}
  - {drop: true}
)");
  std::vector<bool> remembered;
  for (const ReplyRule& rule : read->replies)
    remembered.push_back(rule.remember);
  EXPECT_EQ(remembered, (std::vector<bool>{true, true, false, false, false, false}));
}

TEST(PartnerScript, EveryRoleHasASensibleDefault) {
  EXPECT_EQ(default_script(Role::kHub, kUrl).replies.at(0).then.at(0).word, Word::kAccept);
  EXPECT_EQ(default_script(Role::kHub, kUrl).replies.at(0).then.at(0).after, 200ms);
  EXPECT_TRUE(default_script(Role::kHub, "").replies.at(0).then.empty());
  EXPECT_TRUE(default_script(Role::kGp, kUrl).replies.at(0).then.empty());
  EXPECT_TRUE(default_script(Role::kPas, kUrl).replies.at(0).then.empty());
  EXPECT_EQ(script("remembers: true", Role::kHub)->replies.at(0).then.at(0).word, Word::kAccept);
}

TEST(PartnerScript, ThoseOfTheDemonstrationCanBeRead) {
  const std::string folder = std::string(LIGAMENT_SOURCE_DIR) + "/samples/demonstration/";
  for (const char* const name : {"hub.yaml", "gp.yaml", "rota.yaml", "provider.yaml"}) {
    const auto outcome = load_script_file(folder + name, Role::kHub, kUrl);
    ASSERT_TRUE(outcome.has_value()) << name;
    EXPECT_NE(outcome->script, nullptr) << name;
  }
}

}  // namespace
}  // namespace gateway::partner
