#include "gateway/outbox/delivery_loop.hpp"

#include <deque>
#include <gtest/gtest.h>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "gateway/async/simulated_timers.hpp"
#include "gateway/outbox/v2_answer.hpp"
#include "gateway/store_memory/memory_store.hpp"

namespace gateway::outbox {
namespace {

using namespace std::chrono_literals;

/// Answers from a list, in order; the last answer repeats. Remembers what it was sent and when.
class ScriptedClient final : public http::Client {
 public:
  struct Sent {
    std::string body;
    std::string request_id;
    fhir::Instant at;
  };
  explicit ScriptedClient(const fhir::Clock& clock) : clock_(clock) {}
  async::awaitable<fhir::Result<http::Response>> send(http::Endpoint, http::Request request,
                                                      async::Deadline) override {
    sent.push_back(
        {request.body, std::string(request.headers.find("X-Request-Id").value_or("")), clock_.now()});
    const int status = script.front();
    if (script.size() > 1) script.pop_front();
    if (status == 0) co_return fhir::fail(fhir::ErrorCode::kUnavailable);
    if (status == -1) co_return fhir::fail(fhir::ErrorCode::kBusy);
    std::string body;
    if (status == 200) {
      body =
          R"({"resourceType":"Bundle","type":"message","entry":[{"resource":{"resourceType":"MessageHeader",)"
          R"("response":{"identifier":")" +
          request.body + R"(","code":"ok"}}}]})";
    } else {
      body = R"({"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"invalid"}]})";
    }
    http::Response response = http::make_response(status, "application/fhir+json", std::move(body));
    response.headers.set("X-Request-Id", request.headers.find("X-Request-Id").value_or(""));
    response.headers.set("X-Correlation-Id", request.headers.find("X-Correlation-Id").value_or(""));
    co_return response;
  }
  std::deque<int> script{200};
  std::vector<Sent> sent;

 private:
  const fhir::Clock& clock_;
};

/// Says, to each message in turn, what a test wrote: `AA`, `AR 202`, or nothing.
class ScriptedSender final : public mllp::Sender {
 public:
  async::awaitable<fhir::Result<std::string>> send(mllp::Destination destination, std::string payload,
                                                   mllp::IsAnswer is_answer, async::Deadline) override {
    sent.push_back(async::to_text(destination.address) + ' ' + payload);
    const std::string said = script.front();
    if (script.size() > 1) script.pop_front();
    if (said.empty()) co_return fhir::fail(fhir::ErrorCode::kTimedOut);
    const std::string head = "MSH|^~\\&|PAS|99S20|LIGAMENT|99S00|20261122090000||ACK^R01^ACK|7|T|2.4\r";
    std::string error;
    if (said.size() > 2) error = "ERR|MSH^1^11^" + said.substr(3) + "&x&HL70357\r";
    const std::string answer = head + "MSA|" + said.substr(0, 2) + "|1\r" + error;
    if (is_answer(head + "MSA|AA|2\r") || !is_answer(answer))
      co_return fhir::fail(fhir::ErrorCode::kInternal);
    co_return answer;
  }
  std::deque<std::string> script{"AA"};
  std::vector<std::string> sent;
};

/// Marks as the gateway's own sink does, and remembers what was recorded.
class RecordingSink final : public DeliverySink {
 public:
  fhir::Status delivered(store::Transaction& tx, const store::DeliveryRow& delivery,
                         fhir::Instant at) override {
    return tx.outbox().mark_delivered(delivery.seq, at);
  }
  fhir::Status undeliverable(store::Transaction& tx, const store::DeliveryRow& delivery,
                             std::string_view error_code, fhir::Instant at) override {
    return tx.outbox().mark_dead(delivery.seq, at, error_code);
  }
  void recorded(const Attempt& attempt) override {
    codes.push_back(attempt.answer.code + (attempt.dead ? "!" : ""));
  }
  std::vector<std::string> codes;
};

class DeliveryLoopTest : public testing::Test {
 protected:
  DeliveryLoopTest() {
    config::Partner hub;
    hub.name = "hub";
    hub.endpoint = "http://hub:80/fhir";
    hub.service_id = config::ServiceId{"https://fhir.nhs.uk/Id/dos-service-id", "1"};
    config_.partners.push_back(hub);
    config_.retry.first = 1000ms;
    config_.retry.attempts = 4;
    config_.retry.answer_deadline = 60'000ms;
    config::Partner pas;
    pas.name = "pas";
    pas.hl7v2.emplace();
    pas.hl7v2->endpoint = "pas:2575";
    config_.partners.push_back(pas);
    courier_ = std::move(*Courier::make(config_, client_, sender_));
  }

  void start(DeliverySettings settings = {}) { start(settings, committer_); }
  void start(DeliverySettings settings, commit::Committer& committer) {
    loop_ = std::make_unique<DeliveryLoop>(
        DeliveryLoop::Parts{store_, committer, *courier_, config_.retry, timers_, random_, pool_,
                            io_.get_executor(), sink_},
        settings);
    loop_->start();
  }

  /// Stops the loop; nothing of it is left on the executor.
  void TearDown() override {
    if (!loop_) return;
    async::TaskGroup stopping(io_.get_executor());
    stopping.spawn("stop", stop_loop());
    timers_.run_for(10s);
    EXPECT_EQ(stopping.running(), 0u);
  }
  async::awaitable<void> stop_loop() {
    const fhir::Status stopped = co_await loop_->stop(async::Deadline::after(clock_, 5s));
    EXPECT_TRUE(stopped.has_value());
  }

  store::OutboxSeq enqueue(std::string id, std::string lane, std::string destination = "hub",
                           std::string media_type = "application/fhir+json") {
    store::NewDelivery delivery;
    delivery.lane = std::move(lane);
    delivery.destination = std::move(destination);
    delivery.kind = "referral";
    delivery.media_type = std::move(media_type);
    delivery.body = id;
    delivery.request_id = "0000000" + id + "-e1cf-4004-b4b3-5717a5807e86";
    delivery.correlation_id = "00000000-e1cf-4004-b4b3-5717a5807e86";
    delivery.business_id = id;
    delivery.created_at = clock_.now();
    delivery.not_before = clock_.now();
    auto seq = store::value_of(store_, store::Kind::kWrite, {},
                               [&](store::Transaction& tx) { return tx.outbox().enqueue(delivery); });
    EXPECT_TRUE(seq.has_value());
    return *seq;
  }
  store::DeliveryRow row(store::OutboxSeq seq) {
    auto found = store::value_of(store_, store::Kind::kRead, {},
                                 [&](store::Transaction& tx) { return tx.outbox().find(seq); });
    return **found;
  }

  boost::asio::io_context io_;
  fhir::ManualClock clock_{*fhir::parse_instant("2026-11-22T09:00:00Z")};
  async::SimulatedTimers timers_{io_, clock_};
  fhir::SeededRandom random_{1};
  async::InlinePool pool_;
  store_memory::MemoryStore store_;
  commit::Committer committer_{store_, io_.get_executor()};
  config::Config config_;
  ScriptedClient client_{clock_};
  ScriptedSender sender_;
  std::unique_ptr<Courier> courier_;
  std::unique_ptr<DeliveryLoop> loop_;
  RecordingSink sink_;
};

TEST_F(DeliveryLoopTest, DeliversWhatIsDueAndTellsTheReferral) {
  const auto seq = enqueue("1", "a");
  start();
  timers_.run_for(100ms);
  EXPECT_EQ(row(seq).state, store::OutboxState::kDelivered);
  EXPECT_EQ(sink_.codes, std::vector<std::string>{"answered"});
}

TEST_F(DeliveryLoopTest, RetriesTheSameBytesAndIdsWithGrowingPauses) {
  client_.script = {0, 503, 200};
  const auto seq = enqueue("1", "a");
  start();
  timers_.run_for(60s);
  EXPECT_EQ(row(seq).state, store::OutboxState::kDelivered);
  ASSERT_EQ(client_.sent.size(), 3u);
  EXPECT_EQ(client_.sent[0].body, client_.sent[2].body);
  EXPECT_EQ(client_.sent[0].request_id, client_.sent[2].request_id);
  EXPECT_GE(client_.sent[1].at - client_.sent[0].at, 750ms);
  EXPECT_GE(client_.sent[2].at - client_.sent[1].at, 1500ms);
}

TEST_F(DeliveryLoopTest, GivesUpAfterTheLastAttemptAndSaysSo) {
  client_.script = {503};
  const auto seq = enqueue("1", "a");
  start();
  timers_.run_for(600s);
  EXPECT_EQ(row(seq).state, store::OutboxState::kDead);
  EXPECT_EQ(client_.sent.size(), 4u);
  EXPECT_EQ(sink_.codes.back(), "http-503!");
}

TEST_F(DeliveryLoopTest, ConnectionsOfOurOwnThatAreTakenAreNoAttempt) {
  client_.script = {-1, -1, -1, -1, -1, -1, -1, -1, 200};
  const auto seq = enqueue("1", "a");
  start();
  timers_.run_for(1s);
  EXPECT_EQ(row(seq).state, store::OutboxState::kDelivered);
  EXPECT_EQ(sink_.codes, std::vector<std::string>{"answered"});
}

TEST_F(DeliveryLoopTest, ARefusalBlocksItsLaneOnly) {
  client_.script = {400, 200};
  const auto first = enqueue("1", "a");
  const auto behind = enqueue("2", "a");
  const auto other = enqueue("3", "b");
  start();
  timers_.run_for(60s);
  EXPECT_EQ(row(first).state, store::OutboxState::kDead);
  EXPECT_EQ(row(behind).state, store::OutboxState::kPending);
  EXPECT_EQ(row(other).state, store::OutboxState::kDelivered);
}

TEST_F(DeliveryLoopTest, SilenceAfterTheTransportTookItIsAskedAgain) {
  client_.script = {202, 200};
  const auto seq = enqueue("1", "a");
  start();
  timers_.run_for(10s);
  EXPECT_EQ(row(seq).state, store::OutboxState::kAwaitingAnswer);
  timers_.run_for(120s);
  EXPECT_EQ(row(seq).state, store::OutboxState::kDelivered);
  ASSERT_EQ(client_.sent.size(), 2u);
  EXPECT_EQ(client_.sent[0].request_id, client_.sent[1].request_id);
}

TEST_F(DeliveryLoopTest, OrderWithinALaneIsKept) {
  for (char id = '1'; id <= '5'; ++id)
    enqueue(std::string(1, id), "a");
  client_.script = {200, 0, 200};
  start();
  timers_.run_for(60s);
  std::string order;
  for (const auto& sent : client_.sent)
    order += sent.body;
  EXPECT_EQ(order, "122345");
}

TEST_F(DeliveryLoopTest, WhatWaitsForItsCommitTakesNoPlaceButKeepsItsLane) {
  boost::asio::io_context writer;
  commit::Committer slow(store_, writer.get_executor());
  DeliverySettings settings;
  settings.window = 1;
  settings.recording = 2;
  const auto first = enqueue("1", "a");
  const auto behind = enqueue("2", "a");
  const auto second = enqueue("3", "b");
  const auto beyond = enqueue("4", "c");
  start(settings, slow);
  timers_.run_for(5s);
  ASSERT_EQ(client_.sent.size(), 2u) << "one after the other, and no more than may wait to be recorded";
  EXPECT_EQ(client_.sent[0].body, "1");
  EXPECT_EQ(client_.sent[1].body, "3");
  EXPECT_EQ(row(first).state, store::OutboxState::kPending);
  for (int turn = 0; turn < 20; ++turn) {
    writer.restart();
    writer.run();
    timers_.run_for(50ms);
  }
  for (const store::OutboxSeq seq : {first, behind, second, beyond})
    EXPECT_EQ(row(seq).state, store::OutboxState::kDelivered);
  EXPECT_EQ(client_.sent.size(), 4u) << "each once";
}

TEST_F(DeliveryLoopTest, WhileEndsCannotBeRecordedNothingElseIsSent) {
  boost::asio::io_context writer;
  commit::Committer full(store_, writer.get_executor(), {.queue_units = 0});
  DeliverySettings settings;
  settings.window = 1;
  settings.longest_rest = 1s;
  for (char id = '1'; id <= '9'; ++id)
    enqueue(std::string(1, id), std::string(1, id));
  start(settings, full);
  timers_.run_for(3500ms);
  EXPECT_LE(client_.sent.size(), 4u) << "one for each rest";
  EXPECT_TRUE(sink_.codes.empty());
}

TEST_F(DeliveryLoopTest, ADestinationWithoutEndpointIsADeadLetter) {
  const auto seq = enqueue("1", "a", "nobody");
  start();
  timers_.run_for(5s);
  EXPECT_EQ(row(seq).state, store::OutboxState::kDead);
  EXPECT_EQ(sink_.codes.back(), "no-endpoint!");
}

TEST_F(DeliveryLoopTest, Hl7v2GoesByMllpAndIsDeliveredByItsAcknowledgement) {
  start();
  sender_.script = {"AA"};
  const auto seq = enqueue("1", "a", "pas", std::string(kV2MediaType));
  timers_.run_for(2s);
  EXPECT_EQ(row(seq).state, store::OutboxState::kDelivered);
  EXPECT_EQ(sender_.sent, std::vector<std::string>{"pas:2575 1"});
  EXPECT_TRUE(client_.sent.empty());
  EXPECT_EQ(sink_.codes, std::vector<std::string>{"v2-AA"});
}

TEST_F(DeliveryLoopTest, Hl7v2WithoutAnswerOrNotNowGoesAgainWithTheSameBytes) {
  start();
  sender_.script = {"", "AR", "CA"};
  const auto seq = enqueue("1", "a", "pas", std::string(kV2MediaType));
  timers_.run_for(10s);
  EXPECT_EQ(row(seq).state, store::OutboxState::kDelivered);
  EXPECT_EQ(sender_.sent, std::vector<std::string>(3, "pas:2575 1"));
  EXPECT_EQ(sink_.codes, (std::vector<std::string>{"timed_out", "v2-AR", "v2-CA"}));
}

TEST_F(DeliveryLoopTest, Hl7v2RefusedForGoodIsDead) {
  start();
  sender_.script = {"AR 202"};
  const auto seq = enqueue("1", "a", "pas", std::string(kV2MediaType));
  const auto nowhere = enqueue("2", "b", "hub", std::string(kV2MediaType));
  timers_.run_for(2s);
  EXPECT_EQ(row(seq).state, store::OutboxState::kDead);
  EXPECT_EQ(row(nowhere).state, store::OutboxState::kDead) << "the hub has no MLLP endpoint";
  EXPECT_EQ(sender_.sent.size(), 1u);
}

}  // namespace
}  // namespace gateway::outbox
