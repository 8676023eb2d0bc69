#include "gateway/partner/mllp_desk.hpp"

#include <gmock/gmock.h>
#include <sstream>

#include "gateway/partner/script.hpp"
#include "tests/unit/gateway/async/simulation.hpp"

namespace gateway::partner {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

std::string referral(const std::string& control_id, const std::string& text = "knee") {
  return "MSH|^~\\&|LIGAMENT|99S00|PAS|99S20|20261122095900||REF^I12^REF_I12|" + control_id +
         "|T|2.4\rRF1|P|R|||C|RF-1\rPRD|RP|Example\rPID|1||9990000018^^^NHS^NH\rOBX|1|TX|||" + text + "\r";
}

std::shared_ptr<const Script> script(const std::string& replies) {
  const ScriptOutcome outcome = parse_script("mllp: {replies: [" + replies + "]}", "s.yaml", Role::kPas, "");
  for (const fhir::Issue& issue : outcome.issues.items())
    ADD_FAILURE() << issue.text;
  return outcome.script;
}

/// A desk and one connection to it, in simulated time.
class Desk {
 public:
  explicit Desk(const std::string& replies)
      : script_(script(replies)),
        desk({simulation.executor, simulation.timers, simulation.network, random_, journal_}, script_->mllp) {
    EXPECT_TRUE(desk.start({"pas", 2575}).has_value());
    auto stream = simulation.run(simulation.network.connect({"pas", 2575}, async::Deadline::never()));
    EXPECT_TRUE(stream.has_value());
    stream_ = std::move(*stream);
    reading_ = simulation.start(collect());
  }
  ~Desk() {
    stream_->close();
    const auto deadline = async::Deadline::after(simulation.clock, 5s);
    EXPECT_TRUE(simulation.run(desk.stop(deadline)).has_value());
  }

  /// What has come since the last call.
  std::string say(const std::string& payload, std::chrono::nanoseconds wait = 1s) {
    received.clear();
    const auto written = simulation.start(write(mllp::wrap(payload)));
    simulation.timers.run_for(wait);
    return received;
  }

  async::testing::Simulation simulation;
  std::string received;
  bool ended = false;
  std::ostringstream out;

 private:
  async::awaitable<int> collect() {
    std::array<char, 4096> buffer{};
    while (true) {
      const async::ReadSome some = co_await async::read_some(*stream_, boost::asio::buffer(buffer));
      if (some.bytes == 0) break;
      received.append(buffer.data(), some.bytes);
    }
    ended = true;
    co_return 0;
  }
  async::awaitable<int> write(std::string bytes) {
    const fhir::Status written = co_await async::write_all(*stream_, bytes);
    co_return written.has_value() ? 0 : 1;
  }

  std::shared_ptr<const Script> script_;
  fhir::SeededRandom random_{1};
  Journal journal_{out, simulation.clock, "downs-trust"};

 public:
  MllpDesk desk;

 private:
  async::StreamPtr stream_;
  std::shared_ptr<std::optional<int>> reading_;
};

std::size_t frames(const std::string& bytes) {
  return static_cast<std::size_t>(std::count(bytes.begin(), bytes.end(), mllp::kStartBlock));
}

TEST(MllpDesk, AcknowledgesWhatNoRuleIsForAndTellsTheJournal) {
  Desk desk("{event: MDM, code: AE}");
  const std::string answer = desk.say(referral("C1"));
  EXPECT_EQ(frames(answer), 1U);
  EXPECT_THAT(answer, HasSubstr("\rMSA|AA|C1"));
  EXPECT_THAT(desk.out.str(),
              HasSubstr(R"("did":"received","door":"mllp","event":"REF^I12","control_id":"C1")"));
  EXPECT_THAT(desk.out.str(), HasSubstr(R"("text":["P","knee"])"));
  EXPECT_THAT(desk.out.str(), HasSubstr(R"("code":"AA")"));
}

TEST(MllpDesk, AnswersByTheRuleThatFitsAsOftenAsItSays) {
  Desk desk(
      "{event: REF, times: 1, code: AE, error: {place: 'PID[1]-3[1]', code: '204', text: unknown}}, "
      "{event: 'REF^I12', when: \"descendants().where($this = 'hip').exists()\", code: AR}");
  const std::string first = desk.say(referral("C1"));
  EXPECT_THAT(first, HasSubstr("\rMSA|AE|C1"));
  EXPECT_THAT(first, HasSubstr("PID^1^3"));
  EXPECT_THAT(desk.say(referral("C2")), HasSubstr("\rMSA|AA|C2")) << "its turn is over";
  EXPECT_THAT(desk.say(referral("C3", "hip")), HasSubstr("\rMSA|AR|C3"));
}

TEST(MllpDesk, AnswersLateTwiceWronglyOrNotAtAll) {
  Desk late("{delay: 10s}");
  EXPECT_THAT(late.say(referral("C1"), 9s), IsEmpty());
  late.simulation.timers.run_for(2s);
  EXPECT_THAT(late.received, HasSubstr("MSA|AA|C1"));

  Desk twice("{twice: true}");
  EXPECT_EQ(frames(twice.say(referral("C1"))), 2U);

  Desk wrong("{wrong_control_id: true}");
  EXPECT_THAT(wrong.say(referral("C1")), HasSubstr("MSA|AA|C1-OTHER"));

  Desk silent("{times: 1, silent: true}");
  EXPECT_THAT(silent.say(referral("C1"), 60s), IsEmpty());
  EXPECT_FALSE(silent.ended);
  EXPECT_THAT(silent.say(referral("C2")), HasSubstr("MSA|AA|C2")) << "the connection stays";

  Desk drop("{drop: true}");
  EXPECT_THAT(drop.say(referral("C1")), IsEmpty());
  EXPECT_TRUE(drop.ended);
}

TEST(MllpDesk, ADecisionIsAnRriOfTheReferral) {
  Desk desk("{decision: rejected}");
  const std::string answer = desk.say(referral("C1"));
  EXPECT_THAT(answer, HasSubstr("|RRI^I12^RRI_I12|"));
  EXPECT_THAT(answer, HasSubstr("\rMSA|AA|C1"));
  EXPECT_THAT(answer, HasSubstr("\rRF1|R^Rejected^HL70283|R|||C|RF-1\r"));
  EXPECT_THAT(answer, HasSubstr("\rPRD|RP|Example\rPID|1||9990000018^^^NHS^NH\r"));
}

TEST(MllpDesk, TakesSeveralMessagesOfOneRead) {
  Desk desk("");
  const std::string answer = desk.say(referral("C1") + "\x1c\r\x0b" + referral("C2"));
  EXPECT_EQ(frames(answer), 2U);
  EXPECT_THAT(answer, HasSubstr("MSA|AA|C1"));
  EXPECT_THAT(answer, HasSubstr("MSA|AA|C2"));
}

TEST(MllpScript, RowsOfWhatIsRefused) {
  struct Row {
    std::string_view text;
    std::string_view expected;
  };
  const Row rows[] = {
      {"mllp: {}", "'replies' is missing"},
      {"mllp: {replies: [{code: XX}]}", "mllp.replies[0].code"},
      {"mllp: {replies: [{colour: red}]}", "mllp.replies[0].colour"},
      {"mllp: {replies: [{when: 'PID.('}]}", "is no FHIRPath"},
      {"mllp: {replies: [{silent: true, drop: true}]}", "is either `silent` or `drop`"},
      {"mllp: {replies: [{event: MDM, decision: accepted}]}", "goes with a referral"},
      {"mllp: {replies: [{error: {code: '999'}}]}", "mllp.replies[0].error.code"},
      {"mllp: {replies: [{error: {code: '101', place: nowhere}}]}", "is no place"},
  };
  for (const Row& row : rows) {
    const ScriptOutcome outcome = parse_script(row.text, "s.yaml", Role::kPas, "");
    ASSERT_FALSE(outcome.issues.items().empty()) << row.text;
    EXPECT_THAT(outcome.issues.items().front().text, HasSubstr(std::string(row.expected))) << row.text;
  }
}

}  // namespace
}  // namespace gateway::partner
