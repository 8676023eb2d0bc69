#include "gateway/intake/new_referral.hpp"

#include <gmock/gmock.h>

#include "tests/unit/gateway/intake/house.hpp"

namespace gateway::intake {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(NewReferral, OrdinaryKneeGoesToTheHubAndTheGpIsTold) {
  House house;
  const http::Response response = house.send(Letter());
  ASSERT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(response.headers.find("X-Request-Id"), uuid(1));
  EXPECT_EQ(response.headers.find("X-Correlation-Id"), uuid(700));
  const auto answer = parse(response.body);
  EXPECT_EQ(entry(answer, "MessageHeader").at("response", "identifier").text(), Letter().bundle);
  EXPECT_EQ(entry(answer, "MessageHeader").at("response", "code").text(), "ok");

  const store::ReferralRow row = house.referral();
  EXPECT_EQ(row.state, "received");
  EXPECT_EQ(row.holder_ods, "99S01");
  EXPECT_EQ(row.destination, "sussex-hub");
  EXPECT_EQ(row.service, "sussex-msk");
  EXPECT_EQ(row.received_on, "2026-11-22");
  ASSERT_TRUE(row.deadline.has_value());
  EXPECT_EQ(row.deadline->at, house.clock.now() + std::chrono::hours(4));
  EXPECT_THAT(house.sent(),
              ::testing::UnorderedElementsAre("referral sussex-hub", "receipt downland-practice"));
  EXPECT_THAT(house.work(), IsEmpty());
  EXPECT_EQ(entry(answer, "Task").child("id").text(), row.task_id);
}

TEST(NewReferral, DeliversTheSameContentUnderOurIdsWithOurTask) {
  House house;
  ASSERT_EQ(house.send(Letter()).status, 200);
  const store::ReferralRow row = house.referral();
  for (const store::DeliveryRow& delivery : house.deliveries()) {
    if (delivery.kind != "referral") continue;
    const auto bundle = parse(house.body_of(delivery.seq));
    EXPECT_EQ(bundle->root().child("id").text(), delivery.business_id);
    EXPECT_EQ(delivery.correlation_id, uuid(700));
    EXPECT_NE(delivery.request_id, uuid(1));
    const auto request = entry(bundle, "ServiceRequest");
    EXPECT_EQ(request.child("id").text(), row.service_request_id);
    EXPECT_EQ(request.at("identifier", "value").text(), Letter().ubrn);
    EXPECT_EQ(request.at("note", "text").text(), Letter().note);
    EXPECT_EQ(request.at("subject", "reference").text(),
              "Patient/" + std::string(entry(bundle, "Patient").child("id").text()));
    EXPECT_EQ(entry(bundle, "Task").child("id").text(), row.task_id);
    EXPECT_EQ(entry(bundle, "Task").at("focus", "reference").text(),
              "ServiceRequest/" + row.service_request_id);
    EXPECT_THAT(house.body_of(delivery.seq), Not(HasSubstr("urn:uuid:aaaaaaaa")));
  }
}

TEST(NewReferral, StoresEveryResourceWithReferencesRewritten) {
  House house;
  ASSERT_EQ(house.send(Letter()).status, 200);
  const auto request = house.resource("ServiceRequest", house.referral().service_request_id);
  ASSERT_NE(request, nullptr);
  EXPECT_EQ(request->root().at("meta", "versionId").text(), "1");
  const std::string patient(request->root().at("subject", "reference").text());
  ASSERT_THAT(patient, ::testing::StartsWith("Patient/"));
  const auto stored = house.resource("Patient", patient.substr(8));
  EXPECT_EQ(stored->root().at("name", "family").text(), Letter().family);
  EXPECT_THAT(std::string(stored->root().at("generalPractitioner", "reference").text()),
              ::testing::StartsWith("Organization/"));
  // A relative reference finds its entry too.
  EXPECT_EQ(request->root().at("requester", "reference").text(),
            stored->root().at("generalPractitioner", "reference").text());
  const auto task = house.resource("Task", house.referral().task_id);
  EXPECT_EQ(task->root().child("status").text(), "requested");
  EXPECT_EQ(task->root().at("meta", "versionId").text(), "1");
}

TEST(NewReferral, PatientKeepsItsIdAndNobodyElseHasIt) {
  House house;
  ASSERT_EQ(house.send(Letter(), 1).status, 200);
  Letter again;
  again.bundle = uuid(51);
  again.request_id = uuid(52);
  again.ubrn = "000049735222";
  ASSERT_EQ(house.send(again, 2).status, 200);
  const auto rows = house.referrals();
  ASSERT_EQ(rows.size(), 2U);
  const auto subject = [&](const store::ReferralRow& row) {
    return std::string(
        house.resource("ServiceRequest", row.service_request_id)->root().at("subject", "reference").text());
  };
  EXPECT_EQ(subject(rows[0]), subject(rows[1]));
  // Both are kept, linked, and a person looks.
  EXPECT_THAT(house.work_kinds(), ElementsAre("clinical-duplicate"));
  EXPECT_NE(rows[1].flags & store::kClinicalDuplicate, 0U);
}

TEST(NewReferral, FifteenYearOldIsAcceptedAndTurnedAwayAtOnce) {
  House house;
  Letter letter;
  letter.birth = "2010-11-23";
  ASSERT_EQ(house.send(letter).status, 200);
  const store::ReferralRow row = house.referral();
  EXPECT_EQ(row.state, "redirected");
  EXPECT_EQ(row.holder_ods, "99S01");
  EXPECT_THAT(house.sent(), ElementsAre("decision downland-practice"));
  const auto task = house.resource("Task", row.task_id);
  EXPECT_EQ(task->root().child("status").text(), "rejected");
  EXPECT_EQ(task->root().at("statusReason", "coding", "code").text(), "paediatric");
}

TEST(NewReferral, RedFlagIsEscalatedToTheRotaAndJoinsNoQueue) {
  House house;
  Letter letter;
  letter.note = "Saddle numbness and new urinary retention since yesterday.";
  ASSERT_EQ(house.send(letter).status, 200);
  const store::ReferralRow row = house.referral();
  EXPECT_EQ(row.state, "escalated");
  EXPECT_NE(row.flags & store::kRedFlag, 0U);
  EXPECT_THAT(house.sent(),
              ::testing::UnorderedElementsAre("receipt downland-practice", "escalation duty-clinician"));
  ASSERT_THAT(house.work_kinds(), ElementsAre("red-flag"));
  EXPECT_EQ(house.work().front().next_step_at, house.clock.now() + std::chrono::minutes(15));
  for (const store::DeliveryRow& delivery : house.deliveries())
    EXPECT_EQ(delivery.priority, store::kEmergency) << delivery.kind;
  EXPECT_FALSE(house.sink.alerts.empty());
}

TEST(NewReferral, SurgicalChoiceGoesToTheHub) {
  House house;
  Letter letter;
  letter.more =
      R"(,"performer":[{"identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"99S20"}}])";
  ASSERT_EQ(house.send(letter).status, 200);
  EXPECT_EQ(house.referral().state, "received");
  EXPECT_THAT(house.sent(), Contains("referral sussex-hub"));
}

TEST(NewReferral, CodeThatContradictsItsDisplayIsHeld) {
  House house;
  Letter letter;
  letter.display = "Referral to psychiatry service";
  ASSERT_EQ(house.send(letter).status, 200);
  const store::ReferralRow row = house.referral();
  EXPECT_EQ(row.state, "quarantined");
  EXPECT_NE(row.flags & store::kHeldForReview, 0U);
  EXPECT_THAT(house.work_kinds(), ElementsAre("held-referral"));
  EXPECT_THAT(house.sent(), ElementsAre("receipt downland-practice"));
  EXPECT_EQ(house.messages().front().verdict, store::Verdict::kQuarantined);
}

TEST(NewReferral, OtherUseCaseIsHeldNotRefused) {
  House house;
  Letter letter;
  letter.use_case = "a1t1";
  ASSERT_EQ(house.send(letter).status, 200);
  EXPECT_EQ(house.referral().state, "quarantined");
}

TEST(NewReferral, EveryOneAcknowledgedHasOneHolderAndADeadline) {
  House house;
  const std::vector<std::string> notes = {"Walks with a stick.", "Saddle numbness, urinary retention."};
  int id = 1;
  for (const std::string& note : notes) {
    for (const std::string& birth : {"1961-04-09", "2015-01-01"}) {
      for (const std::string& display :
           {"Referral to orthopaedic service", "Referral to psychiatry service"}) {
        Letter letter;
        letter.note = note;
        letter.birth = birth;
        letter.display = display;
        letter.bundle = uuid(900 + id);
        letter.request_id = uuid(800 + id);
        ASSERT_EQ(house.send(letter, id++).status, 200);
      }
    }
  }
  ASSERT_EQ(house.referrals().size(), 8U);
  for (const store::ReferralRow& row : house.referrals()) {
    EXPECT_EQ(row.holder_ods, "99S01");
    EXPECT_TRUE(row.deadline.has_value()) << row.state;
  }
}

// A resource made for the answer is not taken for one that is stored, whatever memory either of them got.
TEST(NewReferral, AnswersHoldWhatWasMadeForThem) {
  House house;
  for (int n = 1; n <= 64; ++n) {
    Letter letter;
    letter.note = std::string(static_cast<std::size_t>(n) * 7, 'w');
    letter.bundle = uuid(2000 + n);
    letter.request_id = uuid(3000 + n);
    const http::Response response = house.send(letter, n);
    ASSERT_EQ(response.status, 200) << n << response.body;
    const auto answer = parse(response.body);
    std::vector<std::string> types;
    for (const auto part : answer->root().children("entry"))
      types.emplace_back(part.child("resource").type());
    EXPECT_THAT(types, ElementsAre("MessageHeader", "ServiceRequest", "Patient", "Task")) << n;
  }
}

TEST(NewReferral, AuditIsInTheSameTransaction) {
  House house;
  ASSERT_EQ(house.send(Letter()).status, 200);
  const auto entries = house.read([](store::Transaction& tx) { return tx.audit().list(std::nullopt, 10); });
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries.front().what.event, "referral-received");
  EXPECT_EQ(entries.front().caller.partner, "downland-practice");
}

TEST(NewReferral, FailedCommitAnswers503AndNothingIsThere) {
  for (const auto code :
       {fhir::ErrorCode::kBusy, fhir::ErrorCode::kCommitUnknown, fhir::ErrorCode::kUnavailable}) {
    House house;
    house.flaky.failing = code;
    const http::Response response = house.send(Letter());
    EXPECT_EQ(response.status, 503);
    EXPECT_TRUE(response.headers.contains("Retry-After"));
    EXPECT_EQ(response.headers.find("X-Request-Id"), uuid(1));
    EXPECT_THAT(response.body, HasSubstr("REC_UNAVAILABLE"));
    EXPECT_TRUE(house.referrals().empty());
    house.flaky.failing.reset();
    EXPECT_EQ(house.send(Letter()).status, 200);  // the same ids again
  }
}

}  // namespace
}  // namespace gateway::intake
