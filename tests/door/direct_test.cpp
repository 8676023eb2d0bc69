// A service without a hub: Dorset.
#include "tests/door/services.hpp"

namespace gateway::door {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

TEST(Direct, ReferralGoesStraightToTheContractedProviderWhoTakesOverByAccepting) {
  for (const Keep keep : {Keep::kMemory, Keep::kSqlite}) {
    House house(false, keep, "2020-01-06T10:00:00Z");
    ASSERT_EQ(send(house, dorset(), "dorset-practice").status, 200);
    const store::ReferralRow row = house.referrals().front();
    EXPECT_EQ(row.service, "dorset-msk");
    EXPECT_EQ(row.destination, "dorset-healthcare");
    EXPECT_EQ(row.state, "received");
    EXPECT_EQ(row.holder_ods, "99D01") << "until it is accepted, the practice holds";
    EXPECT_EQ(row.owner_ods, "99D20") << "the provider must answer: there is no hub";
    EXPECT_THAT(sent(house), UnorderedElementsAre("referral dorset-healthcare", "receipt dorset-practice"));
    EXPECT_EQ(put(house, "dorset-practice", {kAccepted}).status, 403);
    ASSERT_EQ(put(house, "dorset-healthcare", {kAccepted}).status, 200);
    EXPECT_EQ(house.referrals().front().state, "accepted");
    EXPECT_EQ(house.referrals().front().holder_ods, "99D20");
    EXPECT_THAT(sent(house), Contains("decision dorset-practice"));
    EXPECT_EQ(house.get("/fhir/Task/" + row.task_id, "sussex-hub").status, 404) << "no business of any hub";
  }
}

TEST(Direct, AfterTheContractIsHeldAndLetGoOnlyToANamedPlace) {
  House house(false, Keep::kMemory, "2021-04-01T10:00:00Z");
  ASSERT_EQ(send(house, dorset(), "dorset-practice").status, 200);
  const store::ReferralRow row = house.referrals().front();
  EXPECT_EQ(row.state, "quarantined");
  EXPECT_EQ(row.holder_ods, "99D01");
  EXPECT_THAT(sent(house), UnorderedElementsAre("receipt dorset-practice")) << "told within the same unit";
  EXPECT_TRUE(house.has_work("held-referral"));
  for (const store::DeliveryRow& told : house.deliveries()) {
    const std::string body =
        house.read([&](store::Transaction& tx) { return tx.outbox().read_body(told.seq); });
    EXPECT_THAT(body, HasSubstr("still holds"));
    EXPECT_THAT(body, HasSubstr("no-live-contract"));
  }
  const std::pair<std::string, std::string> released{"held-for-review", "awaiting-hub"};
  EXPECT_EQ(put(house, "referral-reviewer", {released}).status, 422) << "nobody knows where it belongs";
  EXPECT_EQ(house.referrals().front().state, "quarantined");
  const std::string id = row.task_id;
  const Answer task = house.get("/fhir/Task/" + id, "referral-reviewer");
  std::string body = replaced(task.body, released.first, released.second);
  EXPECT_THAT(body, Not(HasSubstr(R"("owner":{)"))) << "nobody is known to act on it";
  body = replaced(body, R"("status")", kOwned);
  ASSERT_EQ(house.put_task(id, body, task.header("etag"), "referral-reviewer").status, 200);
  EXPECT_EQ(house.referrals().front().state, "received");
  EXPECT_THAT(sent(house), Contains("referral dorset-healthcare"));
}

std::string last_receipt(House& house) {
  std::string body;
  for (const store::DeliveryRow& row : house.deliveries()) {
    if (row.kind == "receipt")
      body = house.read([&](store::Transaction& tx) { return tx.outbox().read_body(row.seq); });
  }
  return body;
}

std::size_t escalations(House& house) {
  const auto all = sent(house);
  return static_cast<std::size_t>(
      std::ranges::count_if(all, [](const std::string& line) { return line.starts_with("escalation "); }));
}

std::vector<std::string> open_red_flags(House& house) {
  std::vector<std::string> reasons;
  for (const store::WorkRow& row : house.work()) {
    if (row.kind == "red-flag" && row.state == store::WorkState::kOpen) reasons.push_back(row.reason);
  }
  return reasons;
}

/// The urgent route of the service is an organisation that takes messages.
void with_emergency_department(config::Config& config) {
  config::Partner partner = *config.partner("dorset-healthcare");
  partner.name = "emergency-department";
  partner.token_sha256.clear();
  partner.ods = "99D30";
  partner.organisation = "Dorset Emergency Department";
  config.partners.push_back(std::move(partner));
}

/// A red flag at a service without a hub.
Letter flagged() {
  Letter letter = dorset();
  letter.note = kRedFlag;
  return letter;
}
const std::pair<std::string, std::string> kConfirmed{"red-flag-escalated", "awaiting-hub"};

/// A person of the rota sends it to the organisation with that code.
Answer send_on(House& house, const std::string& ods, bool again = false) {
  const std::string id = house.referrals().front().task_id;
  const Answer task = house.get("/fhir/Task/" + id, "duty-clinician");
  std::string body = again ? task.body : replaced(task.body, kConfirmed.first, kConfirmed.second);
  const std::size_t owner = body.find(R"("owner":{"type":"Organization","identifier")");
  if (owner == std::string::npos) {
    body = replaced(replaced(body, R"("status")", kOwned), "99D20", ods);
  } else {
    const std::size_t value = body.find(R"("value":")", owner) + 9;
    body.replace(value, 5, ods);
  }
  return house.put_task(id, body, task.header("etag"), "duty-clinician");
}

TEST(Direct, ARedFlagGoesByItsUrgentRouteOnceAPersonHasConfirmedIt) {
  House house(false, Keep::kMemory, "2020-01-06T10:00:00Z", with_emergency_department);
  ASSERT_EQ(send(house, flagged(), "dorset-practice").status, 200);
  EXPECT_EQ(house.referrals().front().state, "escalated");
  EXPECT_THAT(sent(house), Not(Contains("referral emergency-department")));
  EXPECT_THAT(last_receipt(house), HasSubstr("Duty clinician is called now"));
  ASSERT_EQ(put(house, "duty-clinician", {kConfirmed}).status, 200);
  EXPECT_EQ(house.referrals().front().state, "received");
  EXPECT_EQ(house.referrals().front().owner_ods, "99D30");
  EXPECT_THAT(sent(house), Contains("referral emergency-department"));
  EXPECT_THAT(sent(house), Not(Contains("referral dorset-healthcare"))) << "it joins no routine queue";
  for (const store::DeliveryRow& row : house.deliveries()) {
    if (row.kind == "referral") EXPECT_EQ(row.priority, store::kEmergency) << "in no routine queue";
  }
  EXPECT_THAT(last_receipt(house),
              HasSubstr("Dorset Emergency Department (99D30) was sent the referral as urgent"));
  EXPECT_THAT(last_receipt(house), Not(HasSubstr("the hub")));
  EXPECT_THAT(open_red_flags(house), IsEmpty());
}

TEST(Direct, ARedFlagThatNobodyTakesIsTheRotasAgain) {
  House house(false, Keep::kMemory, "2020-01-06T10:00:00Z", with_emergency_department);
  ASSERT_EQ(send(house, flagged(), "dorset-practice").status, 200);
  ASSERT_EQ(put(house, "duty-clinician", {kConfirmed}).status, 200);
  const std::size_t before = escalations(house);
  house.simulation.timers.run_for(std::chrono::hours(2));
  ASSERT_EQ(house.referrals().front().state, "received");
  EXPECT_THAT(open_red_flags(house), UnorderedElementsAre("not-taken")) << "once, whatever went wrong";
  EXPECT_GT(escalations(house), before);
  const std::size_t called = escalations(house);
  house.simulation.timers.run_for(std::chrono::hours(2));
  EXPECT_GT(escalations(house), called) << "and it does not fall silent";
  ASSERT_EQ(send_on(house, "99D20", true).status, 200) << "another place is named";
  EXPECT_THAT(sent(house), Contains("referral dorset-healthcare"));
  EXPECT_THAT(open_red_flags(house), Not(IsEmpty()));
  for (const store::DeliveryRow& row : house.deliveries()) {
    if (row.kind == "referral" && row.destination == "emergency-department")
      EXPECT_NE(row.state, store::OutboxState::kPending) << "which the first is no more";
  }
  ASSERT_EQ(put(house, "dorset-healthcare", {kAccepted}).status, 200);
  EXPECT_THAT(open_red_flags(house), IsEmpty());
}

TEST(Direct, ARedFlagWhosePlaceNobodyKnowsWaitsForANamedOne) {
  House house(false, Keep::kMemory, "2020-01-06T10:00:00Z");
  ASSERT_EQ(send(house, flagged(), "dorset-practice").status, 200);
  EXPECT_EQ(put(house, "duty-clinician", {kConfirmed}).status, 422);
  EXPECT_EQ(house.referrals().front().state, "escalated");
  EXPECT_THAT(open_red_flags(house), Not(IsEmpty())) << "the rota is called on";
  ASSERT_EQ(send_on(house, "99D20").status, 200);
  EXPECT_THAT(sent(house), Contains("referral dorset-healthcare"));
  EXPECT_THAT(open_red_flags(house), IsEmpty());
}

TEST(Direct, ARedFlagMayBeGivenBackToThePracticeWithAnotherRoute) {
  House house(false, Keep::kMemory, "2020-01-06T10:00:00Z");
  ASSERT_EQ(send(house, flagged(), "dorset-practice").status, 200);
  const Answer told =
      put(house, "duty-clinician",
          {{"red-flag-escalated", "redirected"},
           {R"("status":"requested")",
            R"("status":"rejected","note":[{"authorString":"Imogen Fairfax","text":"On the way there."}])"},
           {R"("code":"red-flag")", R"("code":"emergency")"}});
  ASSERT_EQ(told.status, 200) << told.body;
  EXPECT_EQ(house.referrals().front().state, "redirected");
  EXPECT_THAT(open_red_flags(house), IsEmpty());
  EXPECT_THAT(sent(house), Contains("decision dorset-practice"));
}

TEST(Direct, ARedFlagSentToWhomNobodyCanReachStaysWithTheRota) {
  House house(false, Keep::kMemory, "2020-01-06T10:00:00Z");
  ASSERT_EQ(send(house, flagged(), "dorset-practice").status, 200);
  ASSERT_EQ(send_on(house, "99D77").status, 200);
  EXPECT_TRUE(house.has_work("no-route"));
  EXPECT_THAT(last_receipt(house), HasSubstr("A person sends it to 99D77"));
  EXPECT_THAT(open_red_flags(house), Not(IsEmpty()));
  ASSERT_EQ(send_on(house, "99D20", true).status, 200) << "another place";
  EXPECT_THAT(sent(house), Contains("referral dorset-healthcare"));
}

}  // namespace
}  // namespace gateway::door
