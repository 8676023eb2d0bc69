// The HTTP/1.1 client: one exchange at a time on a connection, connections kept for the next exchange.
#pragma once

#include <chrono>
#include <memory>

#include "gateway/async/network.hpp"
#include "gateway/async/timers.hpp"
#include "gateway/http/client.hpp"

namespace gateway::http_beast {

struct ClientLimits {
  std::size_t header_bytes = 16 * 1024;
  std::size_t body_bytes = 10 * 1024 * 1024;
  std::size_t connections_per_endpoint = 8;  ///< In use and kept together; more are refused with kBusy.
  std::chrono::nanoseconds keep =
      std::chrono::seconds(30);  ///< An idle connection older than this is not used again.
};

/// One thread. `network` and `timers` outlive it. A kept connection that the partner closed meanwhile is
/// replaced once, provided that not one byte of an answer came; the request is then sent a second time only
/// if it is GET or HEAD or none of it could be written.
class HttpClient final : public http::Client {
 public:
  HttpClient(async::Network& network, async::Timers& timers, ClientLimits limits = {});
  ~HttpClient() override;
  [[nodiscard]] async::awaitable<fhir::Result<http::Response>> send(http::Endpoint endpoint,
                                                                    http::Request request,
                                                                    async::Deadline deadline) override;
  /// Closes what is kept and nothing else.
  void close_idle();

 private:
  class Pool;
  std::shared_ptr<Pool> pool_;
};

}  // namespace gateway::http_beast
