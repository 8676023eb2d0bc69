// One connection of the server: requests in, answers out, until either side has had enough.
#pragma once

#include <memory>
#include <string>

#include "gateway/async/alarm.hpp"
#include "gateway/http_beast/framing.hpp"
#include "gateway/http_beast/head_writer.hpp"
#include "gateway/http_beast/request_parser.hpp"
#include "gateway/http_beast/shop.hpp"

namespace gateway::http_beast {

/// Lives in its task. One thread.
class Connection final : public async::Visitor {
 public:
  Connection(HttpServer::Shop& shop, async::StreamPtr stream);
  ~Connection() override;

  /// Ends when the connection is closed.
  [[nodiscard]] async::awaitable<void> run();

  /// Ends at once when no request is under way, else after its answer.
  void finish() override;
  /// Ends at once.
  void abort() override { stream_->close(); }

  /// Writes one refusal and closes; for connections that get no service.
  [[nodiscard]] async::awaitable<void> say_and_close(Refusal refusal);

 private:
  /// What the deadline that runs is for.
  enum class Phase : std::uint8_t { kIdle, kHeader, kBody, kHandler, kWrite, kLinger };

  /// A request read whole, or why there is none. `gone`: the other end left or was idle too long; nobody to
  /// answer.
  struct Incoming {
    explicit Incoming(async::Permits& bodies) : body_permits(bodies) {}
    http::Request request;
    bool keep_alive = true;
    async::HeldPermits body_permits;
    std::optional<Refusal> refusal;
    bool gone = false;
  };

  void enter(Phase phase, std::chrono::nanoseconds limit);
  void on_deadline();
  [[nodiscard]] std::string_view buffered() const {
    return std::string_view(buffer_).substr(start_, end_ - start_);
  }
  void consume(std::size_t bytes);

  [[nodiscard]] async::awaitable<bool> fill();
  [[nodiscard]] async::awaitable<void> read_request(Incoming& incoming);
  [[nodiscard]] async::awaitable<std::size_t> read_head_bytes(Incoming& incoming);
  [[nodiscard]] async::awaitable<void> read_sized_body(Incoming& incoming, std::size_t length);
  [[nodiscard]] async::awaitable<void> read_chunked_body(Incoming& incoming, RequestParser& parser);
  [[nodiscard]] bool accept_head(Incoming& incoming, RequestParser& parser, std::string_view head,
                                 Framing& framing);
  [[nodiscard]] bool admit_body(Incoming& incoming, std::size_t bytes);
  void lost(Incoming& incoming);

  [[nodiscard]] async::awaitable<http::Response> call_handler(http::Request request);
  [[nodiscard]] async::awaitable<bool> answer(const http::Response& response, bool is_head,
                                              AfterAnswer after);
  [[nodiscard]] async::awaitable<void> linger();

  HttpServer::Shop& shop_;
  async::StreamPtr stream_;
  http::Peer peer_;
  async::Alarm alarm_;
  Phase phase_ = Phase::kIdle;
  bool timed_out_ = false;
  bool finishing_ = false;
  std::string buffer_;
  std::size_t start_ = 0;
  std::size_t end_ = 0;
};

}  // namespace gateway::http_beast
