// Questions for advice and the choice of the patient: Bedfordshire.
#include "tests/door/services.hpp"

namespace gateway::door {
namespace {

using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

constexpr const char* kAdvice =
    R"(,"extension":[{"url":"https://ligament.example/fhir/StructureDefinition/advice-conversion","valueBoolean":true}])";

Letter question() {
  Letter letter = bedford();
  letter.code = "908981000000101";
  letter.display = "Remote triage and advice";
  return letter;
}

TEST(Advice, IsAnsweredAndNotAccepted) {
  House house(false, Keep::kMemory, "2015-01-15T10:00:00Z");
  ASSERT_EQ(send(house, question(), "bedford-practice").status, 200);
  EXPECT_THAT(sent(house), UnorderedElementsAre("referral circle-hub", "receipt bedford-practice"));
  const Answer refused = put(house, "circle-hub", {kAccepted});
  EXPECT_EQ(refused.status, 409);
  EXPECT_THAT(refused.body, HasSubstr("advice"));
  EXPECT_EQ(house.referrals().front().state, "received");
  const Answer advised =
      put(house, "circle-hub",
          {{R"("status":"requested")",
            R"("status":"completed","note":[{"text":"Exercises for six weeks, then look again."}])"},
           {"awaiting-hub", "advice-returned"}});
  ASSERT_EQ(advised.status, 200) << advised.body;
  EXPECT_EQ(house.referrals().front().state, "advice_given");
  EXPECT_EQ(house.referrals().front().holder_ods, "99B01");
}

TEST(Advice, BecomesAReferralWhenItsAuthorAllowsIt) {
  House house(false, Keep::kMemory, "2015-01-15T10:00:00Z");
  Letter letter = question();
  letter.more = kAdvice;
  ASSERT_EQ(send(house, letter, "bedford-practice").status, 200);
  const std::string received_on = house.referrals().front().received_on;
  ASSERT_EQ(put(house, "circle-hub", {kAccepted}).status, 200);
  const store::ReferralRow row = house.referrals().front();
  EXPECT_EQ(row.state, "accepted");
  EXPECT_EQ(row.holder_ods, "99B10");
  EXPECT_EQ(row.received_on, received_on) << "the wait counts from the day the question came";
  const auto events = house.read([&](store::Transaction& tx) { return tx.referrals().events(row.seq); });
  EXPECT_TRUE(std::ranges::any_of(events, [](const auto& event) { return event.kind == "converted"; }));
}

TEST(Choice, OfAHospitalOutsideTheNetworkTravelsAndTheOnwardLegIsForAPerson) {
  House house(false, Keep::kMemory, "2015-01-15T10:00:00Z");
  Letter letter = bedford();
  letter.more = chosen("99X01");
  ASSERT_EQ(send(house, letter, "bedford-practice").status, 200);
  EXPECT_EQ(house.referrals().front().destination, "circle-hub");
  ASSERT_EQ(put(house, "circle-hub", {kAccepted}).status, 200);
  const Answer onward =
      put(house, "circle-hub", {{R"("code":"accepted")", R"("code":"offered-onward")"}, {"99B10", "99X01"}});
  ASSERT_EQ(onward.status, 200) << onward.body;
  EXPECT_TRUE(house.has_work("no-route")) << "no software reaches that hospital: a person does";
  for (const store::ReferralRow& row : house.referrals()) {
    if (!row.parent) EXPECT_EQ(row.holder_ods, "99B10") << "an offer moves nobody";
  }
  House unknown(false, Keep::kMemory, "2015-01-15T10:00:00Z");
  letter.more = chosen("ZZZ99");
  ASSERT_EQ(send(unknown, letter, "bedford-practice").status, 200);
  EXPECT_EQ(unknown.referrals().front().state, "quarantined");
}

TEST(Choice, IsNotOverwrittenByTheHub) {
  House house;
  Letter letter;
  letter.more = chosen("99S21");
  ASSERT_EQ(send(house, letter, "downland-practice").status, 200);
  ASSERT_EQ(put(house, "sussex-hub", {kAccepted}).status, 200);
  const auto onward = [&](const std::string& to, const std::string& more = {}) {
    return put(house, "sussex-hub",
               {{R"("code":"accepted")", R"("code":"offered-onward")"},
                {"99S10", to},
                {R"("status":"accepted")", R"("status":"accepted")" + more}});
  };
  const Answer rival = onward("99S20");
  EXPECT_EQ(rival.status, 422) << rival.body;
  EXPECT_THAT(rival.body, HasSubstr("chose another provider"));
  EXPECT_EQ(house.referrals().front().state, "accepted");
  const std::string person =
      R"(,"statusReason":{"text":"The patient changed her mind."},"note":[{"authorString":"Priya Anand","text":"Spoke to her today."}])";
  EXPECT_EQ(onward("99S20", person).status, 200) << "a person may, and says why";
  for (const char* fine : {"99S23", "99S21"}) {  // orthotics is no other choice of surgeon
    House stays;
    ASSERT_EQ(send(stays, letter, "downland-practice").status, 200);
    ASSERT_EQ(put(stays, "sussex-hub", {kAccepted}).status, 200);
    const Answer leg =
        put(stays, "sussex-hub", {{R"("code":"accepted")", R"("code":"offered-onward")"}, {"99S10", fine}});
    EXPECT_EQ(leg.status, 200) << fine << leg.body;
  }
}

}  // namespace
}  // namespace gateway::door
