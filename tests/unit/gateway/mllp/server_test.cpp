#include "gateway/mllp/server.hpp"

#include <gtest/gtest.h>

#include "tests/unit/gateway/mllp/served.hpp"

namespace gateway::mllp {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using testing::Served;
using Troubles = std::vector<std::string>;

TEST(MllpServer, AnswersEachFrameInOneWrite) {
  Served served;
  const auto sender = served.connect();
  served.send(*sender, wrap("a"));
  EXPECT_EQ(sender->received, wrap("ack of a"));
  EXPECT_EQ(sender->reads, 1u);
  EXPECT_FALSE(sender->ended) << "the sender may keep the connection";
  served.send(*sender, wrap("b"));
  EXPECT_EQ(sender->received, wrap("ack of a") + wrap("ack of b"));
  EXPECT_TRUE(served.troubles.empty());
  ASSERT_EQ(served.frames.size(), 2u);
  EXPECT_EQ(served.frames[0].payload_bytes, 1u);
  EXPECT_EQ(served.frames[0].reply_bytes, 8u);
}

TEST(MllpServer, PipelinedFramesAreAnsweredInOrderOneAtATime) {
  Served served;
  served.receiver.takes = 10ms;
  const auto sender = served.connect();
  std::string sent;
  std::string expected;
  for (int i = 0; i < 20; ++i) {
    sent += wrap(std::to_string(i));
    expected += wrap("ack of " + std::to_string(i));
  }
  served.send(*sender, sent);
  served.simulation.timers.run_for(1s);
  EXPECT_EQ(sender->received, expected);
  EXPECT_EQ(served.receiver.most_under_way, 1u);
}

TEST(MllpServer, ConnectionsAreServedSideBySide) {
  Served served;
  served.receiver.takes = 10ms;
  const auto one = served.connect();
  const auto two = served.connect();
  served.send(*one, wrap("a"));
  served.send(*two, wrap("b"));
  EXPECT_EQ(served.receiver.under_way, 2u);
  served.simulation.timers.run_for(10ms);
  EXPECT_EQ(one->received, wrap("ack of a"));
  EXPECT_EQ(two->received, wrap("ack of b"));
}

TEST(MllpServer, FramesArrivingByteByByteAreTheSame) {
  Served served;
  served.simulation.network.link(served.address).slice_bytes = 1;
  const auto sender = served.connect();
  served.send(*sender, "\n" + wrap("a") + "\0"s + wrap("b"));
  EXPECT_EQ(sender->received, wrap("ack of a") + wrap("ack of b"));
  EXPECT_EQ(served.troubles, (Troubles{"junk_skipped", "junk_skipped"}));
}

TEST(MllpServer, TheMissingReturnIsAwaitedAShortWhile) {
  Served served;
  const auto sender = served.connect();
  served.send(*sender, "\va\x1c");
  EXPECT_EQ(sender->received, "");
  served.simulation.timers.run_for(499ms);
  EXPECT_EQ(sender->received, "");
  served.simulation.timers.run_for(1ms);
  EXPECT_EQ(sender->received, wrap("ack of a"));
  EXPECT_EQ(served.troubles, Troubles{"return_missing"});
  served.send(*sender, "\r" + wrap("b"));
  EXPECT_EQ(sender->received, wrap("ack of a") + wrap("ack of b")) << "a return that comes late is skipped";
}

TEST(MllpServer, AnEndBlockInsideKeepsTheDeadlineOfTheFrame) {
  ServerLimits limits;
  limits.frame = 3s;
  Served served(limits);
  const auto sender = served.connect();
  for (int i = 0; i < 10; ++i) {
    served.send(*sender, i == 0 ? "\va\x1c" : "b\x1c");
    served.simulation.timers.run_for(400ms);
  }
  EXPECT_TRUE(sender->ended);
  EXPECT_EQ(served.troubles, Troubles{"frame_too_slow"});
  EXPECT_TRUE(served.receiver.seen.empty());
}

TEST(MllpServer, ASenderThatEndsItsSideIsStillAnswered) {
  for (const char* bytes : {"\va\x1c\r", "\va\x1c"}) {
    Served served;
    const auto sender = served.connect();
    served.send(*sender, bytes);
    served.simulation.start(testing::end_writing(*sender));
    EXPECT_EQ(sender->received, wrap("ack of a"));
    EXPECT_TRUE(sender->ended);
  }
}

TEST(MllpServer, ANewStartAbandonsTheFrameBegun) {
  Served served;
  const auto sender = served.connect();
  served.send(*sender, "\vMSH|half" + wrap("whole"));
  EXPECT_EQ(sender->received, wrap("ack of whole"));
  EXPECT_EQ(served.troubles, Troubles{"frame_abandoned"});
}

TEST(MllpServer, AFrameCutShortGetsNoAnswer) {
  Served served;
  const auto sender = served.connect();
  served.send(*sender, "\vMSH|half");
  served.simulation.start(testing::end_writing(*sender));
  EXPECT_EQ(sender->received, "");
  EXPECT_TRUE(sender->ended);
  EXPECT_TRUE(served.receiver.seen.empty());
  EXPECT_EQ(served.troubles, Troubles{"frame_cut_short"});
  EXPECT_EQ(served.server.connections(), 0u);
  EXPECT_EQ(served.server.bytes_in_flight(), 0u);
}

TEST(MllpServer, AFrameOverTheTermsOfItsPeerIsRefusedByItsHead) {
  Served served;
  const auto sender = served.connect();
  served.send(*sender, "\vMSH|^~\\&|A\rPID|" + std::string(200'000, 'x'));
  EXPECT_EQ(sender->received, wrap("too large: MSH|^~\\&|A"));
  EXPECT_TRUE(sender->ended);
  sender->stream->close();
  served.simulation.timers.run_for(2s);
  EXPECT_EQ(served.server.connections(), 0u);
  EXPECT_EQ(served.server.bytes_in_flight(), 0u);
  EXPECT_EQ(served.troubles, Troubles{"frame_too_large"});
}

TEST(MllpServer, ASenderThatNeverEndsCannotKeepARefusedConnection) {
  Served served;
  const auto sender = served.connect();
  served.send(*sender, "\vMSH|" + std::string(40'000'000, 'x'));
  served.simulation.timers.run_for(2s);
  EXPECT_EQ(served.server.connections(), 0u);
}

TEST(MllpServer, PayloadsHeldAreBoundedOverAllConnections) {
  ServerLimits limits;
  limits.bytes_in_flight = 1500;
  Served served(limits);
  const auto one = served.connect();
  const auto two = served.connect();
  served.send(*one, "\v" + std::string(900, 'a'));
  EXPECT_EQ(served.server.bytes_in_flight(), 900u);
  served.send(*two, "\vMSH|2\r" + std::string(900, 'b'));
  EXPECT_EQ(two->received, wrap("busy: MSH|2"));
  EXPECT_EQ(served.troubles, Troubles{"bytes_exhausted"});
  served.send(*one, "\x1c\r");
  EXPECT_EQ(one->received, wrap("ack of " + std::string(900, 'a')));
  EXPECT_EQ(served.server.bytes_in_flight(), 0u);
}

TEST(MllpServer, AnotherProtocolIsClosedAtOnceWithoutAWord) {
  for (const std::string& hello :
       {"GET / HTTP/1.1\r\nHost: x\r\n\r\n"s, "\x16\x03\x01\x02"s, "MSH|^~\\&|"s}) {
    Served served;
    const auto sender = served.connect();
    served.send(*sender, hello);
    EXPECT_EQ(sender->received, "");
    EXPECT_TRUE(sender->ended);
    EXPECT_EQ(served.troubles.back(), "not_mllp");
  }
}

TEST(MllpServer, SlowAndSilentSendersAreClosed) {
  ServerLimits limits;
  limits.idle = 60s;
  limits.frame = 10s;
  Served served(limits);
  const auto silent = served.connect();
  const auto slow = served.connect();
  const auto chatty = served.connect();
  for (int second = 0; second < 59; ++second) {
    served.send(*slow, second == 0 ? "\vx" : "x");
    served.send(*chatty, "\n");
    served.simulation.timers.run_for(1s);
    EXPECT_EQ(slow->ended, second >= 9) << second;
  }
  EXPECT_FALSE(silent->ended);
  EXPECT_FALSE(chatty->ended);
  served.simulation.timers.run_for(1s);
  EXPECT_TRUE(silent->ended);
  EXPECT_TRUE(chatty->ended) << "bytes between frames keep nothing open";
  EXPECT_EQ(served.server.connections(), 0u);
}

TEST(MllpServer, ConnectionsAreLimitedInAllAndPerHost) {
  ServerLimits limits;
  limits.connections = 3;
  limits.connections_per_host = 2;
  Served served(limits);
  served.simulation.network.set_client_host("pas");
  const auto one = served.connect();
  const auto two = served.connect();
  const auto three = served.connect();
  EXPECT_TRUE(three->ended);
  served.simulation.network.set_client_host("ris");
  const auto four = served.connect();
  const auto five = served.connect();
  EXPECT_FALSE(four->ended);
  EXPECT_TRUE(five->ended);
  EXPECT_EQ(served.troubles, (Troubles{"too_many_connections", "too_many_connections"}));
  one->stream->close();
  served.simulation.timers.run_until_idle();
  const auto six = served.connect();
  served.send(*six, wrap("a"));
  EXPECT_EQ(six->received, wrap("ack of a")) << "a place that became free is given again";
}

TEST(MllpServer, APeerThatIsNotAdmittedIsClosedUnheard) {
  Served served;
  served.simulation.network.set_client_host("stranger");
  const auto sender = served.connect();
  served.send(*sender, wrap("a"));
  EXPECT_EQ(sender->received, "");
  EXPECT_TRUE(sender->ended);
  EXPECT_TRUE(served.receiver.seen.empty());
  EXPECT_EQ(served.troubles, Troubles{"peer_not_admitted"});
}

TEST(MllpServer, TheReceiverKnowsThePeerAndHowLongItHas) {
  Served served;
  served.simulation.network.set_client_host("10.0.0.7");
  const auto sender = served.connect();
  served.send(*sender, wrap("a\x01"));
  ASSERT_EQ(served.receiver.seen.size(), 1u);
  const Message& message = served.receiver.seen[0];
  EXPECT_EQ(message.peer.remote.host, "10.0.0.7");
  EXPECT_FALSE(message.peer.loopback);
  EXPECT_FALSE(message.peer.encrypted);
  EXPECT_TRUE(message.has_forbidden_byte);
  EXPECT_EQ(message.deadline, async::Deadline::after(served.simulation.clock, 30s));
}

TEST(MllpServer, AReceiverMaySayNothingOrClose) {
  Served served;
  const auto sender = served.connect();
  served.send(*sender, wrap("mute") + wrap("bye") + wrap("unheard"));
  EXPECT_EQ(sender->received, wrap("ack of bye"));
  EXPECT_TRUE(sender->ended);
  EXPECT_EQ(served.receiver.seen.size(), 2u);
}

TEST(MllpServer, FaultsOfTheReceiverCloseAndAreNamed) {
  Served served;
  const auto one = served.connect();
  served.send(*one, wrap("throw"));
  served.simulation.timers.run_for(2s);
  EXPECT_EQ(one->received, "");
  EXPECT_TRUE(one->ended);
  const auto two = served.connect();
  served.send(*two, wrap("bad"));
  EXPECT_EQ(two->received, "");
  EXPECT_TRUE(two->ended);
  EXPECT_EQ(served.troubles, (Troubles{"receiver_threw", "reply_unsendable"}));
}

TEST(MllpServer, StoppingAnswersWhatIsUnderWayAndClosesTheRest) {
  Served served;
  served.receiver.takes = 5s;
  const auto idle = served.connect();
  const auto working = served.connect();
  const auto half = served.connect();
  served.send(*working, wrap("a") + wrap("sent ahead"));
  served.send(*half, "\vb");
  auto stopped =
      served.simulation.start(served.server.stop(async::Deadline::after(served.simulation.clock, 10s)));
  EXPECT_TRUE(idle->ended);
  EXPECT_FALSE(working->ended);
  EXPECT_FALSE(served.simulation.run(served.simulation.network.connect(served.address, {})).has_value());
  served.send(*half, "\x1c\r");
  served.simulation.timers.run_for(7s);
  EXPECT_EQ(working->received, wrap("ack of a")) << "what is not answered is its sender's";
  EXPECT_EQ(half->received, wrap("ack of b"));
  EXPECT_TRUE(working->ended);
  EXPECT_TRUE(half->ended);
  ASSERT_TRUE(stopped->has_value());
  EXPECT_TRUE((*stopped)->has_value());
}

TEST(MllpServer, StoppingEndsHardAtItsDeadline) {
  Served served;
  served.receiver.takes = 1h;
  const auto sender = served.connect();
  served.send(*sender, wrap("a"));
  const fhir::Status stopped =
      served.simulation.run(served.server.stop(async::Deadline::after(served.simulation.clock, 10s)));
  EXPECT_EQ(stopped.error().code, fhir::ErrorCode::kTimedOut);
  EXPECT_TRUE(sender->ended);
  EXPECT_EQ(served.server.connections(), 0u);
}

}  // namespace
}  // namespace gateway::mllp
