// The HTTP/1.1 server: connections in, requests to a handler, answers out (RFC 9110, RFC 9112).
//
//   HttpServer server(context, handler, limits);
//   server.serve(std::move(listener));          // any number of listeners, plain or TLS
//   ...
//   co_await server.stop(deadline);
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "gateway/async/network.hpp"
#include "gateway/async/reception.hpp"
#include "gateway/async/timers.hpp"
#include "gateway/http/handler.hpp"
#include "gateway/tls/tls.hpp"

namespace gateway::http_beast {

/// Each phase of a connection has its own deadline; each resource its own bound.
struct ServerLimits {
  std::chrono::nanoseconds handshake = std::chrono::seconds(10);  ///< Of TLS, from accept to finished.
  std::chrono::nanoseconds header =
      std::chrono::seconds(10);  ///< From the first byte of a request to its blank line.
  std::chrono::nanoseconds body = std::chrono::seconds(30);  ///< From the header to the end of the body.
  std::chrono::nanoseconds idle =
      std::chrono::seconds(60);  ///< From accept or an answer to the next request.
  std::chrono::nanoseconds handler =
      std::chrono::seconds(30);                               ///< Given to the handler as Request::deadline.
  std::chrono::nanoseconds write = std::chrono::seconds(30);  ///< Of one whole answer.
  std::size_t header_bytes = 16 * 1024;
  std::size_t body_bytes = 10 * 1024 * 1024;
  std::size_t connections = 1024;  ///< More are answered 503 and closed.
  /// The same, of one remote address. Unlimited, because a proxy is one address.
  std::size_t connections_per_host = async::ReceptionLimits::kUnlimited;
  std::size_t body_bytes_in_flight =
      64 * 1024 * 1024;                 ///< Of all requests; a request over it is answered 503.
  std::chrono::seconds retry_after{2};  ///< Said with each 503 of the server's own.
};

/// What a connection did, for metrics. Values are seen during the call only.
struct ServedRequest {
  http::Method method;
  int status;
  std::chrono::nanoseconds elapsed;  ///< From the last byte of the request to the last byte of the answer.
  std::size_t request_bytes;
  std::size_t response_bytes;
};

/// The server's surroundings. All references outlive it.
struct ServerContext {
  async::Executor executor;
  async::Timers& timers;
  http::ErrorResponder errors = http::plain_error;
  std::function<void(const ServedRequest&)> on_served = {};
  /// Told once for each exception that left the handler, and for each failed TLS handshake; by name only.
  std::function<void(std::string_view event)> on_trouble = {};
};

/// One thread. A connection has at most one request at the handler; what a client sends ahead waits in the
/// socket. Any breach of the framing is answered 400 and the connection closed, so two ends never disagree
/// about where a request ends.
class HttpServer {
 public:
  HttpServer(ServerContext context, http::Handler& handler, ServerLimits limits = {});
  /// Stop first. What is still open is closed.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Accepts from now on until stop. With `tls` every connection is a TLS connection. Both may be shared with
  /// nothing else.
  void serve(async::ListenerPtr listener, std::shared_ptr<const tls::Server> tls = nullptr);

  /// Closes listeners and idle connections at once, lets requests under way be answered (with `Connection:
  /// close`), closes the rest hard at the deadline: kTimedOut then, with everything closed all the same.
  [[nodiscard]] async::awaitable<fhir::Status> stop(async::Deadline deadline);

  [[nodiscard]] std::size_t connections() const;
  [[nodiscard]] std::size_t body_bytes_in_flight() const;

  class Shop;  ///< What its connections share; inner.

 private:
  std::shared_ptr<Shop> shop_;
};

}  // namespace gateway::http_beast
