// What the connections of one server share.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "gateway/async/notifier.hpp"
#include "gateway/async/reception.hpp"
#include "gateway/mllp/server.hpp"

namespace gateway::mllp {

class Connection;

/// One thread. Kept alive by every connection.
class MllpServer::Shop : public std::enable_shared_from_this<Shop> {
 public:
  Shop(ServerContext server_context, Receiver& frame_receiver, ServerLimits server_limits);

  void serve(async::ListenerPtr listener, std::shared_ptr<const tls::Server> tls);

  [[nodiscard]] async::Deadline after(std::chrono::nanoseconds duration) const {
    return async::Deadline::after(context.timers.clock(), duration);
  }
  void trouble(std::string_view event) const {
    if (context.on_trouble) context.on_trouble(event);
  }

  ServerContext context;
  Receiver& receiver;
  ServerLimits limits;
  async::Permits payloads;
  async::Reception reception;

 private:
  static async::awaitable<void> attend(std::shared_ptr<Shop> self, std::shared_ptr<const tls::Server> tls,
                                       async::StreamPtr stream);
};

}  // namespace gateway::mllp
