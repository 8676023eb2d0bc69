// The five services behind one door, each on a day on which its contracts were in force.
#include "tests/door/services.hpp"

namespace gateway::door {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

TEST(Provider, ChangesByDateForNewReferrals) {
  struct Row {
    const char* now;
    const char* destination;
    const char* ods;
  };
  for (const Row& row : {Row{"2017-09-30T22:00:00Z", "oxford-msk-before", "99O09"},
                         Row{"2017-10-01T08:00:00Z", "healthshare", "99O10"}}) {
    House house(false, Keep::kMemory, row.now);
    ASSERT_EQ(send(house, physiotherapy("03", "99O01"), "oxford-practice").status, 200);
    EXPECT_EQ(house.referrals().front().destination, row.destination);
    EXPECT_EQ(house.referrals().front().owner_ods, row.ods);
  }
}

TEST(Waits, InWorkingDaysEndWithTheLastOfThemInEngland) {
  // Thursday before Easter; three working days from it are over on Wednesday at midnight, summer time.
  House house(false, Keep::kMemory, "2018-03-29T10:00:00Z");
  ASSERT_EQ(send(house, york(), "york-practice").status, 200);
  ASSERT_EQ(put(house, "york-msk-team", {{R"("status":"requested")", R"("status":"received")"}}).status, 200);
  const store::ReferralRow row = house.referrals().front();
  ASSERT_TRUE(row.deadline.has_value());
  EXPECT_EQ(row.deadline->what, "triage_decision");
  EXPECT_EQ(fhir::to_text(row.deadline->at), "2018-04-05T23:00:00.000Z");
  const auto memory = intake::parse_memory(row.memory);
  ASSERT_TRUE(memory.has_value());
  EXPECT_EQ(memory->state.deadline_rule, "3wd england-and-wales 2026.1");
  const Answer task = house.get("/fhir/Task/" + row.task_id, "york-msk-team");
  EXPECT_THAT(task.body, HasSubstr("2018-04-05T23:00:00")) << "the Task says by when";
}

TEST(Waits, OfTheServiceAreThoseOfItsReferrals) {
  House house(false, Keep::kMemory, "2018-01-15T10:00:00Z");
  ASSERT_EQ(send(house, physiotherapy("03", "99O01"), "oxford-practice").status, 200);
  const fhir::Instant now = *fhir::parse_instant("2018-01-15T10:00:00Z");
  ASSERT_EQ(put(house, "healthshare", {{R"("status":"requested")", R"("status":"received")"}}).status, 200);
  const auto triage = house.referrals().front().deadline;
  ASSERT_TRUE(triage.has_value());
  EXPECT_EQ(triage->what, "triage_decision");
  EXPECT_EQ(std::chrono::round<std::chrono::hours>(triage->at - now), std::chrono::days(2));
  ASSERT_EQ(put(house, "healthshare", {{R"("status":"received")", R"("status":"accepted")"}}).status, 200);
  const auto offer = house.referrals().front().deadline;
  ASSERT_TRUE(offer.has_value());
  EXPECT_EQ(offer->what, "next_step_offered");
  EXPECT_EQ(std::chrono::round<std::chrono::hours>(offer->at - now), std::chrono::days(5)) << "timed apart";
}

TEST(SelfReferral, GoesTheWayOfAllAndTellsThePractice) {
  House house(false, Keep::kMemory, "2018-06-15T10:00:00Z");
  Letter letter = york();
  letter.requester = R"({"reference":"urn:uuid:aaaaaaaa-0000-4000-8000-000000000003"})";
  ASSERT_EQ(send(house, letter, "york-self-referral").status, 200);
  const store::ReferralRow row = house.referrals().front();
  EXPECT_EQ(row.state, "received");
  EXPECT_EQ(row.holder_ods, "99V09") << "the desk answers for the patient until the team accepts";
  EXPECT_THAT(sent(house), UnorderedElementsAre("referral york-msk-team", "receipt york-self-referral",
                                                "receipt york-practice"));
  EXPECT_EQ(house.get("/fhir/Task/" + row.task_id, "york-practice").status, 200);
  EXPECT_EQ(house.get("/fhir/Task/" + row.task_id, "seaview-practice").status, 404);
  EXPECT_EQ(put(house, "york-practice", {kAccepted}).status, 403) << "to be told is not to decide";
  ASSERT_EQ(put(house, "york-msk-team", {kAccepted}).status, 200);
  EXPECT_THAT(sent(house), Contains("decision york-practice"));
}

TEST(SelfReferral, OfAPracticeThatCannotBeReachedLeavesThatToAPerson) {
  House house(false, Keep::kMemory, "2018-06-15T10:00:00Z");
  Letter letter = york();
  letter.practice = "99V02";
  letter.requester = R"({"reference":"urn:uuid:aaaaaaaa-0000-4000-8000-000000000003"})";
  ASSERT_EQ(send(house, letter, "york-self-referral").status, 200);
  EXPECT_THAT(sent(house), UnorderedElementsAre("referral york-msk-team", "receipt york-self-referral"));
  EXPECT_TRUE(house.has_work("practice-not-told"));
}

TEST(SelfReferral, PassesTheSameGate) {
  House house(false, Keep::kMemory, "2018-06-15T10:00:00Z");
  Letter letter = york();
  letter.requester = R"({"reference":"urn:uuid:aaaaaaaa-0000-4000-8000-000000000003"})";
  letter.note = kRedFlag;
  ASSERT_EQ(send(house, letter, "york-self-referral").status, 200);
  EXPECT_EQ(house.referrals().front().state, "escalated");
  EXPECT_THAT(sent(house), Contains("escalation duty-clinician"));
  EXPECT_THAT(sent(house), Contains("receipt york-practice"));
  EXPECT_THAT(sent(house), Not(Contains("referral york-msk-team")));
}

TEST(DischargeToHub, ComesBackWithoutAGpWhoIsTold) {
  House house;
  Letter letter;
  letter.code = "306170007";
  letter.display = "Referral to physiotherapy service";
  ASSERT_EQ(send(house, letter, "downs-trust").status, 200);
  const store::ReferralRow row = house.referrals().front();
  EXPECT_EQ(row.destination, "sussex-hub");
  EXPECT_EQ(row.holder_ods, "99S20") << "the hospital holds until the hub accepts";
  EXPECT_THAT(sent(house), UnorderedElementsAre("referral sussex-hub", "receipt downs-trust",
                                                "receipt downland-practice"));
}

TEST(OneOfFive, MessageForTheGatewayBelongsToTheServiceOfItsPractice) {
  House house(false, Keep::kMemory, "2018-01-15T10:00:00Z");
  ASSERT_EQ(send(house, physiotherapy("00", "99O01"), "oxford-practice").status, 200);
  EXPECT_EQ(house.referrals().front().service, "oxfordshire-msk");
  EXPECT_EQ(house.referrals().front().destination, "healthshare");
}

TEST(Activation, BeforeItsDayAHospitalIsSentTheReferralItself) {
  Letter letter = bedford();
  letter.more = chosen("99B20");
  House before(false, Keep::kMemory, "2014-09-30T10:00:00Z");
  ASSERT_EQ(send(before, letter, "bedford-practice").status, 200);
  EXPECT_THAT(sent(before), UnorderedElementsAre("referral bedford-hospital", "receipt bedford-practice"));
  EXPECT_EQ(before.referrals().front().owner_ods, "99B20");
  House after(false, Keep::kMemory, "2014-10-01T10:00:00Z");
  ASSERT_EQ(send(after, letter, "bedford-practice").status, 200);
  EXPECT_THAT(sent(after), Contains("referral circle-hub"));
}

TEST(OneOfFive, HeldReferralNeverFallsToAnotherServicesHub) {
  House house(false, Keep::kMemory, "2020-01-06T10:00:00Z");
  Letter letter = dorset();
  letter.code = "183545006";
  letter.display = "Referral to orthopaedic service";
  ASSERT_EQ(send(house, letter, "dorset-practice").status, 200);
  const store::ReferralRow row = house.referrals().front();
  EXPECT_EQ(row.state, "quarantined");
  for (const char* hub : {"sussex-hub", "circle-hub", "healthshare", "york-msk-team"})
    EXPECT_EQ(house.get("/fhir/Task/" + row.task_id, hub).status, 404) << hub;
  EXPECT_EQ(put(house, "referral-reviewer", {{"held-for-review", "awaiting-hub"}}).status, 422);
}

TEST(Codes, AsNumbersAreRefusedAtTheirPlace) {
  for (const char* number : {"306170007", "306170007.0", "3.06170007e8"}) {
    House house;
    const Ask ask = house.message(replaced(marked(physiotherapy("01", "99S01").json()),
                                           R"("code":"306170007")", std::string(R"("code":)") + number));
    const Answer answer = house.send(ask);
    EXPECT_THAT(answer.status, ::testing::AnyOf(400, 422)) << number << answer.body;
    EXPECT_THAT(answer.expressions(), Contains(HasSubstr("code"))) << number;
    EXPECT_THAT(house.referrals(), IsEmpty());
  }
}

TEST(NhsNumber, OfOneDigitIsRefused) {
  for (const char* number : {"0000000000", "1111111111", "9999999999"}) {
    House house;
    const Answer answer = house.send(with([&](Letter& letter) { letter.nhs = number; }));
    EXPECT_EQ(answer.status, 400) << number << answer.body;
    EXPECT_THAT(answer.expressions(), Contains(HasSubstr("identifier[0].value"))) << number;
    EXPECT_THAT(house.referrals(), IsEmpty());
  }
}

TEST(ExampleConfiguration, EveryPartnerCanProveItself) {
  House house;
  const auto config = intake::demonstration();
  for (const config::Partner& partner : config->partners)
    EXPECT_EQ(house.get("/fhir/Task?status=requested", partner.name).status, 200) << partner.name;
}

}  // namespace
}  // namespace gateway::door
