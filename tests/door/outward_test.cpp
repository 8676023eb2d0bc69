// Partners that take HL7 v2 alone: what reaches their MLLP listeners, and that it is delivered.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "gateway/mllp/framer.hpp"
#include "tests/door/care.hpp"

namespace gateway::door {
namespace {

using ::testing::HasSubstr;

constexpr std::uint16_t kPracticePort = 2601;
constexpr std::uint16_t kTrustPort = 2602;

void mllp_only(config::Config& config) {
  for (config::Partner& partner : config.partners) {
    const bool practice = partner.name == "downland-practice";
    const bool trust = partner.receives.acceptance;
    if (!practice && !trust) continue;
    partner.endpoint.clear();
    partner.hl7v2.emplace();
    partner.hl7v2->endpoint = "127.0.0.1:" + std::to_string(practice ? kPracticePort : kTrustPort);
    partner.hl7v2->character_set = "8859/1";
  }
}

std::string field(const std::string& message, std::size_t number) {
  std::size_t begin = 0;
  for (std::size_t n = 1; n < number; ++n)
    begin = message.find('|', begin) + 1;
  return message.substr(begin, message.find('|', begin) - begin);
}

/// Accepts everything: AA under the control id of the message.
async::awaitable<void> serve(async::StreamPtr stream, std::vector<std::string>& got) {
  std::array<char, 65536> buffer{};
  mllp::Framer framer;
  while (true) {
    const async::ReadSome some = co_await async::read_some(*stream, boost::asio::buffer(buffer));
    if (some.bytes == 0) co_return;
    std::string_view unread(buffer.data(), some.bytes);
    while (!unread.empty()) {
      const auto event = framer.take(unread);
      if (!event) break;
      const std::string payload = std::get<mllp::Frame>(*event).payload;
      got.push_back(payload);
      const std::string answer = mllp::wrap(
          "MSH|^~\\&|X|Y|LIGAMENT|99S00|20261122100001||ACK|A1|T|2.4\rMSA|AA|" + field(payload, 10) + '\r');
      const fhir::Status written = co_await async::write_all(*stream, answer);
      if (!written.has_value()) co_return;
    }
  }
}

async::awaitable<void> listen(async::Listener& listener, async::Executor executor,
                              std::vector<std::string>& got) {
  while (true) {
    auto stream = co_await listener.accept();
    if (!stream.has_value()) co_return;
    boost::asio::co_spawn(executor, serve(std::move(*stream), got), boost::asio::detached);
  }
}

class Listeners {
 public:
  Listeners(CareHouse& house, std::uint16_t port) {
    auto made = house.simulation.network.listen({"127.0.0.1", port});
    EXPECT_TRUE(made.has_value());
    listener_ = std::move(*made);
    boost::asio::co_spawn(house.executor(), listen(*listener_, house.executor(), got), boost::asio::detached);
  }
  std::vector<std::string> got;

 private:
  async::ListenerPtr listener_;
};

std::string of_type(const std::vector<std::string>& messages, const std::string& type) {
  for (const std::string& message : messages) {
    if (field(message, 9).starts_with(type)) return message;
  }
  return {};
}

TEST(OutwardDoor, DecisionOfTheHubReachesThePracticeAndTheReferralTheTrust) {
  CareHouse house(Keep::kMemory, mllp_only);
  Listeners practice(house, kPracticePort);
  Listeners trust(house, kTrustPort);
  house.simulation.timers.run_for(std::chrono::minutes(10));
  const std::string decision = of_type(practice.got, "RRI^I12^RRI_I12");
  EXPECT_THAT(decision, HasSubstr("\rRF1|A^Accepted^HL70283|"));
  EXPECT_THAT(decision, HasSubstr("Decision:"));
  const std::string request = of_type(trust.got, "REF^I12^REF_I12");
  EXPECT_THAT(request, HasSubstr("^^^NHS"));
  EXPECT_EQ(field(request, 18).substr(0, 6), "8859/1");
  // Arrival is told in words, and is no decision.
  std::size_t decisions = 0;
  for (const std::string& message : practice.got)
    decisions += field(message, 9).starts_with("RRI") ? 1 : 0;
  EXPECT_EQ(decisions, 1u);
  EXPECT_NE(of_type(practice.got, "MDM^T02^MDM_T02"), "");
  for (const store::DeliveryRow& row : house.deliveries()) {
    if (row.media_type != "x-application/hl7-v2+er7") continue;
    EXPECT_EQ(row.state, store::OutboxState::kDelivered) << row.kind << ' ' << row.destination;
    EXPECT_LE(row.business_id.size(), 20u);
  }
}

TEST(OutwardDoor, PatientIsIntroducedToThePasBeforeTheReferral) {
  CareHouse house(Keep::kMemory, [](config::Config& config) {
    mllp_only(config);
    for (config::Partner& partner : config.partners) {
      if (!partner.hl7v2) continue;
      partner.hl7v2->introduces = true;
      partner.hl7v2->forms = {{"decision", "MDM_T02"}};
    }
  });
  Listeners practice(house, kPracticePort);
  Listeners trust(house, kTrustPort);
  house.simulation.timers.run_for(std::chrono::minutes(10));
  std::vector<std::string> types;
  types.reserve(trust.got.size());
  for (const std::string& message : trust.got)
    types.push_back(field(message, 9));
  EXPECT_THAT(types, ::testing::ElementsAre("ADT^A28^ADT_A05", "REF^I12^REF_I12"));
  EXPECT_THAT(trust.got.front(), HasSubstr("^^^NHS"));
  EXPECT_EQ(of_type(practice.got, "RRI"), "") << "this practice wants decisions as documents";
  EXPECT_EQ(of_type(practice.got, "ADT"), "") << "only a PAS is introduced to patients";
  for (const store::DeliveryRow& row : house.deliveries()) {
    if (row.destination == "downs-trust-pas")
      EXPECT_EQ(row.state, store::OutboxState::kDelivered) << row.kind;
  }
}

TEST(OutwardDoor, ReferralWaitsWhileThePasDoesNotKnowThePatient) {
  CareHouse house(Keep::kMemory, [](config::Config& config) {
    mllp_only(config);
    for (config::Partner& partner : config.partners) {
      if (partner.hl7v2) partner.hl7v2->introduces = true;
    }
  });
  house.simulation.timers.run_for(std::chrono::minutes(10));
  std::vector<std::string> lanes;
  for (const store::DeliveryRow& row : house.deliveries()) {
    if (row.destination != "downs-trust-pas") continue;
    lanes.push_back(row.lane);
    if (row.kind == "acceptance") EXPECT_EQ(row.attempts, 0U) << "behind the introduction in its lane";
  }
  ASSERT_EQ(lanes.size(), 2U);
  EXPECT_EQ(lanes[0], lanes[1]);
}

std::string hospital_merge(const std::string& survivor, const std::string& prior) {
  CareMessage merged;
  merged.event = "patient-merge";
  merged.patient.nhs = "";
  merged.patient.hospital = survivor;
  merged.patient.more = std::string(R"(,"link":[{"other":{"identifier":{"system":")") + kTrustNumbers +
                        R"(","value":")" + prior + R"("}},"type":"replaces"}])";
  return merged.json();
}

TEST(OutwardDoor, MergeRewritesWhatWaitsForTheTrustInHl7v2) {
  CareHouse house(Keep::kMemory, [](config::Config& config) {
    mllp_only(config);
    for (config::Partner& partner : config.partners) {
      if (partner.hl7v2) partner.hl7v2->id_systems = {{"TRUST", kTrustNumbers}};
    }
  });
  CareMessage known;
  known.event = "patient-update";
  ASSERT_EQ(house.tell(known).status, 200);
  const auto waiting = [&](const std::string& lane, const std::string& number) {
    house.wait_to_go("downs-trust-pas", lane, "x-application/hl7-v2+er7",
                     "MSH|^~\\&|LIGAMENT|99S00|PAS|99S20|20261122100000||REF^I13^REF_I12|OLD-" + lane +
                         "|T|2.4\rPID|1||9990000018^^^NHS~" + number + "^^^TRUST||Zzcanaryfamily^Ann\r",
                     "OLD-" + lane);
  };
  waiting("a", "D100");
  waiting("b", "D555");
  ASSERT_EQ(house.tell_text(hospital_merge("D200", "D100"), 6001).status, 200);
  std::size_t merged = 0;
  for (const store::DeliveryRow& row : house.deliveries()) {
    if (row.state == store::OutboxState::kAbandoned || (row.lane != "a" && row.lane != "b")) continue;
    const std::string body =
        house.read([&](store::Transaction& tx) { return tx.outbox().read_body(row.seq); });
    if (row.lane == "b") {
      EXPECT_THAT(body, HasSubstr("|OLD-b|")) << "it carries no number that was merged";
      continue;
    }
    ++merged;
    EXPECT_THAT(body, HasSubstr("|9990000018^^^NHS~D200^^^TRUST|"));
    EXPECT_EQ(field(body, 10), row.business_id);
    EXPECT_NE(row.business_id, "OLD-a") << "another message";
  }
  EXPECT_EQ(merged, 1U);
}

TEST(OutwardDoor, RetriesAreTheSameBytes) {
  CareHouse house(Keep::kMemory, mllp_only);
  house.simulation.timers.run_for(std::chrono::minutes(1));
  std::vector<std::string> waiting;
  for (const store::DeliveryRow& row : house.deliveries()) {
    if (row.destination == "downland-practice")
      waiting.push_back(house.read([&](store::Transaction& tx) { return tx.outbox().read_body(row.seq); }));
  }
  Listeners practice(house, kPracticePort);
  house.simulation.timers.run_for(std::chrono::minutes(30));
  ASSERT_FALSE(waiting.empty());
  EXPECT_EQ(practice.got, waiting);
}

}  // namespace
}  // namespace gateway::door
