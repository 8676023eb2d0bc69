#include "gateway/http_beast/server.hpp"

#include <gtest/gtest.h>

#include <boost/asio/error.hpp>

#include "tests/unit/gateway/http_beast/served.hpp"

namespace gateway::http_beast {
namespace {

using namespace std::chrono_literals;
using testing::count_of;
using testing::Served;
using testing::status_of;

const std::string kGet = "GET /x HTTP/1.1\r\nHost: gateway\r\n\r\n";

ServerLimits quick() {
  ServerLimits limits;
  limits.header = 5s;
  limits.body = 7s;
  limits.idle = 20s;
  limits.write = 3s;
  limits.header_bytes = 1024;
  limits.body_bytes = 1000;
  return limits;
}

TEST(HttpServer, AnswersRequestsOneAfterTheOtherOnOneConnection) {
  Served served;
  const auto client = served.connect();
  for (int i = 1; i <= 3; ++i) {
    served.send(*client, kGet);
    EXPECT_EQ(count_of(client->received, "HTTP/1.1 200 OK\r\n"), static_cast<std::size_t>(i));
  }
  EXPECT_FALSE(client->ended);
  EXPECT_EQ(served.statuses, (std::vector{200, 200, 200}));
}

TEST(HttpServer, AnswersPipelinedRequestsInOrder) {
  Served served;
  const std::string received =
      served.exchange("GET /1 HTTP/1.1\r\nHost: g\r\n\r\nGET /2 HTTP/1.1\r\nHost: g\r\n\r\n");
  EXPECT_EQ(count_of(received, "HTTP/1.1 200 OK"), 2u);
  EXPECT_LT(received.find("GET /1"), received.find("GET /2"));
}

TEST(HttpServer, SaysDateAndNosniffAndNotWhoItIs) {
  Served served;
  const std::string received = served.exchange(kGet);
  EXPECT_NE(received.find("\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n"), std::string::npos) << received;
  EXPECT_NE(received.find("\r\nX-Content-Type-Options: nosniff\r\n"), std::string::npos);
  EXPECT_EQ(received.find("Server:"), std::string::npos);
}

TEST(HttpServer, AnswersHeadWithoutBody) {
  Served served;
  const std::string received = served.exchange("HEAD /x HTTP/1.1\r\nHost: gateway\r\n\r\n");
  EXPECT_NE(received.find("Content-Length: 10\r\n"), std::string::npos);
  EXPECT_TRUE(received.ends_with("\r\n\r\n"));
}

TEST(HttpServer, GivesTheHandlerPeerAndDeadline) {
  Served served;
  served.simulation.network.set_client_host("127.0.0.1");
  served.exchange(kGet);
  ASSERT_EQ(served.handler.seen.size(), 1u);
  EXPECT_TRUE(served.handler.seen[0].peer.loopback);
  EXPECT_FALSE(served.handler.seen[0].peer.encrypted);
  EXPECT_EQ(served.handler.seen[0].deadline.when().time_since_epoch(), 30s);
}

TEST(HttpServer, SaysContinueWhenAskedAndNeeded) {
  Served served;
  const auto client = served.connect();
  served.send(*client, "POST /x HTTP/1.1\r\nHost: g\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client->received, "HTTP/1.1 100 Continue\r\n\r\n");
  served.send(*client, "ok");
  EXPECT_NE(client->received.find("POST /x [ok]"), std::string::npos);
}

TEST(HttpServer, TurnsAnExceptionOfTheHandlerInto500) {
  Served served;
  const std::string received = served.exchange("GET /throw HTTP/1.1\r\nHost: g\r\n\r\n");
  EXPECT_EQ(status_of(received), 500);
  EXPECT_EQ(received.find("secret"), std::string::npos);
  EXPECT_EQ(served.troubles, std::vector<std::string>{"handler_threw"});
}

TEST(HttpServer, ClosesAnIdleConnectionWithoutAWord) {
  Served served(quick());
  const auto client = served.connect();
  served.simulation.timers.run_for(19s);
  EXPECT_FALSE(client->ended);
  served.simulation.timers.run_for(1s);
  EXPECT_TRUE(client->ended);
  EXPECT_TRUE(client->received.empty());
  EXPECT_EQ(served.server.connections(), 0u);
}

TEST(HttpServer, AnswersASlowHeader408) {
  Served served(quick());
  const auto client = served.connect();
  served.simulation.timers.run_for(10s);
  for (int i = 0; i < 5 && !client->ended; ++i) {
    served.send(*client, "G");
    served.simulation.timers.run_for(1s);
  }
  EXPECT_EQ(status_of(client->received), 408) << "a byte a second must not keep a connection";
  EXPECT_TRUE(client->ended);
}

TEST(HttpServer, AnswersASlowBody408AndOthersGoOn) {
  Served served(quick());
  const auto slow = served.connect();
  served.send(*slow, "POST /x HTTP/1.1\r\nHost: g\r\nContent-Length: 900\r\n\r\n");
  EXPECT_EQ(served.server.body_bytes_in_flight(), 900u);
  for (int i = 0; i < 7; ++i) {
    EXPECT_EQ(status_of(served.exchange(kGet)), 200);
    served.send(*slow, "a");
    served.simulation.timers.run_for(1s);
  }
  EXPECT_EQ(status_of(slow->received), 408);
  EXPECT_TRUE(slow->ended);
  EXPECT_EQ(served.server.body_bytes_in_flight(), 0u);
}

TEST(HttpServer, AnswersASlowChunkedBody408) {
  Served served(quick());
  const auto slow = served.connect();
  served.send(*slow, "POST /x HTTP/1.1\r\nHost: g\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel");
  served.simulation.timers.run_for(7s);
  EXPECT_EQ(status_of(slow->received), 408);
}

TEST(HttpServer, ClosesOnAClientThatDoesNotRead) {
  Served served(quick());
  auto stream =
      *served.simulation.run(served.simulation.network.connect(served.address, async::Deadline::never()));
  testing::RawClient client{std::move(stream), {}, false};
  // Answers are never read; once the link's buffer is full the write cannot go on.
  std::string many;
  for (int i = 0; i < 2000; ++i)
    many += kGet;
  served.send(client, many);
  EXPECT_EQ(served.server.connections(), 1u);
  served.simulation.timers.run_for(4s);
  EXPECT_EQ(served.server.connections(), 0u);
}

TEST(HttpServer, RefusesConnectionsOverTheLimitWithRetryAfter) {
  ServerLimits limits = quick();
  limits.connections = 2;
  Served served(limits);
  const auto first = served.connect();
  const auto second = served.connect();
  const auto third = served.connect();
  EXPECT_EQ(status_of(third->received), 503);
  EXPECT_NE(third->received.find("Retry-After: 2\r\n"), std::string::npos);
  EXPECT_TRUE(third->ended);
  first->stream->close();
  served.simulation.timers.run_until_idle();
  EXPECT_EQ(status_of(served.exchange(kGet)), 200) << "a place that was given back is used again";
}

TEST(HttpServer, RefusesBodiesOverTheBytesInFlight) {
  ServerLimits limits = quick();
  limits.body_bytes_in_flight = 1500;
  Served served(limits);
  const std::string head = "POST /x HTTP/1.1\r\nHost: g\r\nContent-Length: 1000\r\n\r\n";
  const auto first = served.connect();
  served.send(*first, head);
  const std::string second = served.exchange(head);
  EXPECT_EQ(status_of(second), 503);
  EXPECT_NE(second.find("Retry-After"), std::string::npos);
  served.send(*first, std::string(1000, 'a'));
  EXPECT_EQ(status_of(first->received), 200);
  EXPECT_EQ(served.server.body_bytes_in_flight(), 0u);
}

TEST(HttpServer, StopLetsTheRequestUnderWayFinish) {
  Served served;
  served.handler.takes = 5s;
  const auto busy = served.connect();
  const auto idle = served.connect();
  served.send(*busy, kGet);
  const auto stopped =
      served.simulation.start(served.server.stop(async::Deadline::after(served.simulation.clock, 20s)));
  EXPECT_TRUE(idle->ended) << "idle connections close at once";
  EXPECT_FALSE(busy->ended);
  EXPECT_FALSE(
      served.simulation.run(served.simulation.network.connect(served.address, async::Deadline::never()))
          .has_value());
  served.simulation.timers.run_for(6s);
  EXPECT_EQ(status_of(busy->received), 200);
  EXPECT_NE(busy->received.find("Connection: close\r\n"), std::string::npos);
  busy->stream->close();
  served.simulation.timers.run_for(2s);
  ASSERT_TRUE(stopped->has_value());
  EXPECT_TRUE((*stopped)->has_value());
}

TEST(HttpServer, StopClosesHardAtTheDeadline) {
  Served served;
  served.handler.takes = 1h;
  const auto busy = served.connect();
  served.send(*busy, kGet);
  const auto stopped =
      served.simulation.start(served.server.stop(async::Deadline::after(served.simulation.clock, 3s)));
  served.simulation.timers.run_for(3s);
  ASSERT_TRUE(stopped->has_value());
  EXPECT_EQ((*stopped)->error().code, fhir::ErrorCode::kTimedOut);
  EXPECT_TRUE(busy->ended);
  EXPECT_EQ(served.server.connections(), 0u);
}

TEST(HttpServer, RefusalsNeverQuoteTheRequest) {
  const std::string canary = "Canary-9990000026";
  for (const std::string& bytes :
       {"GET /" + canary + "%zz HTTP/1.1\r\nHost: g\r\n\r\n", canary + " /x HTTP/1.1\r\nHost: g\r\n\r\n",
        "GET /x HTTP/1.1\r\nHost: " + canary + " x\r\n\r\n",
        "GET /x HTTP/1.1\r\nHost: g\r\n" + canary + "\r\n\r\n",
        "GET /x HTTP/1.1\r\nHost: g\r\nX: " + canary + "\n\r\n",
        "GET /throw?a=" + canary + " HTTP/1.1\r\nHost: g\r\n\r\n",
        "POST /x HTTP/1.1\r\nHost: g\r\nTransfer-Encoding: chunked\r\n\r\n" + canary + "\r\n"}) {
    Served served;
    const std::string received = served.exchange(bytes);
    EXPECT_GE(status_of(received), 400) << bytes;
    EXPECT_EQ(received.find("9990000026"), std::string::npos) << bytes;
    for (const std::string& trouble : served.troubles)
      EXPECT_EQ(trouble.find(canary), std::string::npos);
  }
}

/// Fails the N-th operation of a stream and every one after it.
class FailingStream final : public async::ByteStream {
 public:
  FailingStream(async::StreamPtr next, int allowed, bool& failed)
      : next_(std::move(next)), allowed_(allowed), failed_(failed) {}
  [[nodiscard]] async::Executor executor() const override { return next_->executor(); }
  void async_read_some(boost::asio::mutable_buffer buffer, async::IoHandler handler) override {
    if (fails()) return reject(std::move(handler));
    next_->async_read_some(buffer, std::move(handler));
  }
  void async_write_some(std::span<const boost::asio::const_buffer> buffers,
                        async::IoHandler handler) override {
    if (fails()) return reject(std::move(handler));
    next_->async_write_some(buffers, std::move(handler));
  }
  void async_shutdown(async::WaitHandler handler) override { next_->async_shutdown(std::move(handler)); }
  void cancel() override { next_->cancel(); }
  void close() override { next_->close(); }
  [[nodiscard]] const async::Address& remote() const override { return next_->remote(); }

 private:
  bool fails() { return failed_ = failed_ || allowed_-- <= 0; }
  void reject(async::IoHandler handler) {
    boost::asio::post(next_->executor(), [handler = std::move(handler)]() mutable {
      std::move(handler)(boost::asio::error::connection_reset, 0);
    });
  }
  async::StreamPtr next_;
  int allowed_;
  bool& failed_;
};

/// Gives the accepted connections of `next` wrapped.
class FailingListener final : public async::Listener {
 public:
  FailingListener(async::ListenerPtr next, int allowed, bool& failed)
      : next_(std::move(next)), allowed_(allowed), failed_(failed) {}
  [[nodiscard]] async::awaitable<fhir::Result<async::StreamPtr>> accept() override {
    fhir::Result<async::StreamPtr> stream = co_await next_->accept();
    if (!stream.has_value()) co_return stream;
    co_return async::StreamPtr(std::make_unique<FailingStream>(std::move(*stream), allowed_, failed_));
  }
  [[nodiscard]] const async::Address& local() const override { return next_->local(); }
  void close() override { next_->close(); }

 private:
  async::ListenerPtr next_;
  int allowed_;
  bool& failed_;
};

TEST(HttpServer, SurvivesTheFailureOfEveryOperation) {
  const std::string requests =
      "POST /x HTTP/1.1\r\nHost: g\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
  int allowed = 0;
  for (bool failed = true; failed; ++allowed) {
    ASSERT_LT(allowed, 200);
    failed = false;
    Served served;
    const async::Address address{"failing", 80};
    served.simulation.network.link(address).slice_bytes = 16;
    served.server.serve(
        std::make_unique<FailingListener>(*served.simulation.network.listen(address), allowed, failed));
    served.address = address;
    const auto client = served.connect();
    served.send(*client, requests);
    served.send(*client, "hello");
    served.send(*client,
                "POST /y HTTP/1.1\r\nHost: g\r\nTransfer-Encoding: chunked\r\nConnection: "
                "close\r\n\r\n2\r\nok\r\n0\r\n\r\n");
    client->stream->close();
    served.simulation.timers.run_for(5s);
    EXPECT_EQ(served.server.connections(), 0u) << "after " << allowed << " operations";
    EXPECT_EQ(served.server.body_bytes_in_flight(), 0u) << "after " << allowed << " operations";
    EXPECT_TRUE(served.troubles.empty()) << served.troubles.front();
  }
  EXPECT_GT(allowed, 10) << "the loop must reach past the two requests";
}

}  // namespace
}  // namespace gateway::http_beast
