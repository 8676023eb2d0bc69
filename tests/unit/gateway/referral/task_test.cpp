#include <gtest/gtest.h>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/json/writer.hpp"
#include "fhir/validate/validate.hpp"
#include "gateway/referral/task_tree.hpp"
#include "gateway/referral/task_update.hpp"
#include "tests/unit/gateway/referral/scenes.hpp"

namespace gateway::referral {
namespace {

using E = EventKind;
using S = State;
using fhir::tree::TreePtr;

TaskFacts facts() {
  TaskFacts made;
  made.id = "t1";
  made.identifiers = {{std::string(kReferralIdSystem), "r1", "FILL"},
                      {"https://fhir.nhs.uk/Id/UBRN", "000000000018", "PLAC"}};
  made.focus = "ServiceRequest/s1";
  made.patient = "Patient/p1";
  made.group = "6f6d0f5e-1111-4222-8333-444455556666";
  made.authored = hour(0);
  made.description = "Assess and treat.";
  return made;
}

TreePtr task_of(const ReferralState& referral) {
  return build_task(fhir::definitions::r4(), facts(), referral, hour(1));
}
TreePtr read(std::string_view json) {
  return fhir::json::read(json, fhir::definitions::r4()).tree;
}

std::string first_error(const TreePtr& tree) {
  const fhir::IssueList issues = fhir::validate::check(tree->root(), {});
  for (const fhir::Issue& issue : issues.items()) {
    if (issue.severity == fhir::Severity::kError || issue.severity == fhir::Severity::kFatal)
      return issue.expression + ": " + issue.text;
  }
  return {};
}

TEST(BuildTask, SaysStateOwnerAndDeadlineInEveryState) {
  for (const S state : all_states()) {
    SCOPED_TRACE(to_text(state));
    const ReferralState referral = scene(state);
    const TreePtr task = task_of(referral);
    EXPECT_EQ(first_error(task), "");
    EXPECT_EQ(task->root().child("status").text(), task_status(referral));
    EXPECT_EQ(task->root().at("businessStatus", "coding", "code").text(), business_status(referral));
    EXPECT_EQ(task->root().at("requester", "identifier", "value").text(), kPractice.ods);
    EXPECT_EQ(task->root().at("code", "coding", "code").text(), "fulfill");
    EXPECT_EQ(task->root().at("restriction", "period", "end").has_value(),
              referral.deadline_kind != DeadlineKind::kNone);
    EXPECT_EQ(task->root().at("meta", "versionId").text(), std::to_string(referral.version));
  }
}

TEST(RebuildTask, KeepsWhatDoesNotDependOnTheState) {
  const TreePtr before = read(
      R"({"resourceType":"Task","id":"t1","status":"requested","intent":"order","for":{"reference":"Patient/p1"},)"
      R"("note":[{"text":"kept"}],"input":[{"type":{"text":"x"},"valueString":"y"}]})");
  const TreePtr after = rebuild_task(before->root(), scene(S::kAccepted), {}, hour(5));
  EXPECT_EQ(after->root().at("note", "text").text(), "kept");
  EXPECT_EQ(after->root().at("input", "value").text(), "y");
  EXPECT_EQ(after->root().child("status").text(), "accepted");
  EXPECT_EQ(after->root().at("owner", "identifier", "value").text(), kHubOrg.ods);
  EXPECT_EQ(fhir::json::write(rebuild_task(after->root(), scene(S::kAccepted), {}, hour(5))->root()),
            fhir::json::write(after->root()));
}

TEST(BuildAbortTask, AsksTheHolderToStop) {
  const TreePtr task =
      build_abort_task(fhir::definitions::r4(), "a1", "t1", "Patient/p1", scene(S::kBooked), {}, hour(9));
  EXPECT_EQ(first_error(task), "");
  EXPECT_EQ(task->root().at("code", "coding", "code").text(), "abort");
  EXPECT_EQ(task->root().at("focus", "reference").text(), "Task/t1");
  EXPECT_EQ(task->root().at("owner", "identifier", "value").text(), kClinic.ods);
}

constexpr std::string_view kRequest =
    R"({"resourceType":"ServiceRequest","id":"as-sent","meta":{"versionId":"7","profile":["https://example.org/p"]},"status":"active",)"
    R"("intent":"plan","subject":{"reference":"urn:uuid:1"},"authoredOn":"2026-11-01","performer":[{"display":"Hub"}],)"
    R"("note":[{"text":"Knee pain since spring."}]})";

TEST(RebuildRequest, ChangesOnlyWhatTheAuthorSaid) {
  const TreePtr request = rebuild_request(read(kRequest)->root(), "s1", "revoked", 2, hour(3));
  EXPECT_EQ(
      fhir::json::write(request->root()),
      R"({"resourceType":"ServiceRequest","id":"s1","meta":{"versionId":"2","lastUpdated":"2026-11-02T03:00:00.000Z",)"
      R"("profile":["https://example.org/p"]},"status":"revoked","intent":"plan","subject":{"reference":"urn:uuid:1"},)"
      R"("authoredOn":"2026-11-01","performer":[{"display":"Hub"}],"note":[{"text":"Knee pain since spring."}]})");
}

TEST(BuildChildRequest, CarriesTheNarrativeWholeAndNamesItsParent) {
  const TreePtr child = build_child_request(read(kRequest)->root(), "s2", "s1", kClinic, hour(3));
  EXPECT_EQ(child->root().at("basedOn", "reference").text(), "ServiceRequest/s1");
  EXPECT_EQ(child->root().at("performer", "identifier", "value").text(), kClinic.ods);
  EXPECT_EQ(child->root().at("note", "text").text(), "Knee pain since spring.");
  EXPECT_EQ(child->root().child("authoredOn").text(), "2026-11-01");
  EXPECT_EQ(child->root().children("performer").size(), 1u);
}

/// The stored Task with one text replaced, as a partner would send it back.
TaskChange change(S state, std::string_view from, std::string_view to) {
  const ReferralState referral = scene(state);
  const TreePtr stored = task_of(referral);
  std::string json = fhir::json::write(stored->root());
  const std::size_t at = json.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  json.replace(at, from.size(), to);
  return derive_event(read(json)->root(), stored->root(), referral);
}

std::string meaning(const TaskChange& change) {
  if (const auto* event = std::get_if<Event>(&change)) return std::string(to_text(event->kind));
  if (std::holds_alternative<Unchanged>(change)) return "unchanged";
  const auto& refused = std::get<TaskRefused>(change);
  return std::to_string(traits(refused.rule).http_status)
      .append(" ")
      .append(refused.issues.items().front().expression);
}

TEST(DeriveEvent, RowsOfWhatAPutMeans) {
  struct Row {
    S state;
    std::string_view from;
    std::string_view to;
    std::string_view expected;
  };
  const Row rows[] = {
      {S::kReceived, "x", "x", "unchanged"},
      {S::kReceived, R"("status":"requested")", R"("status":"received")", "hub_acknowledged"},
      {S::kAtHub, R"("status":"received")", R"("status":"accepted")", "accept"},
      {S::kAtHub, R"("status":"received")", R"("status":"rejected","statusReason":{"text":"r"})", "reject"},
      {S::kAtHub, R"("status":"received")", R"("status":"completed","note":[{"text":"advice"}])",
       "advice_returned"},
      {S::kAtHub, R"("code":"awaiting-triage")", R"("code":"awaiting-information")", "information_asked"},
      {S::kAtHub, R"("priority":"routine")", R"("priority":"urgent")", "priority_changed"},
      {S::kAtHub, R"("status":"received")", R"("status":"cancelled")", "cancel"},
      {S::kAtHub, R"("status":"received")", R"("status":"on-hold")", "409 Task.status"},
      {S::kAwaitingInformation, R"("description")",
       R"("input":[{"type":{"text":"answer"},"valueString":"x"}],"description")", "information_given"},
      {S::kAtHub, R"("description")",
       R"("input":[{"type":{"text":"answer"},"valueString":"x"}],"description")", "noted"},
      {S::kAtHub, R"("description")", R"("note":[{"text":"Rang the patient."}],"description")", "noted"},
      {S::kDischarged, R"("description")", R"("note":[{"text":"Rang the patient."}],"description")", "noted"},
      {S::kAtHub, R"("description")", R"("executionPeriod":{"start":"2026-11-20"},"description")",
       "409 Task.executionPeriod"},
      {S::kAtHub, R"("description")", R"("statusReason":{"text":"why"},"description")",
       "409 Task.statusReason"},
      {S::kAtHub, R"("focus":{"reference":"ServiceRequest/s1"})",
       R"("focus":{"reference":"http://gateway.example/fhir/ServiceRequest/s1"})", "unchanged"},
      {S::kAwaitingInformation, R"("status":"received")", R"("status":"accepted")", "accept"},
      {S::kOfferedOnward, R"("status":"accepted")", R"("status":"rejected")", "offer_declined"},
      {S::kAccepted, R"("status":"accepted")",
       R"("status":"in-progress","executionPeriod":{"start":"2026-11-20T09:00:00Z"})", "booked"},
      {S::kAccepted, R"("status":"accepted")", R"("status":"failed","statusReason":{"text":"r"})",
       "unable_to_complete"},
      {S::kAccepted, R"("code":"accepted")", R"("code":"offered-onward")", "onward_leg"},
      {S::kBooked, R"("code":"appointment-booked")", R"("code":"did-not-attend")", "not_attended"},
      {S::kBooked, R"("code":"appointment-booked")", R"("code":"in-treatment")", "attended"},
      {S::kInTreatment, R"("status":"in-progress")", R"("status":"completed")", "discharge"},
      {S::kBooked, R"("status":"in-progress")", R"("status":"cancelled")", "409 Task.status"},
      {S::kEscalated, R"("code":"red-flag-escalated")", R"("code":"awaiting-hub")", "escalation_confirmed"},
      {S::kEscalated, R"("status":"requested")", R"("status":"received")", "hub_acknowledged"},
      {S::kReceived, R"("value":"RHUB1")", R"("value":"RELSE")", "409 Task.owner"},
      {S::kAtHub, "Patient/p1", "Patient/p2", "422 Task.for"},
      {S::kAtHub, "Patient/p1", "https://gateway.example/fhir/Patient/p1", "unchanged"},
      {S::kAtHub, "Patient/p1", "https://gateway.example/fhir/Patient/p2", "422 Task.for"},
      {S::kAtHub, "Patient/p1", "https://gateway.example/fhir/Group/p1", "422 Task.for"},
      {S::kAtHub, R"("focus":{"reference":"ServiceRequest/s1"})",
       R"("focus":{"reference":"ServiceRequest/s2"})", "422 Task.focus"},
      {S::kAtHub, "000000000018", "000000000026", "422 Task.identifier[0]"},
      {S::kAtHub, R"("value":"H81001")", R"("value":"H81002")", "422 Task.requester"},
      {S::kAtHub, R"("for":{"reference":"Patient/p1"},)", "", "422 Task.for"},
      {S::kAtHub, R"("value":"RHUB1")", R"("value":"RELSE")", "409 Task.owner"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(std::string(to_text(row.state)) + " " + std::string(row.to));
    const std::string_view from = row.from == "x" ? std::string_view("\"id\":\"t1\"") : row.from;
    const std::string_view to = row.from == "x" ? from : row.to;
    EXPECT_EQ(meaning(change(row.state, from, to)), row.expected);
  }
}

TEST(DeriveEvent, OrderOfElementsIsNoChange) {
  const ReferralState referral = scene(S::kAtHub);
  const TreePtr stored = read(
      R"({"resourceType":"Task","id":"t1","identifier":[{"system":"a","value":"1"},{"value":"2","system":"b"}],"status":"received","intent":"order"})");
  const TreePtr sent = read(
      R"({"resourceType":"Task","identifier":[{"system":"b","value":"2"},{"value":"1","system":"a"}],"id":"t1","intent":"order","status":"received"})");
  EXPECT_EQ(meaning(derive_event(sent->root(), stored->root(), referral)), "unchanged");
}

TEST(DeriveEvent, CarriesReasonAdviceAndWhoDecided) {
  const TaskChange made = change(
      S::kAtHub, R"("status":"received")",
      R"("status":"rejected","statusReason":{"coding":[{"system":"s","code":"c","display":"d"}],"text":"words"},)"
      R"("note":[{"authorString":"Ada Example","text":"Try again with an image."}])");
  const Event& event = std::get<Event>(made);
  EXPECT_EQ(event.reason.code, "c");
  EXPECT_EQ(event.reason.text, "words");
  EXPECT_EQ(event.advice, "Try again with an image.");
  EXPECT_EQ(event.decided_by.name, "Ada Example");
}

TEST(DeriveEvent, IssuesQuoteNothing) {
  const TaskChange made = change(S::kAtHub, "Patient/p1", "Patient/zanzibar");
  for (const fhir::Issue& issue : std::get<TaskRefused>(made).issues.items())
    EXPECT_EQ(issue.text.find("zanzibar"), std::string::npos);
}

TEST(AbortAnswer, IsReadFromAnAbortTaskOnly) {
  const TreePtr stored =
      build_abort_task(fhir::definitions::r4(), "a1", "t1", "Patient/p1", scene(S::kBooked), {}, hour(9));
  const auto answered = [&](std::string_view status) {
    std::string json = fhir::json::write(stored->root());
    const std::string_view from = R"("status":"requested")";
    json.replace(json.find(from), from.size(), std::string(R"("status":")").append(status).append("\""));
    return abort_answer(read(json)->root(), stored->root());
  };
  EXPECT_EQ(answered("accepted"), E::kAbortAccepted);
  EXPECT_EQ(answered("rejected"), E::kAbortRefused);
  EXPECT_EQ(answered("requested"), std::nullopt);
  const TreePtr other = task_of(scene(S::kBooked));
  EXPECT_EQ(abort_answer(read(R"({"resourceType":"Task","status":"accepted"})")->root(), other->root()),
            std::nullopt);
}

}  // namespace
}  // namespace gateway::referral
