#include "gateway/mllp/client.hpp"

#include <gtest/gtest.h>

#include "tests/unit/gateway/mllp/served.hpp"

namespace gateway::mllp {
namespace {

using namespace std::chrono_literals;
using fhir::ErrorCode;
using testing::Served;
using testing::text_of;

bool any(std::string_view /*payload*/) {
  return true;
}

IsAnswer naming(std::string text) {
  return [text = std::move(text)](std::string_view payload) { return payload.ends_with(text); };
}

/// A partner that says what a test tells it to, on connections a test accepts.
class Client : public ::testing::Test {
 protected:
  using Answer = fhir::Result<std::string>;

  std::shared_ptr<std::optional<Answer>> send(MllpClient& sender, std::string payload,
                                              IsAnswer is_answer = any, std::chrono::nanoseconds time = 10s) {
    return simulation.start(sender.send({address, nullptr}, std::move(payload), std::move(is_answer),
                                        async::Deadline::after(simulation.clock, time)));
  }
  /// The next connection; what comes on it is collected.
  testing::RawSender& accept() {
    auto partner = std::make_unique<testing::RawSender>();
    partner->stream = *simulation.run(listener->accept());
    simulation.start(testing::keep_reading(*partner));
    partners.push_back(std::move(partner));
    return *partners.back();
  }
  void say(testing::RawSender& partner, std::string bytes) {
    simulation.start(testing::write_bytes(partner, std::move(bytes)));
  }

  async::testing::Simulation simulation;
  async::Address address{"pas", 2575};
  async::ListenerPtr listener = *simulation.network.listen(address);
  std::vector<std::unique_ptr<testing::RawSender>> partners;
  MllpClient client{simulation.network, simulation.timers};
};

TEST_F(Client, KeepsItsConnectionForTheNextMessage) {
  auto first = send(client, "a");
  auto& partner = accept();
  EXPECT_EQ(partner.received, wrap("a"));
  EXPECT_EQ(partner.reads, 1u);
  say(partner, wrap("ack a"));
  ASSERT_TRUE(first->has_value());
  EXPECT_EQ(text_of(**first), "ack a");
  auto second = send(client, "b");
  simulation.timers.run_for(1ms);
  EXPECT_EQ(partner.received, wrap("a") + wrap("b"));
  say(partner, wrap("ack b"));
  EXPECT_EQ(text_of(**second), "ack b");
}

TEST_F(Client, AConnectionThePartnerClosedIsReplaced) {
  for (int i = 0; i < 3; ++i) {
    auto sent = send(client, "a");
    simulation.timers.run_for(1ms);
    auto& partner = accept();
    say(partner, wrap("ack"));
    partner.stream->close();
    simulation.timers.run_until_idle();
    ASSERT_TRUE(sent->has_value());
    EXPECT_EQ(text_of(**sent), "ack");
  }
}

TEST_F(Client, AConnectionWithSomethingUnaskedOnItIsReplaced) {
  auto first = send(client, "a");
  auto& partner = accept();
  say(partner, wrap("ack a"));
  say(partner, wrap("ack of something else"));
  auto second = send(client, "b");
  simulation.timers.run_for(1ms);
  auto& other = accept();
  EXPECT_EQ(partner.received, wrap("a"));
  EXPECT_EQ(other.received, wrap("b"));
  EXPECT_TRUE(partner.ended);
}

TEST_F(Client, AnIdleConnectionIsNotKeptForLong) {
  auto first = send(client, "a");
  auto& partner = accept();
  say(partner, wrap("ack"));
  simulation.timers.run_for(31s);
  auto second = send(client, "b");
  simulation.timers.run_for(1ms);
  auto& other = accept();
  EXPECT_EQ(other.received, wrap("b"));
  EXPECT_EQ(partner.received, wrap("a"));
}

TEST_F(Client, OnlyTheAnswerToTheMessageIsTaken) {
  auto sent = send(client, "a", naming("for a"));
  auto& partner = accept();
  say(partner, wrap("ack for z") + "\n" + wrap("ack for y") + "\vack fo");
  EXPECT_FALSE(sent->has_value());
  say(partner, "r a\x1c\r");
  EXPECT_EQ(text_of(**sent), "ack for a");
}

TEST_F(Client, StrangersWithoutEndAreGivenUp) {
  auto sent = send(client, "a", naming("for a"));
  auto& partner = accept();
  for (int i = 0; i < 20; ++i)
    say(partner, wrap("ack for z"));
  EXPECT_EQ((*sent)->error().code, ErrorCode::kMalformed);
}

TEST_F(Client, AnAnswerWithoutItsReturnIsTaken) {
  auto sent = send(client, "a");
  auto& partner = accept();
  say(partner, "\vack\x1c");
  EXPECT_FALSE(sent->has_value());
  simulation.timers.run_for(500ms);
  EXPECT_EQ(text_of(**sent), "ack");

  sent = send(client, "b");
  simulation.timers.run_for(1ms);
  auto& other = accept();
  EXPECT_EQ(other.received, wrap("b")) << "its end was unsure, so the connection was not kept";
  say(other, "\vack\x1c");
  other.stream->close();
  simulation.timers.run_until_idle();
  EXPECT_EQ(text_of(**sent), "ack");
}

TEST_F(Client, SilenceAndLossLeaveTheOutcomeUnknown) {
  auto silent = send(client, "a");
  auto& partner = accept();
  simulation.timers.run_for(10s);
  EXPECT_EQ((*silent)->error().code, ErrorCode::kTimedOut);
  say(partner, wrap("late ack of a"));

  auto lost = send(client, "b");
  auto& other = accept();
  EXPECT_EQ(other.received, wrap("b")) << "a late answer never meets another message";
  other.stream->close();
  simulation.timers.run_until_idle();
  EXPECT_EQ((*lost)->error().code, ErrorCode::kTimedOut);
}

TEST_F(Client, ARefusedConnectionMeansNothingWasSent) {
  simulation.network.link(address).refuse = true;
  auto sent = send(client, "a");
  EXPECT_EQ((*sent)->error().code, ErrorCode::kUnavailable);
  simulation.network.link(address).refuse = false;
  simulation.network.link(address).black_hole = true;
  sent = send(client, "a");
  simulation.timers.run_for(10s);
  EXPECT_EQ((*sent)->error().code, ErrorCode::kUnavailable);
}

TEST_F(Client, WhatIsNoAnswerAtAllIsNamed) {
  auto sent = send(client, "a");
  say(accept(), "HTTP/1.1 400 Bad Request\r\n\r\n");
  EXPECT_EQ((*sent)->error().code, ErrorCode::kMalformed);
  ClientLimits limits;
  limits.reply_bytes = 10;
  MllpClient careful(simulation.network, simulation.timers, limits);
  sent = send(careful, "a");
  say(accept(), wrap("0123456789a"));
  EXPECT_EQ((*sent)->error().code, ErrorCode::kTooLarge);
  EXPECT_EQ((*send(client, "a\x1c"))->error().code, ErrorCode::kInvalidRequest);
}

TEST_F(Client, OneMessageAtATimeOnAConnectionOthersWaitTheirTurn) {
  std::vector<std::shared_ptr<std::optional<Answer>>> sent;
  for (const char* payload : {"a", "b", "c"})
    sent.push_back(send(client, payload));
  auto& partner = accept();
  EXPECT_EQ(partner.received, wrap("a"));
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_FALSE(sent[i]->has_value());
    say(partner, wrap("ack"));
    simulation.timers.run_for(1ms);
    EXPECT_TRUE(sent[i]->has_value()) << i;
  }
  EXPECT_EQ(partner.received, wrap("a") + wrap("b") + wrap("c"));
}

TEST_F(Client, WaitingHasABoundInNumberAndTime) {
  ClientLimits limits;
  limits.waiting_per_destination = 1;
  MllpClient careful(simulation.network, simulation.timers, limits);
  auto first = send(careful, "a", any, 10s);
  auto second = send(careful, "b", any, 2s);
  auto third = send(careful, "c", any, 10s);
  EXPECT_EQ((*third)->error().code, ErrorCode::kBusy);
  simulation.timers.run_for(2s);
  EXPECT_EQ((*second)->error().code, ErrorCode::kUnavailable) << "nothing of it was sent";
  EXPECT_FALSE(first->has_value());
  simulation.timers.run_for(8s);
  EXPECT_TRUE(first->has_value());
}

TEST_F(Client, TalksToTheServer) {
  Served served;
  MllpClient sender(served.simulation.network, served.simulation.timers);
  for (const char* payload : {"a", "b"}) {
    const auto answer = served.simulation.run(sender.send(
        {served.address, nullptr}, payload, any, async::Deadline::after(served.simulation.clock, 5s)));
    EXPECT_EQ(text_of(answer), std::string("ack of ") + payload);
  }
  EXPECT_EQ(served.server.connections(), 1u);
  sender.close_idle();
  served.simulation.timers.run_until_idle();
  EXPECT_EQ(served.server.connections(), 0u);
}

}  // namespace
}  // namespace gateway::mllp
