// The door over a whole intake: what comes in a frame, and what is said to it.
#include "gateway/hl7v2/door.hpp"

#include <gmock/gmock.h>

#include "gateway/async/simulated_timers.hpp"
#include "tests/unit/gateway/intake/house.hpp"

namespace gateway::hl7v2 {
namespace {

using intake::House;
using intake::Letter;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

/// Makes of any message what the test says.
class FixedTranslator final : public Translator {
 public:
  [[nodiscard]] Translation translate(std::string_view bytes, const config::Partner& partner,
                                      fhir::Instant /*received*/) override {
    ++asked;
    partners.push_back(partner.name);
    Translation translation;
    if (issues.has_error()) {
      translation.issues = issues;
    } else {
      translation.bundle = intake::parse(letter.json());
    }
    translation.source = intake::parse(R"({"resourceType":"Basic"})");
    translation.repetition = security::sha256(repetition.empty() ? bytes : std::string_view(repetition));
    translation.place_of = [this](std::string_view path) {
      asked_places.emplace_back(path);
      return place;
    };
    return translation;
  }
  Letter letter;
  fhir::IssueList issues;
  std::string repetition;
  std::string place;
  std::vector<std::string> asked_places;
  std::vector<std::string> partners;
  int asked = 0;
};

/// Keeps what is sent.
class KeptSender final : public mllp::Sender {
 public:
  [[nodiscard]] async::awaitable<fhir::Result<std::string>> send(mllp::Destination destination,
                                                                 std::string payload, mllp::IsAnswer,
                                                                 async::Deadline) override {
    return keep(this, std::move(destination), std::move(payload));
  }
  std::vector<std::string> sent;
  std::optional<fhir::ErrorCode> failure;

 private:
  static async::awaitable<fhir::Result<std::string>> keep(KeptSender* self, mllp::Destination destination,
                                                          std::string payload) {
    if (self->failure) co_return fhir::fail(*self->failure, "no");
    self->sent.push_back(async::to_text(destination.address) + ' ' + payload);
    co_return std::string();
  }
};

struct V2 {
  std::string facility = "99S01";
  std::string type = "REF^I12^REF_I12";
  std::string control_id = "C1";
  std::string processing_id = "T";
  std::string version = "2.4";
  std::string accept;
  std::string application;
  std::string more = "PID|1||9990000018^^^NHS^NH||Zzcanaryfamily^Ann\r";
  [[nodiscard]] std::string bytes() const {
    return "MSH|^~\\&|GPSYS|" + facility + "|LIGAMENT|99S00|20261122095900||" + type + '|' + control_id +
           '|' + processing_id + '|' + version + "|||" + accept + '|' + application + '\r' + more;
  }
};

class Door : public ::testing::Test {
 protected:
  explicit Door(bool dev = true) {
    auto config = std::make_shared<config::Config>(*house.config);
    for (config::Partner& partner : config->partners) {
      if (partner.name != "downland-practice") continue;
      partner.hl7v2.emplace();
      partner.hl7v2->addresses = {"10.0.0.7"};
      partner.hl7v2->facility = "99S01";
    }
    door.emplace(DoorParts{
        config, dev, [this](intake::Arrival arrival) { return house.intake.process(std::move(arrival)); },
        translator, deferred, house.clock, random,
        [this](std::string_view code) { spoken.emplace_back(code); },
        [this](const async::Address& from) { turned_away.push_back(async::to_text(from)); }});
  }
  mllp::Reply reply(std::string bytes, bool forbidden = false) {
    mllp::Message message;
    message.payload = std::move(bytes);
    message.peer = peer;
    message.has_forbidden_byte = forbidden;
    return house.run(door->receive(std::move(message)));
  }
  std::string say(const V2& message) { return reply(message.bytes()).payload; }
  /// The first segment of that name, without its end.
  static std::string segment(const std::string& message, const std::string& name) {
    const std::size_t at = ('\r' + message).find('\r' + name);
    return at == std::string::npos ? std::string() : message.substr(at, message.find('\r', at) - at);
  }
  std::string msa(const V2& message) { return segment(say(message), "MSA"); }

  House house;
  FixedTranslator translator;
  async::SimulatedTimers timers{house.io, house.clock};
  KeptSender sender;
  DeferredAnswers deferred{
      {{"downland-practice", {{"gp", 2575}, nullptr}}}, sender, timers, house.io.get_executor()};
  fhir::SeededRandom random{1};
  mllp::Peer peer{{"127.0.0.1", 5000}, true, false, std::nullopt};
  std::vector<std::string> spoken;
  std::vector<std::string> turned_away;
  std::optional<Hl7v2Door> door;
};

TEST_F(Door, AReferralIsStoredAndAcknowledgedInTheWordsOfItsSender) {
  const std::string answer = say(V2());
  EXPECT_THAT(answer, StartsWith("MSH|^~\\&|LIGAMENT|99S00|GPSYS|99S01|20261122"));
  EXPECT_THAT(segment(answer, "MSH"), HasSubstr("|ACK^I12^ACK|LG"));
  EXPECT_THAT(segment(answer, "MSH"), HasSubstr("|T|2.4"));
  EXPECT_EQ(segment(answer, "MSA"), "MSA|AA|C1");
  EXPECT_EQ(segment(answer, "ERR"), "");
  EXPECT_EQ(house.referrals().size(), 1u);
  const auto logged = house.messages();
  ASSERT_EQ(logged.size(), 1u);
  EXPECT_EQ(logged[0].door, "mllp");
  EXPECT_EQ(logged[0].event, "REF^I12");
  EXPECT_EQ(logged[0].media_type, "x-application/hl7-v2+er7");
  EXPECT_EQ(logged[0].business_id, "C1");
  EXPECT_EQ(logged[0].partner, "downland-practice");
  EXPECT_THAT(spoken, ElementsAre("AA"));
}

TEST_F(Door, EveryAcknowledgementHasAControlIdOfItsOwn) {
  const std::string first = segment(say(V2()), "MSH");
  const std::string second = segment(say(V2()), "MSH");
  EXPECT_NE(first.substr(first.find("|LG")), second.substr(second.find("|LG")));
}

TEST_F(Door, ARepetitionGetsTheSameCodeForItsOwnControlIdAndHasNoEffect) {
  translator.repetition = "the same content";
  EXPECT_EQ(msa(V2()), "MSA|AA|C1");
  const std::size_t sent = house.deliveries().size();
  V2 again;
  again.control_id = "C2";
  EXPECT_EQ(msa(again), "MSA|AA|C2");
  EXPECT_EQ(house.referrals().size(), 1u);
  EXPECT_EQ(house.deliveries().size(), sent);
}

TEST_F(Door, ContentThatCannotBeTakenIsAeWithItsPlaceAndCode) {
  translator.issues.add(fhir::Severity::kError, fhir::IssueType::kValue, "PID[1]-7[1]", "is no date");
  const std::string answer = say(V2());
  EXPECT_EQ(segment(answer, "MSA"), "MSA|AE|C1");
  EXPECT_THAT(segment(answer, "ERR"), StartsWith("ERR|PID^1^7^102"));
  EXPECT_THAT(answer, Not(HasSubstr("Zzcanaryfamily")));
  EXPECT_THAT(house.referrals(), IsEmpty());
  const auto logged = house.messages();
  ASSERT_EQ(logged.size(), 1u) << "kept for review";
  EXPECT_EQ(logged[0].verdict, store::Verdict::kRefused);

  V2 newer;
  newer.version = "2.5";
  newer.control_id = "C2";
  EXPECT_THAT(segment(say(newer), "ERR"), StartsWith("ERR||PID^1^7^1|102^"));
  EXPECT_EQ(house.messages().size(), 2u) << "a refusal is no first: it is judged again";
}

TEST_F(Door, AFaultOfWhatItMeansIsPlacedWhereItCameFrom) {
  translator.letter.nhs = "9990000019";
  translator.place = "PID[1]-3[1].1";
  const std::string answer = say(V2());
  EXPECT_EQ(segment(answer, "MSA"), "MSA|AE|C1");
  EXPECT_THAT(segment(answer, "ERR"), StartsWith("ERR|PID^1^3^"));
  EXPECT_THAT(translator.asked_places, Not(IsEmpty()));
  EXPECT_THAT(answer, Not(HasSubstr("9990000019")));
}

TEST_F(Door, WhatTheHeaderRulesOutIsRejected) {
  struct Row {
    V2 message;
    const char* code;
  };
  V2 live;
  live.processing_id = "P";
  V2 old;
  old.version = "2.2";
  for (const Row& row : {Row{live, "ERR|MSH^1^11^202"}, Row{old, "ERR|MSH^1^12^203"}}) {
    const std::string answer = say(row.message);
    EXPECT_EQ(segment(answer, "MSA"), "MSA|AR|C1");
    EXPECT_THAT(segment(answer, "ERR"), StartsWith(row.code));
  }
  translator.issues.add(fhir::Severity::kError, fhir::IssueType::kNotSupported, "MSH[1]-9[1].2", "not taken");
  const std::string answer = say(V2());
  EXPECT_EQ(segment(answer, "MSA"), "MSA|AR|C1");
  EXPECT_THAT(segment(answer, "ERR"), HasSubstr("201"));
  EXPECT_THAT(house.referrals(), IsEmpty());
}

TEST_F(Door, AForbiddenByteIsAe) {
  const mllp::Reply answer = reply(V2().bytes() + "\x01", true);
  EXPECT_EQ(segment(answer.payload, "MSA"), "MSA|AE|C1");
  EXPECT_FALSE(answer.close);
}

TEST_F(Door, BytesWithoutAHeaderAreRejectedKeptAndTheConnectionClosed) {
  for (const char* bytes : {"PID|1", "MSH|||||\rPID|1", ""}) {
    const mllp::Reply answer = reply(bytes);
    EXPECT_THAT(segment(answer.payload, "MSA"), StartsWith("MSA|AR")) << bytes;
    EXPECT_TRUE(answer.close);
  }
  EXPECT_EQ(translator.asked, 0);
  EXPECT_EQ(house.messages().size(), 3u);
}

TEST_F(Door, EnhancedModeSaysWhatIsAskedForAndTheRestOnAConnectionOfOurs) {
  V2 message;
  message.accept = "AL";
  message.application = "AL";
  const std::string now = say(message);
  EXPECT_EQ(segment(now, "MSA"), "MSA|CA|C1");
  house.io.restart();
  house.io.run();
  ASSERT_EQ(sender.sent.size(), 1u);
  EXPECT_THAT(sender.sent[0], StartsWith("gp:2575 MSH|"));
  EXPECT_THAT(sender.sent[0], HasSubstr("\rMSA|AA|C1"));
  EXPECT_EQ(deferred.sent(), 1u);
  EXPECT_THAT(spoken, ElementsAre("AA", "CA"));

  message.application = "NE";
  EXPECT_EQ(msa(message), "MSA|CA|C1") << "a repetition";
  translator.issues.add(fhir::Severity::kError, fhir::IssueType::kValue, "PID[1]-7[1]", "is no date");
  message.control_id = "C3";
  EXPECT_EQ(msa(message), "MSA|CE|C3");
  message.accept = "NE";
  EXPECT_EQ(say(message), "");
  house.io.restart();
  house.io.run();
  EXPECT_EQ(sender.sent.size(), 1u);
}

TEST_F(Door, AnApplicationWordThatCannotGoIsLostAndSaidAgainToARepetition) {
  std::vector<std::string> lost;
  deferred.on_lost([&](std::string_view partner) { lost.emplace_back(partner); });
  V2 message;
  message.accept = "AL";
  message.application = "AL";
  const auto run = [&] {
    house.io.restart();
    house.io.run();
  };
  sender.failure = fhir::ErrorCode::kUnavailable;
  EXPECT_EQ(msa(message), "MSA|CA|C1") << "the connection it came on may be gone: that is nothing to it";
  run();
  EXPECT_EQ(deferred.lost(), 1u);
  EXPECT_THAT(lost, ElementsAre("downland-practice"));
  EXPECT_EQ(house.referrals().size(), 1u) << "what was stored stays";
  sender.failure.reset();
  EXPECT_EQ(msa(message), "MSA|CA|C1");
  run();
  ASSERT_EQ(deferred.sent(), 1u);
  EXPECT_THAT(sender.sent.back(), HasSubstr("\rMSA|AA|C1")) << "its sender asks again and is told the same";
  EXPECT_EQ(house.referrals().size(), 1u);
}

TEST_F(Door, ASenderWithoutAddressWhoWantsTheApplicationWordOnlyGetsItAtOnce) {
  V2 message;
  message.facility = "99S02";
  message.application = "AL";
  EXPECT_EQ(msa(message), "MSA|AA|C1");
  EXPECT_THAT(sender.sent, IsEmpty());
}

TEST_F(Door, NothingIsSaidToAnAcknowledgement) {
  V2 ack;
  ack.type = "ACK^I12^ACK";
  ack.accept = "AL";
  ack.more = "MSA|AA|X\r";
  EXPECT_EQ(say(ack), "");
  EXPECT_EQ(translator.asked, 0);
  EXPECT_THAT(house.messages(), IsEmpty());
  EXPECT_THAT(spoken, ElementsAre("none"));
}

TEST_F(Door, WhatCannotBeStoredNowIsToBeSentAgain) {
  for (const auto code :
       {fhir::ErrorCode::kCommitUnknown, fhir::ErrorCode::kUnavailable, fhir::ErrorCode::kBusy}) {
    house.flaky.failing = code;
    const std::string answer = say(V2());
    EXPECT_EQ(segment(answer, "MSA"), "MSA|AR|C1");
    EXPECT_THAT(segment(answer, "ERR"), HasSubstr("207"));
    EXPECT_THAT(house.referrals(), IsEmpty());
  }
  house.flaky.failing.reset();
  EXPECT_EQ(msa(V2()), "MSA|AA|C1");
}

TEST_F(Door, AReplyFitsIntoOneRead) {
  for (int i = 0; i < 100; ++i) {
    translator.issues.add(fhir::Severity::kError, fhir::IssueType::kValue,
                          "OBX[" + std::to_string(i + 1) + "]-5[1]", std::string(300, 'x'));
  }
  for (const char* version : {"2.4", "2.5"}) {
    V2 message;
    message.version = version;
    const std::string answer = say(message);
    EXPECT_LT(answer.size(), 4096u);
    EXPECT_THAT(answer, HasSubstr("ERR|"));
  }
}

TEST_F(Door, WhatWasNotReadWholeIsRejectedByItsHead) {
  const std::string head = V2().bytes().substr(0, V2().bytes().find('\r'));
  EXPECT_EQ(segment(door->refuse(peer, head, mllp::Refused::kOversize), "MSA"), "MSA|AR|C1");
  V2 enhanced;
  enhanced.accept = "AL";
  EXPECT_EQ(segment(door->refuse(peer, enhanced.bytes(), mllp::Refused::kBusy), "MSA"), "MSA|CR|C1");
  EXPECT_THAT(door->refuse(peer, "PID|", mllp::Refused::kBusy), HasSubstr("MSA|AR"));
}

class StrictDoor : public Door {
 protected:
  StrictDoor() : Door(false) {}
};

TEST_F(StrictDoor, TakesMessagesOfListedAddressesOnly) {
  EXPECT_FALSE(door->admit(peer).has_value());
  EXPECT_THAT(turned_away, ElementsAre("127.0.0.1:5000"));
  peer = {{"10.0.0.7", 5000}, false, false, std::nullopt};
  const auto terms = door->admit(peer);
  ASSERT_TRUE(terms.has_value());
  EXPECT_EQ(terms->payload_bytes, house.config->limits.message.max_bytes);
  EXPECT_EQ(msa(V2()), "MSA|AA|C1");
  EXPECT_THAT(translator.partners, ElementsAre("downland-practice"));
}

TEST_F(StrictDoor, RejectsASenderThatIsAnother) {
  peer = {{"10.0.0.7", 5000}, false, false, std::nullopt};
  V2 message;
  message.facility = "99S10";
  const std::string answer = say(message);
  EXPECT_EQ(segment(answer, "MSA"), "MSA|AR|C1");
  EXPECT_THAT(segment(answer, "ERR"), HasSubstr("207"));
  EXPECT_EQ(translator.asked, 0);
  EXPECT_THAT(house.messages(), IsEmpty());
}

}  // namespace
}  // namespace gateway::hl7v2
