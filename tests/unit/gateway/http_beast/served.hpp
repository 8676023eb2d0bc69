// A server on the simulated network, and clients that send raw bytes.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "gateway/http_beast/server.hpp"
#include "tests/unit/gateway/async/simulation.hpp"

namespace gateway::http_beast::testing {

using async::testing::Simulation;

/// Answers 200 with what it understood of the request, after `takes`; `/throw` throws.
class EchoHandler final : public http::Handler {
 public:
  explicit EchoHandler(async::Timers& timers) : timers_(timers) {}
  [[nodiscard]] async::awaitable<http::Response> handle(http::Request request) override {
    return answer(this, std::move(request));
  }

  std::chrono::nanoseconds takes{0};
  std::vector<http::Request> seen;

 private:
  static async::awaitable<http::Response> answer(EchoHandler* self, http::Request request) {
    if (self->takes.count() != 0) {
      const fhir::Status slept = co_await self->timers_.sleep_for(self->takes);
      if (!slept.has_value()) co_return http::make_response(503);
    }
    const auto& segments = request.target.segments();
    if (!segments.empty() && segments[0] == "throw") throw std::runtime_error("a secret of the body");
    std::string text =
        std::string(to_text(request.method)) + " " + request.target.to_text() + " [" + request.body + "]";
    self->seen.push_back(std::move(request));
    co_return http::make_response(200, "text/plain", std::move(text));
  }
  async::Timers& timers_;
};

/// A raw connection: what was sent to it, what came back, whether it ended.
struct RawClient {
  async::StreamPtr stream;
  std::string received;
  bool ended = false;
};

inline async::awaitable<int> keep_reading(RawClient& client) {
  std::array<char, 4096> buffer{};
  while (true) {
    const async::ReadSome some = co_await async::read_some(*client.stream, boost::asio::buffer(buffer));
    if (some.bytes == 0) break;
    client.received.append(buffer.data(), some.bytes);
  }
  client.ended = true;
  co_return 0;
}

/// Ends when the server closed; a write error after that is not this test's matter.
inline async::awaitable<int> write_bytes(RawClient& client, std::string bytes) {
  const fhir::Status written = co_await async::write_all(*client.stream, bytes);
  co_return written.has_value() ? 0 : 1;
}

struct Served {
  explicit Served(ServerLimits limits = {})
      : server({simulation.executor, simulation.timers, http::plain_error,
                [this](const ServedRequest& served) { statuses.push_back(served.status); },
                [this](std::string_view event) { troubles.emplace_back(event); }},
               handler, limits) {
    server.serve(*simulation.network.listen(address));
  }

  /// Connects; everything the server sends is collected from then on.
  std::unique_ptr<RawClient> connect() {
    auto client = std::make_unique<RawClient>();
    client->stream = *simulation.run(simulation.network.connect(address, async::Deadline::never()));
    simulation.start(keep_reading(*client));
    return client;
  }
  void send(RawClient& client, std::string bytes) { simulation.start(write_bytes(client, std::move(bytes))); }

  /// The answer to `bytes` on a connection of their own.
  std::string exchange(std::string bytes) {
    const auto client = connect();
    send(*client, std::move(bytes));
    std::string received = client->received;
    last_ended = client->ended;
    client->stream->close();
    simulation.timers.run_until_idle();
    return received;
  }

  Simulation simulation;
  async::Address address{"gateway", 80};
  EchoHandler handler{simulation.timers};
  std::vector<int> statuses;
  std::vector<std::string> troubles;
  bool last_ended = false;
  HttpServer server;
};

/// The status of the first answer in `received`, 0 without one.
inline int status_of(const std::string& received) {
  return received.starts_with("HTTP/1.1 ") ? std::stoi(received.substr(9, 3)) : 0;
}

inline std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++count;
  return count;
}

}  // namespace gateway::http_beast::testing
