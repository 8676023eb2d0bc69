// What comes after the referral: its author's word, the answers of others, and Tasks put by them.
#include <gmock/gmock.h>

#include "gateway/bars/encode.hpp"
#include "gateway/intake/dispatch.hpp"
#include "tests/unit/gateway/intake/task_put.hpp"

namespace gateway::intake {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kReason =
    R"(,"statusReason":{"coding":[{"system":"https://ligament.example/fhir/CodeSystem/referral-reason",)"
    R"("code":"not-suitable","display":"Not suitable"}],"text":"Try exercise first"})";

/// An answer of the hub with our Task inside.
Letter answer(House& house, const std::string& task) {
  Letter letter;
  letter.event = "servicerequest-response";
  letter.bundle = uuid(4000);
  for (const store::DeliveryRow& delivery : house.deliveries()) {
    if (delivery.kind == "referral") letter.answers = delivery.business_id;
  }
  letter.request_id = house.referral().service_request_id;
  letter.practice = "99S10";
  letter.patient_id = parse(task)->root().at("for", "reference").text().substr(8);
  letter.entries = R"(,{"fullUrl":"https://gp.example/fhir/Task/)" + house.referral().task_id +
                   R"(","resource":)" + task + "}";
  return letter;
}

TEST(TaskUpdate, AcceptanceMovesTheHolderAndTellsTheGp) {
  House house;
  referred(house);
  const auto updated = put(house, kHub, task_text(house, house.referral().task_id, "accepted"));
  ASSERT_TRUE(updated.has_value()) << updated.error().refusal.issues.items().front().text;
  EXPECT_EQ(updated->version, 2);
  EXPECT_EQ(updated->task->root().child("status").text(), "accepted");
  EXPECT_EQ(updated->task->root().at("meta", "versionId").text(), "2");
  const store::ReferralRow row = house.referral();
  EXPECT_EQ(row.state, "accepted");
  EXPECT_EQ(row.holder_ods, "99S10");
  EXPECT_THAT(house.sent(), Contains("decision downland-practice"));
  const auto bundle = parse(house.body_of(house.deliveries().back().seq));
  EXPECT_EQ(entry(bundle, "MessageHeader").at("response", "identifier").text(), Letter().bundle);
  EXPECT_TRUE(entry(bundle, "Communication"));
}

TEST(TaskUpdate, RejectionNeedsAReasonAndGoesBackWithIt) {
  House house;
  referred(house);
  const auto bare = put(house, kHub, task_text(house, house.referral().task_id, "rejected"));
  ASSERT_FALSE(bare.has_value());
  EXPECT_EQ(bare.error().http_status, 422);
  const auto reasoned = put(house, kHub, task_text(house, house.referral().task_id, "rejected", kReason));
  ASSERT_TRUE(reasoned.has_value());
  EXPECT_EQ(house.referral().state, "rejected");
  EXPECT_EQ(house.referral().holder_ods, "99S01");
  EXPECT_THAT(house.body_of(house.deliveries().back().seq), HasSubstr("Try exercise first"));
}

TEST(TaskUpdate, OtherVersionIs412AndStrangersSeeNothing) {
  House house;
  referred(house);
  const std::string task = task_text(house, house.referral().task_id, "accepted");
  EXPECT_EQ(put(house, kHub, task, 7).error().http_status, 412);
  EXPECT_EQ(put(house, kProvider, task).error().http_status, 404);
  const store::Caller other{"seaview-practice", "99S02", "gp"};
  EXPECT_EQ(put(house, other, task).error().http_status, 404);
  EXPECT_EQ(house.referral().task_version, 1);
}

TEST(TaskUpdate, RefusalNamesRuleOwnerAndAllowedActions) {
  House house;
  referred(house);
  const auto refused = put(house, kGp, task_text(house, house.referral().task_id, "accepted"));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().http_status, 403);
  const std::string text = refused.error().refusal.issues.items().front().text;
  EXPECT_THAT(text, HasSubstr("Owner now: hub 99S10"));
  EXPECT_THAT(text, HasSubstr("Allowed to you now: "));
  EXPECT_EQ(house.referral().state, "received");
}

TEST(TaskUpdate, IdentityOfTheTaskIsFixed) {
  House house;
  referred(house);
  std::string task = task_text(house, house.referral().task_id, "accepted");
  const std::size_t at = task.find("\"for\":{\"reference\":\"Patient/");
  ASSERT_NE(at, std::string::npos);
  task.replace(at + 28, 4, "ffff");
  EXPECT_EQ(put(house, kHub, task).error().http_status, 422);
}

TEST(TaskUpdate, SameTaskAgainChangesNothing) {
  House house;
  referred(house);
  const auto same =
      put(house, kHub, fhir::json::write(house.resource("Task", house.referral().task_id)->root()));
  ASSERT_TRUE(same.has_value());
  EXPECT_EQ(same->version, 1);
}

TEST(Answer, ClosesTheDeliveryAndBringsTheReferralToTheHub) {
  House house;
  referred(house);
  const http::Response response =
      house.send(answer(house, task_text(house, house.referral().task_id, "received")), 2, kHub);
  ASSERT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(house.referral().state, "at_hub");
  for (const store::DeliveryRow& delivery : house.deliveries()) {
    if (delivery.kind == "referral") EXPECT_EQ(delivery.state, store::OutboxState::kDelivered);
  }
}

TEST(Answer, ErrorIsNoDelivery) {
  struct Row {
    std::string code;
    store::OutboxState state;
  };
  const Row rows[] = {{"fatal-error", store::OutboxState::kDead},
                      {"transient-error", store::OutboxState::kPending}};
  for (const Row& row : rows) {
    SCOPED_TRACE(row.code);
    House house;
    referred(house);
    Letter letter = answer(house, task_text(house, house.referral().task_id, "requested"));
    letter.answer_code = row.code;
    ASSERT_EQ(house.send(letter, 2, kHub).status, 200);
    EXPECT_EQ(house.referral().state, "received");
    for (const store::DeliveryRow& delivery : house.deliveries()) {
      if (delivery.kind == "referral") EXPECT_EQ(delivery.state, row.state);
    }
  }
}

TEST(Answer, DecisionInsideIsToldToTheGp) {
  House house;
  referred(house);
  const http::Response response =
      house.send(answer(house, task_text(house, house.referral().task_id, "rejected", kReason)), 2, kHub);
  ASSERT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(house.referral().state, "rejected");
  EXPECT_THAT(house.sent(), Contains("decision downland-practice"));
}

void replace_first(std::string& text, std::string_view what, std::string_view with) {
  const std::size_t at = text.find(what);
  ASSERT_NE(at, std::string::npos) << what;
  text.replace(at, what.size(), with);
}

/// The message the hub was sent, turned into its answer.
std::string returned(House& house) {
  for (const store::DeliveryRow& delivery : house.deliveries()) {
    if (delivery.kind != "referral") continue;
    std::string body = house.body_of(delivery.seq);
    replace_first(body, delivery.business_id, uuid(4000));
    replace_first(body, "servicerequest-request", "servicerequest-response");
    replace_first(body, bars::kRequestDefinition, bars::kResponseDefinition);
    replace_first(body, R"("eventCoding")",
                  R"("response":{"identifier":")" + delivery.business_id + R"(","code":"ok"},"eventCoding")");
    return body;
  }
  return {};
}

TEST(Answer, OfOurOwnResourcesIsAcknowledgedAlikeUnderOurUrlsAndOthers) {
  std::vector<std::string> acknowledged;
  for (const bool under_our_urls : {true, false}) {
    House house;
    referred(house);
    std::string body = returned(house);
    const std::string url = "/Task/" + house.referral().task_id;
    ASSERT_NE(body.find(url), std::string::npos);
    if (!under_our_urls) replace_first(body, resource_base(*house.config) + url, "urn:x-other:task");
    const http::Response response = house.send(kHub, house.request(body, 2));
    ASSERT_EQ(response.status, 200) << response.body;
    EXPECT_EQ(house.referral().state, "at_hub");
    EXPECT_EQ(house.referral().task_version, 2);
    acknowledged.push_back(response.body);
  }
  EXPECT_EQ(acknowledged.front(), acknowledged.back());
}

TEST(Answer, RepeatedDecisionIsIgnoredWithItsReason) {
  House house;
  referred(house);
  const std::string task = task_text(house, house.referral().task_id, "accepted");
  ASSERT_EQ(house.send(answer(house, task), 2, kHub).status, 200);
  const std::size_t told = house.deliveries().size();
  Letter again = answer(house, task);
  again.bundle = uuid(4001);
  const http::Response repeated = house.send(again, 3, kHub);
  EXPECT_EQ(repeated.status, 200) << repeated.body;
  EXPECT_EQ(house.deliveries().size(), told);
  EXPECT_EQ(house.referral().task_version, 3);  // acknowledged, then accepted
}

TEST(Answer, FromSomebodyElseFindsNothing) {
  House house;
  referred(house);
  const Letter letter = answer(house, task_text(house, house.referral().task_id, "accepted"));
  EXPECT_EQ(house.send(letter, 2, kProvider).status, 404);
  EXPECT_EQ(house.referral().state, "received");
}

Letter later(const std::string& version = "") {
  Letter letter;
  letter.reason = "update";
  letter.bundle = uuid(5000);
  letter.version = version;
  letter.updated = "2026-11-22T10:30:00.000Z";
  return letter;
}

TEST(AuthorWord, UpdateMakesANewVersionAndGoesToTheHub) {
  House house;
  referred(house);
  house.clock.advance(std::chrono::hours(1));
  Letter update = later();
  update.note = "Now with a brace.";
  const http::Response response = house.send(update, 2);
  ASSERT_EQ(response.status, 200) << response.body;
  const auto request = house.resource("ServiceRequest", house.referral().service_request_id);
  EXPECT_EQ(request->root().at("meta", "versionId").text(), "2");
  EXPECT_EQ(request->root().at("note", "text").text(), "Now with a brace.");
  EXPECT_THAT(house.sent(), Contains("update sussex-hub"));
  EXPECT_EQ(house.referral().task_version, 2);
}

TEST(AuthorWord, RedFlagInAnUpdateIsCodedInTheCodeSystemOfRedFlags) {
  House house;
  referred(house);
  house.clock.advance(std::chrono::hours(1));
  Letter update = later();
  update.note = "Saddle numbness since yesterday.";
  ASSERT_EQ(house.send(update, 2).status, 200);
  const auto task = house.resource("Task", house.referral().task_id);
  const fhir::tree::Node coding = task->root().at("statusReason", "coding");
  EXPECT_EQ(coding.child("system").text(), "https://ligament.example/fhir/CodeSystem/red-flag");
  EXPECT_EQ(coding.child("code").text(), "cauda-equina");
}

TEST(AuthorWord, TwoUpdatesOfTheSameVersionAre409) {
  House house;
  referred(house);
  ASSERT_EQ(house.send(later("2"), 2).status, 200);
  Letter second = later("2");
  second.bundle = uuid(5001);
  EXPECT_EQ(house.send(second, 3).status, 409);
  EXPECT_EQ(house.messages().front().verdict, store::Verdict::kRefused);
  EXPECT_EQ(house.referral().task_version, 2);
}

TEST(AuthorWord, OlderUpdateIs409) {
  House house;
  referred(house);
  Letter old = later();
  old.updated = "2026-11-21T10:00:00.000Z";
  EXPECT_EQ(house.send(old, 2).status, 409);
}

TEST(AuthorWord, NobodyElseMayUpdate) {
  House house;
  referred(house);
  const store::Caller other{"seaview-practice", "99S02", "gp"};
  EXPECT_EQ(house.send(later(), 2, other).status, 404);
}

TEST(AuthorWord, CancelBeforeWorkBeginsTakesEffectAtOnce) {
  House house;
  referred(house);
  Letter cancel = later();
  cancel.status = "revoked";
  ASSERT_EQ(house.send(cancel, 2).status, 200);
  const store::ReferralRow row = house.referral();
  EXPECT_EQ(row.state, "cancelled");
  EXPECT_FALSE(row.open);
  EXPECT_EQ(house.resource("ServiceRequest", row.service_request_id)->root().child("status").text(),
            "revoked");
  EXPECT_EQ(house.resource("Task", row.task_id)->root().child("status").text(), "cancelled");
  EXPECT_THAT(house.sent(), Contains("update sussex-hub"));
}

TEST(AuthorWord, CancelOfWorkInProgressAsksTheHolder) {
  House house;
  referred(house);
  ASSERT_TRUE(put(house, kHub, task_text(house, house.referral().task_id, "accepted")).has_value());
  referral::Event booked;
  booked.kind = referral::EventKind::kBooked;
  booked.appointment_start = house.clock.now() + std::chrono::hours(100);
  ASSERT_TRUE(house.run(house.intake.apply_event(kHub, house.referral().seq, booked)).has_value());
  Letter cancel = later();
  cancel.status = "entered-in-error";
  ASSERT_EQ(house.send(cancel, 2).status, 200);
  EXPECT_EQ(house.referral().state, "booked");
  const auto events = house.events(house.referral().seq);
  EXPECT_TRUE(std::ranges::any_of(events, [](const auto& event) { return event.kind == "abort-asked"; }));
  referral::Event agreed;
  agreed.kind = referral::EventKind::kAbortAccepted;
  ASSERT_TRUE(house.run(house.intake.apply_event(kHub, house.referral().seq, agreed)).has_value());
  EXPECT_EQ(house.referral().state, "cancelled");
}

TEST(Event, HeldReferralGoesOnWholeWhenReleased) {
  House house;
  Letter letter;
  letter.display = "Referral to psychiatry service";
  ASSERT_EQ(house.send(letter).status, 200);
  referral::Event released;
  released.kind = referral::EventKind::kReleased;
  ASSERT_TRUE(house.run(house.intake.apply_event(kOperator, house.referral().seq, released)).has_value());
  EXPECT_EQ(house.referral().state, "received");
  ASSERT_THAT(house.sent(), Contains("referral sussex-hub"));
  for (const store::DeliveryRow& delivery : house.deliveries()) {
    if (delivery.kind != "referral") continue;
    const auto bundle = parse(house.body_of(delivery.seq));
    EXPECT_EQ(entry(bundle, "ServiceRequest").child("id").text(), house.referral().service_request_id);
    EXPECT_EQ(entry(bundle, "Task").child("id").text(), house.referral().task_id);
    EXPECT_EQ(entry(bundle, "Patient").at("name", "family").text(), letter.family);
  }
}

/// Whether `partner` is shown the resource.
bool is_shown(House& house, const std::string& type, const std::string& id, const std::string& partner) {
  fhir::search::Query query;
  query.type = type;
  query.audience = partner;
  fhir::search::Clause by_id;
  by_id.kind = fhir::search::ClauseKind::kId;
  by_id.any_of.emplace_back().value = id;
  query.all_of.push_back(by_id);
  return !house.read([&](store::Transaction& tx) { return tx.resources().search(query); }).rows.empty();
}

TEST(Event, ConfirmedEscalationIsShownToTheHub) {
  House house;
  Letter letter;
  letter.note = "Saddle numbness and urinary retention.";
  ASSERT_EQ(house.send(letter).status, 200);
  const std::string task = house.referral().task_id;
  EXPECT_FALSE(is_shown(house, "Task", task, "sussex-hub"));
  referral::Event confirmed;
  confirmed.kind = referral::EventKind::kEscalationConfirmed;
  ASSERT_TRUE(house.run(house.intake.apply_event(kRota, house.referral().seq, confirmed)).has_value());
  EXPECT_TRUE(is_shown(house, "Task", task, "sussex-hub"));
  EXPECT_TRUE(is_shown(house, "ServiceRequest", house.referral().service_request_id, "sussex-hub"));
  const std::string patient(house.resource("Task", task)->root().at("for", "reference").text().substr(8));
  EXPECT_TRUE(is_shown(house, "Patient", patient, "sussex-hub"));
}

TEST(NewReferral, ASecondReferralLeavesThePatientInSightOfTheFirstHub) {
  House house;
  referred(house);
  const std::string patient(
      house.resource("Task", house.referral().task_id)->root().at("for", "reference").text().substr(8));
  Letter second;  // held: the hub knows nothing of it
  second.display = "Referral to psychiatry service";
  second.bundle = uuid(4100);
  second.request_id = uuid(4101);
  second.ubrn = "000049735999";
  second.family = "Zzcanarymarried";
  ASSERT_EQ(house.send(second, 2).status, 200);
  EXPECT_TRUE(is_shown(house, "Patient", patient, "sussex-hub"));
}

TEST(AuthorWord, UpdateLeavesThePatientInSightOfTheHub) {
  House house;
  referred(house);
  const std::string patient =
      std::string(house.resource("Task", house.referral().task_id)->root().at("for", "reference").text())
          .substr(8);
  EXPECT_TRUE(is_shown(house, "Patient", patient, "sussex-hub"));
  ASSERT_EQ(house.send(later(), 2).status, 200);
  EXPECT_TRUE(is_shown(house, "Patient", patient, "sussex-hub"));
}

TEST(TaskUpdate, ReviewerReleasesAHeldReferral) {
  House house;
  Letter letter;
  letter.display = "Referral to psychiatry service";
  ASSERT_EQ(house.send(letter).status, 200);
  std::string task = task_text(house, house.referral().task_id, "requested");
  const std::string held = "held-for-review";
  ASSERT_NE(task.find(held), std::string::npos);
  task.replace(task.find(held), held.size(), "awaiting-hub");
  EXPECT_FALSE(put(house, kGp, task).has_value());
  ASSERT_TRUE(put(house, kOperator, task).has_value());
  EXPECT_EQ(house.referral().state, "received");
  EXPECT_THAT(house.sent(), Contains("referral sussex-hub"));
}

TEST(Event, ConfirmedEscalationGoesOnToTheHub) {
  House house;
  Letter letter;
  letter.note = "Saddle numbness and urinary retention.";
  ASSERT_EQ(house.send(letter).status, 200);
  referral::Event confirmed;
  confirmed.kind = referral::EventKind::kEscalationConfirmed;
  ASSERT_TRUE(house.run(house.intake.apply_event(kRota, house.referral().seq, confirmed)).has_value());
  EXPECT_EQ(house.referral().state, "received");
  EXPECT_THAT(house.sent(), Contains("referral sussex-hub"));
}

TEST(TaskUpdate, PersonOfTheRotaConfirmsARedFlagAndItsStepsEnd) {
  House house;
  Letter letter;
  letter.note = "Saddle numbness and urinary retention.";
  ASSERT_EQ(house.send(letter).status, 200);
  std::string task = task_text(house, house.referral().task_id, "requested",
                               R"(,"note":[{"authorString":"Ada Example","text":"Seen."}])");
  const std::string escalated = "red-flag-escalated";
  task.replace(task.find(escalated), escalated.size(), "awaiting-hub");
  EXPECT_EQ(put(house, kHub, task).error().http_status, 404);
  ASSERT_TRUE(put(house, kRota, task).has_value());
  EXPECT_EQ(house.referral().state, "received");
  EXPECT_THAT(house.sent(), Contains("referral sussex-hub"));
  ASSERT_EQ(house.work().size(), 1u);
  EXPECT_EQ(house.work().front().state, store::WorkState::kConfirmed);
  EXPECT_EQ(house.work().front().confirmed_by, "Ada Example");
}

TEST(Event, PassedDeadlineIsAWorkItemOnce) {
  House house;
  referred(house);
  house.clock.advance(std::chrono::hours(5));
  referral::Event silence;
  silence.kind = referral::EventKind::kDeadlinePassed;
  silence.deadline = referral::DeadlineKind::kHubAcknowledges;
  const store::Caller self{"ligament", "", "system"};
  ASSERT_TRUE(house.run(house.intake.apply_event(self, house.referral().seq, silence)).has_value());
  const auto again = house.run(house.intake.apply_event(self, house.referral().seq, silence));
  ASSERT_TRUE(again.has_value());
  EXPECT_FALSE(again->ignored_because.empty());
  EXPECT_THAT(house.work_kinds(), ElementsAre("deadline-passed"));
}

TEST(Event, OnwardLegIsARowOfItsOwnAndTheParentFollowsIt) {
  House house;
  referred(house);
  ASSERT_TRUE(put(house, kHub, task_text(house, house.referral().task_id, "accepted")).has_value());
  referral::Event onward;
  onward.kind = referral::EventKind::kOnwardLeg;
  onward.destination = referral::Organisation{"99S20", "South Downs"};
  const auto offered = house.run(house.intake.apply_event(kHub, house.referral().seq, onward));
  ASSERT_TRUE(offered.has_value()) << offered.error().detail;
  ASSERT_EQ(house.referrals().size(), 2U);
  const store::ReferralRow leg = house.referrals()[1];
  EXPECT_EQ(leg.parent, house.referral().seq);
  EXPECT_EQ(house.resource("Task", leg.task_id)->root().at("partOf", "reference").text(),
            "Task/" + house.referral().task_id);
  EXPECT_THAT(house.sent(), Contains("referral downs-trust"));
  const auto taken = put(house, kProvider, task_text(house, leg.task_id, "accepted"), leg.task_version);
  ASSERT_TRUE(taken.has_value()) << taken.error().refusal.issues.items().front().text;
  EXPECT_EQ(house.referral().state, "accepted");
  EXPECT_EQ(house.referral().holder_ods, "99S20");
  EXPECT_EQ(taken->version, 2);
}

TEST(Delivery, UndeliverableIsAWorkItem) {
  House house;
  referred(house);
  const store::OutboxSeq seq = house.deliveries().front().seq;
  const fhir::Status done =
      house.memory.transact(store::Kind::kWrite, kOperator, [&](store::Transaction& tx) {
        return house.intake.changes()
            .undeliverable(tx, seq, "http-400", house.clock.now())
            .map([](const auto&) {});
      });
  ASSERT_TRUE(done.has_value());
  EXPECT_THAT(house.work_kinds(), ElementsAre("dead-delivery"));
  EXPECT_EQ(house.deliveries().front().state, store::OutboxState::kDead);
}

TEST(Rota, GoesOnStepByStepAndNeverFallsSilent) {
  House house;
  Letter letter;
  letter.note = "Saddle numbness and urinary retention.";
  ASSERT_EQ(house.send(letter).status, 200);
  const store::WorkSeq work = house.work().front().seq;
  const auto step = [&] {
    const store::MessageSeq scope = house.sequence.next();
    return house.memory.transact(store::Kind::kWrite, kOperator, [&](store::Transaction& tx) {
      return house.intake.changes().next_rota_step(tx, work, scope, house.clock.now()).map([](const auto&) {
      });
    });
  };
  ASSERT_TRUE(step().has_value());  // not due yet
  EXPECT_EQ(house.work().front().step, 0);
  house.clock.advance(std::chrono::minutes(15));
  ASSERT_TRUE(step().has_value());
  EXPECT_EQ(house.work().front().step, 1);
  EXPECT_THAT(house.sent(), Contains("escalation clinical-lead"));
  const auto told = house.sent().size();
  ASSERT_TRUE(house.work().front().next_step_at.has_value());
  house.clock.advance(std::chrono::minutes(15));
  ASSERT_TRUE(step().has_value());
  EXPECT_EQ(house.work().front().step, 2);
  EXPECT_EQ(house.sent().size(), told + 1);
}

}  // namespace
}  // namespace gateway::intake
