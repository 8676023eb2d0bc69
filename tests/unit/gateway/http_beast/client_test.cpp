#include "gateway/http_beast/client.hpp"

#include <gtest/gtest.h>

#include "gateway/http_beast/response_parser.hpp"
#include "tests/unit/gateway/http_beast/served.hpp"

namespace gateway::http_beast {
namespace {

using namespace std::chrono_literals;
using testing::Served;

http::Request make_request(http::Method method, std::string segment, std::string body = {}) {
  http::Request request;
  request.method = method;
  request.target = http::Target::of({std::move(segment)});
  request.body = std::move(body);
  return request;
}

struct Linked : Served {
  http::Endpoint endpoint{http::Scheme::kHttp, address, {}, nullptr};
  HttpClient client{simulation.network, simulation.timers};

  fhir::Result<http::Response> send(http::Request request, std::chrono::nanoseconds time = 10s) {
    return simulation.run(
        client.send(endpoint, std::move(request), async::Deadline::after(simulation.clock, time)));
  }
};

TEST(HttpClient, ExchangesWithTheServerAndReusesTheConnection) {
  Linked linked;
  for (int i = 0; i < 3; ++i) {
    const auto response = linked.send(make_request(http::Method::kPost, "Task", std::string(40'000, 'b')));
    ASSERT_TRUE(response.has_value());
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->body.size(), 40'000 + std::string("POST /Task []").size());
    EXPECT_EQ(response->headers.find("content-type"), "text/plain");
  }
  EXPECT_EQ(linked.server.connections(), 1u);
}

TEST(HttpClient, SendsUnderTheBasePath) {
  Linked linked;
  linked.endpoint.base_path = {"fhir", "R4"};
  const auto response = linked.send(make_request(http::Method::kGet, "metadata"));
  EXPECT_EQ(response->body, "GET /fhir/R4/metadata []");
}

TEST(HttpClient, DoesNotReuseAnOldConnection) {
  Linked linked;
  EXPECT_TRUE(linked.send(make_request(http::Method::kPost, "a")).has_value());
  linked.simulation.timers.run_for(31s);
  EXPECT_TRUE(linked.send(make_request(http::Method::kPost, "a")).has_value());
}

TEST(HttpClient, ReplacesAKeptConnectionThatBrokeForARead) {
  Linked linked;
  EXPECT_TRUE(linked.send(make_request(http::Method::kGet, "a")).has_value());
  linked.simulation.network.break_connections(linked.address);
  EXPECT_TRUE(linked.send(make_request(http::Method::kGet, "a")).has_value());
}

TEST(HttpClient, IsUnavailableWhenNothingWasSent) {
  Linked linked;
  linked.simulation.network.link(linked.address).refuse = true;
  EXPECT_EQ(linked.send(make_request(http::Method::kPost, "a")).error().code, fhir::ErrorCode::kUnavailable);
  linked.simulation.network.link(linked.address).refuse = false;
  linked.simulation.network.link(linked.address).black_hole = true;
  EXPECT_EQ(linked.send(make_request(http::Method::kPost, "a")).error().code, fhir::ErrorCode::kUnavailable);
}

TEST(HttpClient, TimesOutWhenTheAnswerIsLost) {
  Linked linked;
  linked.simulation.network.link(linked.address).drop_replies_after = 20;
  const auto response = linked.send(make_request(http::Method::kPost, "a"), 5s);
  EXPECT_EQ(response.error().code, fhir::ErrorCode::kTimedOut);
  EXPECT_EQ(linked.simulation.clock.monotonic().time_since_epoch(), 5s);
  EXPECT_EQ(linked.handler.seen.size(), 1u) << "the partner may well have acted";
}

TEST(HttpClient, TimesOutWhenTheConnectionBreaksInTheAnswer) {
  Linked linked;
  linked.simulation.network.link(linked.address).close_after_replies = 20;
  EXPECT_EQ(linked.send(make_request(http::Method::kPost, "a")).error().code, fhir::ErrorCode::kTimedOut);
  EXPECT_EQ(linked.handler.seen.size(), 1u) << "not sent twice";
}

TEST(HttpClient, IsBusyOverItsConnections) {
  Linked linked;
  linked.handler.takes = 1s;
  std::vector<std::shared_ptr<std::optional<fhir::Result<http::Response>>>> outcomes;
  outcomes.reserve(9);
  for (int i = 0; i < 9; ++i) {
    outcomes.push_back(linked.simulation.start(linked.client.send(
        linked.endpoint, make_request(http::Method::kPost, "a"), async::Deadline::never())));
  }
  EXPECT_EQ((*outcomes[8])->error().code, fhir::ErrorCode::kBusy);
  linked.simulation.timers.run_for(2s);
  for (int i = 0; i < 8; ++i)
    EXPECT_TRUE((*outcomes[static_cast<std::size_t>(i)])->has_value());
}

TEST(HttpClient, ReportsCancellation) {
  Linked linked;
  linked.handler.takes = 1h;
  const auto outcome = linked.simulation.start(
      linked.client.send(linked.endpoint, make_request(http::Method::kPost, "a"), async::Deadline::never()));
  linked.simulation.tasks.cancel();
  linked.simulation.timers.run_until_idle();
  ASSERT_TRUE(outcome->has_value());
  EXPECT_EQ((*outcome)->error().code, fhir::ErrorCode::kCancelled);
}

struct AnswerRow {
  const char* name;
  std::string bytes;
  int status;  // 0: refused
  fhir::ErrorCode error;
  std::string body;
};

TEST(ResponseParser, ReadsAnswersStrictly) {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const std::vector<AnswerRow> rows = {
      {"sized", ok + "Content-Length: 2\r\n\r\nok", 200, {}, "ok"},
      {"chunked", ok + "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX: y\r\n\r\n", 200, {}, "ok"},
      {"until the end", ok + "\r\nok", 200, {}, "ok"},
      {"interim first", "HTTP/1.1 100 Continue\r\n\r\n" + ok + "Content-Length: 2\r\n\r\nok", 200, {}, "ok"},
      {"redirect is an answer",
       "HTTP/1.1 302 Found\r\nLocation: http://other/\r\nContent-Length: 0\r\n\r\n",
       302,
       {},
       ""},
      {"both framings", ok + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 0,
       fhir::ErrorCode::kMalformed, ""},
      {"strange coding", ok + "Transfer-Encoding: gzip\r\n\r\nok", 0, fhir::ErrorCode::kMalformed, ""},
      {"cut short", ok + "Content-Length: 3\r\n\r\nok", 0, fhir::ErrorCode::kMalformed, ""},
      {"too large", ok + "Content-Length: 2000\r\n\r\n", 0, fhir::ErrorCode::kTooLarge, ""},
      {"huge header", ok + "X: " + std::string(5000, 'a') + "\r\n\r\n", 0, fhir::ErrorCode::kTooLarge, ""},
      {"huge trailer",
       ok + "Transfer-Encoding: chunked\r\n\r\n0\r\nX: " + std::string(200'000, 'a') + "\r\n\r\n", 0,
       fhir::ErrorCode::kTooLarge, ""},
      {"not http", "SSH-2.0-x\r\n", 0, fhir::ErrorCode::kMalformed, ""},
  };
  for (const AnswerRow& row : rows) {
    ResponseParser parser(http::Method::kPost, {4096, 1000});
    const auto taken = parser.put(row.bytes);
    const fhir::Status ended = taken.has_value() && !parser.done() ? parser.put_end() : fhir::Status();
    if (row.status == 0) {
      const bool refused = !taken.has_value() || !ended.has_value();
      ASSERT_TRUE(refused) << row.name;
      EXPECT_EQ(taken.has_value() ? ended.error().code : taken.error().code, row.error) << row.name;
      continue;
    }
    ASSERT_TRUE(parser.done()) << row.name;
    const http::Response response = parser.take();
    EXPECT_EQ(response.status, row.status) << row.name;
    EXPECT_EQ(response.body, row.body) << row.name;
    EXPECT_FALSE(response.headers.contains("X")) << row.name << ": a trailer is not a field";
  }
}

}  // namespace
}  // namespace gateway::http_beast
