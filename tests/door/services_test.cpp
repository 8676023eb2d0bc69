// The five services behind one door, each on a day on which its contracts were in force.
#include "tests/door/refused.hpp"

namespace gateway::door {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

constexpr const char* kServiceId = "https://fhir.nhs.uk/Id/dos-service-id|20000990";

Letter letter_for(const char* service, const char* practice, const char* code, const char* display) {
  return with([&](Letter& letter) {
    letter.endpoint = std::string(kServiceId) + service;
    letter.practice = practice;
    letter.code = code;
    letter.display = display;
  });
}
Letter physiotherapy(const char* service, const char* practice) {
  return letter_for(service, practice, "306170007", "Referral to physiotherapy service");
}
Letter dorset() {
  return physiotherapy("05", "99D01");
}
Letter york() {
  return physiotherapy("04", "99V01");
}
Letter bedford() {
  return letter_for("02", "99B01", "183545006", "Referral to orthopaedic service");
}

Answer send(House& house, const Letter& letter, const std::string& partner) {
  return house.send(house.message(marked(letter.json()), partner));
}

/// `kind destination` of every delivery.
std::vector<std::string> sent(House& house) {
  std::vector<std::string> list;
  for (const store::DeliveryRow& row : house.deliveries())
    list.push_back(row.kind + ' ' + row.destination);
  return list;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

/// Puts the Task with other texts in it, as `partner`.
Answer put(House& house, const std::string& partner,
           const std::vector<std::pair<std::string, std::string>>& changes) {
  const std::string id = house.referrals().front().task_id;
  const Answer read = house.get("/fhir/Task/" + id, partner);
  EXPECT_EQ(read.status, 200) << read.body;
  std::string task = read.body;
  for (const auto& [from, to] : changes)
    task = replaced(std::move(task), from, to);
  return house.put_task(id, task, read.header("etag"), partner);
}
const std::pair<std::string, std::string> kAccepted{R"("status":"requested")", R"("status":"accepted")"};

/// Names a destination on the Task that a person sends on.
const std::string kOwned =
    R"("owner":{"identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"99D20"}},"status")";

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

std::string chosen(const char* ods) {
  return std::string(
             R"(,"extension":[{"url":"https://ligament.example/fhir/StructureDefinition/patient-choice",)"
             R"("extension":[{"url":"chosen","valueReference":{"identifier":{"system":)"
             R"("https://fhir.nhs.uk/Id/ods-organization-code","value":")") +
         ods + R"("}}}]}])";
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
