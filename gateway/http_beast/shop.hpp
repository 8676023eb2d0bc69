// What the connections of one server share.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/async/notifier.hpp"
#include "gateway/async/reception.hpp"
#include "gateway/http_beast/server.hpp"

namespace gateway::http_beast {

class Connection;

/// One thread. Kept alive by every connection.
class HttpServer::Shop : public std::enable_shared_from_this<Shop> {
 public:
  Shop(ServerContext server_context, http::Handler& request_handler, ServerLimits server_limits);

  void serve(async::ListenerPtr listener, std::shared_ptr<const tls::Server> tls);

  [[nodiscard]] async::Deadline after(std::chrono::nanoseconds duration) const {
    return async::Deadline::after(context.timers.clock(), duration);
  }
  /// Made anew once a second.
  [[nodiscard]] std::string_view date();
  void trouble(std::string_view event) const {
    if (context.on_trouble) context.on_trouble(event);
  }

  ServerContext context;
  http::Handler& handler;
  ServerLimits limits;
  async::Permits bodies;
  async::Reception reception;

 private:
  static async::awaitable<void> attend(std::shared_ptr<Shop> self, std::shared_ptr<const tls::Server> tls,
                                       async::StreamPtr stream);
  static async::awaitable<void> turn_away(std::shared_ptr<Shop> self, async::StreamPtr stream);

  async::Permits refusals_;
  std::int64_t date_second_ = -1;
  std::string date_;
};

}  // namespace gateway::http_beast
