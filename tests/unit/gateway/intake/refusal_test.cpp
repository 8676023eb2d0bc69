// Messages that are not accepted: kept for review, never without their red flags, never quoting a patient.
#include <gmock/gmock.h>

#include "gateway/intake/in_flight.hpp"
#include "tests/unit/gateway/intake/house.hpp"

namespace gateway::intake {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct RefusalRow {
  const char* name;
  Letter letter;
  int status;
  const char* code;
  const char* place;
};

Letter with(auto change) {
  Letter letter;
  change(letter);
  return letter;
}

class Refusal : public ::testing::TestWithParam<RefusalRow> {};

TEST_P(Refusal, IsAnsweredAtItsPlaceAndKeptForReview) {
  House house;
  const http::Response response = house.send(GetParam().letter);
  EXPECT_EQ(response.status, GetParam().status) << response.body;
  EXPECT_THAT(response.body, HasSubstr(GetParam().code));
  EXPECT_THAT(response.body, HasSubstr(GetParam().place));
  EXPECT_EQ(response.headers.find("X-Request-Id"), uuid(1));
  EXPECT_TRUE(house.referrals().empty());
  ASSERT_EQ(house.messages().size(), 1U);
  EXPECT_EQ(house.messages().front().verdict, store::Verdict::kRefused);
  const auto audit = house.read([](store::Transaction& tx) { return tx.audit().list(std::nullopt, 10); });
  ASSERT_EQ(audit.size(), 1U);
  EXPECT_EQ(audit.front().what.event, "message-refused");
  EXPECT_THAT(response.body, Not(HasSubstr("Zzcanary")));
  EXPECT_THAT(response.body, Not(HasSubstr(GetParam().letter.nhs)));
}

std::vector<RefusalRow> refusal_rows() {
  const std::string task =
      R"(,{"fullUrl":"https://gp.example/fhir/Task/t","resource":{"resourceType":"Task","id":"t",)"
      R"("status":"accepted","intent":"order"}})";
  return {
      {"NhsNumberFailsModulus11", with([](Letter& l) { l.nhs = "9990000019"; }), 400, "REC_",
       "identifier[0]"},
      {"NhsNumberAllZero", with([](Letter& l) { l.nhs = "0000000000"; }), 400, "REC_", "identifier[0]"},
      {"NhsNumberOfLetters", with([](Letter& l) { l.nhs = "ZZCANARYID"; }), 400, "REC_", "identifier[0]"},
      {"BirthDateDoesNotExist", with([](Letter& l) { l.birth = "2026-02-29"; }), 400, "REC_BAD_REQUEST",
       "birthDate"},
      {"UnknownElement", with([](Letter& l) { l.more = R"(,"zzcanary":"Zzcanaryvalue")"; }), 400,
       "REC_BAD_REQUEST", "Bundle.entry[1].resource"},
      {"UnknownReason", with([](Letter& l) { l.reason = "delete"; }), 400, "REC_BAD_REQUEST",
       "Bundle.entry[0].resource"},
      {"UpdateBeforeNew", with([](Letter& l) { l.reason = "update"; }), 404, "REC_NOT_FOUND",
       "ServiceRequest"},
      {"CancelOfUnknown", with([](Letter& l) { l.reason = "update", l.status = "revoked"; }), 404,
       "REC_NOT_FOUND", "ServiceRequest"},
      {"AnswerToUnknown", with([&](Letter& l) {
         l.event = "servicerequest-response";
         l.answers = uuid(66);
         l.entries = task;
       }),
       404, "REC_NOT_FOUND", "response.identifier"},
  };
}

INSTANTIATE_TEST_SUITE_P(Rows, Refusal, ::testing::ValuesIn(refusal_rows()),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Refused, RedFlagIsStillEscalated) {
  House house;
  Letter letter;
  letter.nhs = "9990000019";
  letter.note = "Saddle numbness and urinary retention.";
  EXPECT_EQ(house.send(letter).status, 400);
  EXPECT_THAT(house.work_kinds(), ElementsAre("red-flag"));
  // The next of the rota is promised for his time: no Task could move the steps on.
  EXPECT_THAT(house.sent(), ElementsAre("escalation duty-clinician", "escalation clinical-lead"));
  EXPECT_EQ(house.deliveries().back().next_attempt_at, house.clock.now() + std::chrono::minutes(15));
  EXPECT_TRUE(house.work().front().message.has_value());
  EXPECT_EQ(house.sink.alerts.size(), 1U);
  // Nothing of it became a resource.
  EXPECT_EQ(house
                .read([](store::Transaction& tx) {
                  fhir::search::Query query;
                  query.type = "ServiceRequest";
                  return tx.resources().search(query);
                })
                .rows.size(),
            0U);
}

TEST(Refused, WhatDoesNotParseIsStillEscalated) {
  House house;
  const http::Response response = house.send(
      kGp, house.request(R"({"resourceType":"Bundle", "note": "saddle numbness, urinary retention)", 1));
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(house.work_kinds(), ElementsAre("red-flag"));
}

TEST(Refused, FailedCommitOfAnEscalationIs503) {
  House house;
  house.flaky.failing = fhir::ErrorCode::kUnavailable;
  Letter letter;
  letter.nhs = "9990000019";
  letter.note = "Saddle numbness and urinary retention.";
  EXPECT_EQ(house.send(letter).status, 503);
}

TEST(Refused, OtherContentTypeIs415) {
  House house;
  http::Request request = house.request("MSH|^~\\&|", 1);
  request.headers.set("Content-Type", "text/plain");
  const http::Response response = house.send(kGp, std::move(request));
  EXPECT_EQ(response.status, 415);
  EXPECT_THAT(response.body, HasSubstr("OperationOutcome"));
}

TEST(Refused, MissingOrMalformedIdsAre400) {
  for (const char* const name : {"X-Request-Id", "X-Correlation-Id"}) {
    House house;
    http::Request missing = house.request(Letter().json(), 1);
    missing.headers.remove(name);
    EXPECT_EQ(house.send(kGp, std::move(missing)).status, 400) << name;
    http::Request malformed = house.request(Letter().json(), 1);
    malformed.headers.set(name, "Zzcanary-1");
    const http::Response response = house.send(kGp, std::move(malformed));
    EXPECT_EQ(response.status, 400) << name;
    EXPECT_FALSE(response.headers.contains(name));
    EXPECT_THAT(response.body, Not(HasSubstr("Zzcanary")));
  }
}

TEST(Refused, StrictModeWantsTheNationalHeadersAndTheTestMark) {
  House house(Mode::kStrict);
  EXPECT_EQ(house.send(Letter()).status, 400);
}

TEST(Identity, NumberIsOptionalAndSpacesAreFine) {
  for (const char* const number : {"", "999 000 0018"}) {
    House house;
    Letter letter;
    letter.nhs = number;
    EXPECT_EQ(house.send(letter).status, 200) << number;
    EXPECT_EQ(house.referral().patient_key.has_value(), *number != '\0');
  }
}

TEST(Repetition, SameIdsSameBodyIs409Duplicate) {
  House house;
  ASSERT_EQ(house.send(Letter()).status, 200);
  const http::Response again = house.send(Letter());
  EXPECT_EQ(again.status, 409);
  EXPECT_THAT(again.body, HasSubstr("REC_CONFLICT"));
  EXPECT_THAT(again.body, HasSubstr(R"("code":"duplicate")"));
  EXPECT_EQ(house.referrals().size(), 1U);
  EXPECT_EQ(house.deliveries().size(), 2U);
  EXPECT_EQ(house.messages().front().verdict, store::Verdict::kDuplicate);
}

TEST(Repetition, SameIdsOtherBodyIs409AndFlagged) {
  House house;
  ASSERT_EQ(house.send(Letter()).status, 200);
  Letter other;
  other.problem = "Another knee";
  EXPECT_EQ(house.send(other).status, 409);
  EXPECT_EQ(house.referrals().size(), 1U);
  EXPECT_EQ(house.messages().front().verdict, store::Verdict::kRefused);
  const auto audit = house.read([](store::Transaction& tx) { return tx.audit().list(std::nullopt, 10); });
  EXPECT_EQ(audit.back().what.event, "same-ids-other-body");
}

TEST(Repetition, RefusedMessageMayBeCorrectedUnderTheSameIds) {
  House house;
  Letter wrong;
  wrong.birth = "2026-02-29";
  EXPECT_EQ(house.send(wrong).status, 400);
  EXPECT_EQ(house.send(Letter()).status, 200);
}

TEST(Repetition, SecondAttemptWhileTheFirstIsWorkedOnIs425) {
  House house;
  std::vector<int> statuses;
  const auto done = [&](std::exception_ptr, const http::Response& response) {
    statuses.push_back(response.status);
  };
  for (int attempt = 0; attempt < 2; ++attempt) {
    boost::asio::co_spawn(house.io, process_message(house.intake, house.request(Letter().json(), 1), kGp),
                          done);
  }
  house.io.run();
  EXPECT_THAT(statuses, ::testing::UnorderedElementsAre(200, 425));
  EXPECT_EQ(house.intake.in_flight(), 0U);
}

TEST(InFlightLimit, MoreThanTheLimitAre503) {
  House house;
  int busy = 0;
  int accepted = 0;
  const auto done = [&](std::exception_ptr, const http::Response& response) {
    ++(response.status == 503 ? busy : accepted);
  };
  for (int at = 0; at < 18; ++at) {
    Letter letter;
    letter.bundle = uuid(300 + at);
    boost::asio::co_spawn(house.io,
                          process_message(house.intake, house.request(letter.json(), 100 + at), kGp), done);
  }
  house.io.run();
  EXPECT_EQ(busy, 2);
  EXPECT_EQ(accepted, 16);
}

TEST(InFlightLimit, AStayMayOutlastTheSet) {
  auto set = std::make_shared<InFlight>(1);
  const InFlight::Stay stay = set->enter("gp", {uuid(1), uuid(2)});
  EXPECT_EQ(stay.entry(), InFlight::Entry::kEntered);
  const std::weak_ptr<InFlight> gone = set;
  set.reset();
  EXPECT_TRUE(gone.expired());
}

TEST(Canary, PatientIsInNoSummaryAlertWorkItemEventOrAudit) {
  House house;
  Letter letter;
  letter.note = "Zzcanarynote: saddle numbness, urinary retention.";
  ASSERT_EQ(house.send(letter).status, 200);
  letter.nhs = "9990000019";
  letter.bundle = uuid(9);
  EXPECT_EQ(house.send(letter, 2).status, 400);
  std::string told;
  for (const MessageSummary& m : house.sink.messages)
    told += m.partner + m.action + m.verdict + m.decision + m.error_code;
  for (const Alert& alert : house.sink.alerts)
    told += alert.kind + alert.reference + alert.owner_role + alert.code;
  for (const store::WorkRow& work : house.work())
    told += work.kind + work.owner_role + work.reason;
  for (const store::ReferralEvent& event : house.events(house.referral().seq))
    told += event.kind + event.actor + event.detail + ::testing::PrintToString(event.references);
  for (const auto& entry :
       house.read([](store::Transaction& tx) { return tx.audit().list(std::nullopt, 50); }))
    told += entry.what.event + entry.what.subject;
  told += house.referral().memory;
  EXPECT_THAT(told, Not(HasSubstr("Zzcanary")));
  EXPECT_THAT(told, Not(HasSubstr("9990000018")));
  EXPECT_THAT(told, Not(HasSubstr("1961")));
}

TEST(Handler, UnknownCallerIs401WithoutABodyRead) {
  House house;
  ProcessMessageHandler handler(house.intake, [](const http::Request&) -> fhir::Result<store::Caller> {
    return fhir::fail(fhir::ErrorCode::kUnauthenticated, "who");
  });
  const http::Response response = house.run(handler.handle(house.request("not even json", 1)));
  EXPECT_EQ(response.status, 401);
  EXPECT_THAT(response.body, HasSubstr("REC_UNAUTHORIZED"));
  EXPECT_EQ(response.headers.find("X-Request-Id"), uuid(1));
  EXPECT_THAT(house.messages(), IsEmpty());
}

}  // namespace
}  // namespace gateway::intake
