// What the connections of one server share.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "gateway/async/notifier.hpp"
#include "gateway/async/task_group.hpp"
#include "gateway/mllp/server.hpp"

namespace gateway::mllp {

class Connection;

/// One thread. Kept alive by every connection.
class MllpServer::Shop : public std::enable_shared_from_this<Shop> {
 public:
  Shop(ServerContext server_context, Receiver& frame_receiver, ServerLimits server_limits);

  void serve(async::ListenerPtr listener, std::shared_ptr<const tls::Server> tls);
  [[nodiscard]] async::awaitable<fhir::Status> stop(async::Deadline deadline);
  void close_all();

  void enter(Connection& connection) { connections_.insert(&connection); }
  void leave(Connection& connection) { connections_.erase(&connection); }

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
  bool stopping = false;

  [[nodiscard]] std::size_t connections() const { return connections_.size(); }

 private:
  /// A place among all connections and among those of its host, given back when it ends.
  class HeldPlace;

  static async::awaitable<void> accept_from(std::shared_ptr<Shop> self,
                                            std::shared_ptr<async::Listener> listener,
                                            std::shared_ptr<const tls::Server> tls);
  static async::awaitable<void> attend(std::shared_ptr<Shop> self, async::StreamPtr stream,
                                       std::shared_ptr<const tls::Server> tls);
  void admit(async::StreamPtr stream, std::shared_ptr<const tls::Server> tls);
  [[nodiscard]] bool take_place(const std::string& host);

  std::vector<std::shared_ptr<async::Listener>> listeners_;
  std::unordered_set<Connection*> connections_;
  async::TaskGroup tasks_;
  async::Permits places_;
  std::map<std::string, std::size_t, std::less<>> places_by_host_;
};

}  // namespace gateway::mllp
