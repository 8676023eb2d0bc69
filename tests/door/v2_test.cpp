// HL7 v2 over MLLP into the whole application: what is said to it and what comes of it.
#include "gateway/mllp/framer.hpp"
#include "tests/door/refused.hpp"

namespace gateway::door {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr std::uint16_t kPort = 2575;

/// A referral in segments; every part can be changed.
struct V2 {
  std::string control_id = "C1";
  std::string processing_id = "T";
  std::string event = "REF^I12^REF_I12";
  std::string version = "2.4";
  std::string rf1 = "RF1|P|R|||C|RF-1001||||M25.5^Knee pain^I10\r";
  std::string nhs = "9990000018";
  std::string birth = "19610409";
  std::string text = "Right knee pain for six months.";
  [[nodiscard]] std::string bytes() const {
    return "MSH|^~\\&|GPSYSTEM|99S01|LIGAMENT|99S00|20261122095900||" + event + '|' + control_id + '|' +
           processing_id + '|' + version + '\r' + rf1 +
           "PRD|RP|Trevithick^Anne^^^Dr|1 High Street^^Lewes^^BN7 1AA^GBR|^^^99S01||||G9990001^GMP\r"
           "PID|1||" +
           nhs + "^^^NHS^NH||Zzcanary^Wenna||" + birth + "|F|||2 The Lane^^Lewes^^BN7 2AA^GBR\r" +
           "OBX|1|TX|||" + text + '\r';
  }
};

V2 v2(auto change) {
  V2 message;
  change(message);
  return message;
}

class V2Door : public ::testing::Test {
 protected:
  static void listen(config::Config& config) {
    config.doors.mllp = "127.0.0.1:2575";
    for (config::Partner& partner : config.partners) {
      if (partner.name != "downland-practice") continue;
      partner.hl7v2.emplace();
      partner.hl7v2->addresses = {"127.0.0.1"};
      partner.hl7v2->facility = "99S01";
    }
  }
  /// The payload of the one frame that answers one frame.
  std::string say(const std::string& payload) {
    const std::string frame = house.exchange(mllp::wrap(payload), kPort);
    if (frame.empty()) return {};
    mllp::Framer framer;
    std::string_view unread = frame;
    const auto event = framer.take(unread);
    EXPECT_TRUE(event && unread.empty());
    return event ? std::get<mllp::Frame>(*event).payload : std::string();
  }
  std::string say(const V2& message) {
    const std::string answer = say(message.bytes());
    EXPECT_THAT(answer, Not(HasSubstr(kCanary)));
    EXPECT_THAT(answer, Not(HasSubstr(message.nhs)));
    return answer;
  }
  static std::string segment(const std::string& message, const std::string& name) {
    const std::size_t at = ('\r' + message).find('\r' + name);
    return at == std::string::npos ? std::string() : message.substr(at, message.find('\r', at) - at);
  }
  std::string msa(const V2& message) { return segment(say(message), "MSA"); }
  bool delivers(const std::string& kind) {
    const auto all = house.deliveries();
    return std::ranges::any_of(all, [&](const auto& row) { return row.kind == kind; });
  }

  House house{false, Keep::kMemory, "2026-11-22T10:00:00Z", listen};
};

TEST_F(V2Door, AReferralGoesToTheHubAndThePracticeIsTold) {
  EXPECT_EQ(msa(V2()), "MSA|AA|C1");
  ASSERT_EQ(house.referrals().size(), 1u);
  EXPECT_TRUE(delivers("referral"));
  EXPECT_TRUE(delivers("receipt"));
  EXPECT_FALSE(delivers("escalation"));
  const auto logged = house.messages();
  ASSERT_EQ(logged.size(), 1u);
  EXPECT_EQ(logged[0].door, "mllp");
  EXPECT_EQ(logged[0].partner, "downland-practice");
  EXPECT_EQ(house.read([&](store::Transaction& tx) { return tx.messages().read_bytes(logged[0].seq); }),
            V2().bytes());
  const auto kept =
      house.read([&](store::Transaction& tx) { return tx.messages().read_conversion(logged[0].seq); });
  ASSERT_TRUE(kept.has_value());
  EXPECT_THAT(kept->receipt, Not(HasSubstr(kCanary)));
}

TEST_F(V2Door, TheSameUnderANewControlIdHasNoSecondEffect) {
  EXPECT_EQ(msa(V2()), "MSA|AA|C1");
  const std::size_t resources = house.resource_count();
  const std::size_t deliveries = house.deliveries().size();
  EXPECT_EQ(msa(V2()), "MSA|AA|C1");
  EXPECT_EQ(msa(v2([](V2& m) { m.control_id = "C2"; })), "MSA|AA|C2");
  EXPECT_EQ(house.referrals().size(), 1u);
  EXPECT_EQ(house.resource_count(), resources);
  EXPECT_EQ(house.deliveries().size(), deliveries);
}

TEST_F(V2Door, TwoReferralsOfOnePatientWithoutNumbersAreTwo) {
  EXPECT_EQ(msa(v2([](V2& m) { m.rf1.clear(); })), "MSA|AA|C1");
  EXPECT_EQ(msa(v2([](V2& m) {
              m.rf1.clear();
              m.control_id = "C2";
            })),
            "MSA|AA|C2");
  EXPECT_EQ(house.referrals().size(), 2u);
}

TEST_F(V2Door, FaultsAreNamedByTheirPlaceInTheMessage) {
  struct Row {
    V2 message;
    const char* code;
    const char* place;
  };
  const Row rows[] = {
      {v2([](V2& m) { m.nhs = "9990000019"; }), "AE", "PID^1^3"},
      {v2([](V2& m) { m.birth = "19612409"; }), "AE", "PID^1^7^102"},
      {v2([](V2& m) { m.processing_id = "P"; }), "AR", "MSH^1^11^202"},
      {v2([](V2& m) { m.version = "2.2"; }), "AR", "MSH^1^12^203"},
      {v2([](V2& m) { m.event = "ORL^O22"; }), "AR", "MSH^1^9^20"},
      {v2([](V2& m) { m.event = "REF^I99"; }), "AR", "MSH^1^9^201"},
  };
  for (const Row& row : rows) {
    const std::string answer = say(row.message);
    EXPECT_EQ(segment(answer, "MSA"), std::string("MSA|") + row.code + "|C1") << row.place;
    EXPECT_THAT(segment(answer, "ERR"), HasSubstr(row.place));
  }
  EXPECT_THAT(house.referrals(), IsEmpty());
  EXPECT_EQ(house.messages().size(), std::size(rows)) << "kept for review";
}

TEST_F(V2Door, ARedFlagInARefusedMessageStillReachesTheRota) {
  const V2 refused = v2([](V2& m) {
    m.nhs = "9990000019";
    m.text = kRedFlag;
  });
  EXPECT_EQ(msa(refused), "MSA|AE|C1");
  EXPECT_THAT(house.referrals(), IsEmpty());
  EXPECT_TRUE(delivers("escalation"));
}

TEST_F(V2Door, ARefusedMessageThatIsRepeatedCallsTheRotaOnce) {
  V2 refused = v2([](V2& m) {
    m.nhs = "9990000019";
    m.text = kRedFlag;
  });
  const auto escalated = [&] {
    const auto all = house.deliveries();
    return std::count_if(all.begin(), all.end(), [](const auto& row) { return row.kind == "escalation"; });
  };
  EXPECT_EQ(msa(refused), "MSA|AE|C1");
  const auto first = escalated();
  EXPECT_GT(first, 0);
  for (int again = 0; again < 5; ++again)
    EXPECT_EQ(msa(refused), "MSA|AE|C1") << "the same code again";
  EXPECT_EQ(escalated(), first);
  EXPECT_EQ(house.messages().size(), 6U) << "and each is kept";
  EXPECT_THAT(house.metrics.expose(), HasSubstr(R"(verdict="refused-again")"));
  refused.text += " Also new bowel incontinence.";
  EXPECT_EQ(msa(refused), "MSA|AE|C1");
  EXPECT_GT(escalated(), first) << "other words are another message";
}

TEST_F(V2Door, ARedFlagInBytesThatAreNoMessageStillReachesTheRota) {
  EXPECT_THAT(segment(say(std::string("PID|1\rOBX|1|TX|||") + kRedFlag + '\r'), "MSA"), StartsWith("MSA|AR"));
  EXPECT_TRUE(delivers("escalation"));
}

TEST_F(V2Door, AnotherFacilityAtTheAddressIsRejectedUnread) {
  std::string bytes = V2().bytes();
  bytes.replace(bytes.find("|99S01|"), 7, "|99S10|");
  EXPECT_EQ(segment(say(bytes), "MSA"), "MSA|AR|C1");
  EXPECT_THAT(house.messages(), IsEmpty());
}

TEST_F(V2Door, AnAddressNobodyListsIsNotHeard) {
  house.simulation.network.set_client_host("10.0.0.9");
  EXPECT_EQ(say(V2().bytes()), "");
  EXPECT_THAT(house.messages(), IsEmpty());
  house.simulation.network.set_client_host("127.0.0.1");
}

}  // namespace
}  // namespace gateway::door
