#include "gateway/mllp/server.hpp"

#include <utility>

#include "gateway/mllp/connection.hpp"
#include "gateway/mllp/shop.hpp"

namespace gateway::mllp {
namespace {

using fhir::ErrorCode;

constexpr std::chrono::milliseconds kAcceptPause{100};

}  // namespace

class MllpServer::Shop::HeldPlace {
 public:
  HeldPlace(Shop& shop, std::string host) : shop_(shop), host_(std::move(host)) {}
  ~HeldPlace() {
    shop_.places_.release();
    const auto host = shop_.places_by_host_.find(host_);
    if (--host->second == 0) shop_.places_by_host_.erase(host);
  }
  HeldPlace(const HeldPlace&) = delete;
  HeldPlace& operator=(const HeldPlace&) = delete;

 private:
  Shop& shop_;
  std::string host_;
};

MllpServer::Shop::Shop(ServerContext server_context, Receiver& frame_receiver, ServerLimits server_limits)
    : context(std::move(server_context)),
      receiver(frame_receiver),
      limits(server_limits),
      payloads(limits.bytes_in_flight),
      tasks_(context.executor, [this](std::string_view /*name*/) { trouble("connection_threw"); }),
      places_(limits.connections) {}

void MllpServer::Shop::serve(async::ListenerPtr listener, std::shared_ptr<const tls::Server> tls) {
  listeners_.emplace_back(std::move(listener));
  tasks_.spawn("accept", accept_from(shared_from_this(), listeners_.back(), std::move(tls)));
}

async::awaitable<void> MllpServer::Shop::accept_from(std::shared_ptr<Shop> self,
                                                     std::shared_ptr<async::Listener> listener,
                                                     std::shared_ptr<const tls::Server> tls) {
  while (!self->stopping) {
    fhir::Result<async::StreamPtr> stream = co_await listener->accept();
    if (stream.has_value()) {
      self->admit(std::move(*stream), tls);
      continue;
    }
    if (stream.error().code == ErrorCode::kCancelled) co_return;
    self->trouble("accept_failed");
    const fhir::Status paused = co_await self->context.timers.sleep_for(kAcceptPause);
    if (!paused.has_value()) co_return;
  }
}

bool MllpServer::Shop::take_place(const std::string& host) {
  const auto known = places_by_host_.find(host);
  if (known != places_by_host_.end() && known->second >= limits.connections_per_host) return false;
  if (!places_.try_acquire()) return false;
  ++places_by_host_[host];
  return true;
}

void MllpServer::Shop::admit(async::StreamPtr stream, std::shared_ptr<const tls::Server> tls) {
  if (take_place(stream->remote().host)) {
    tasks_.spawn("connection", attend(shared_from_this(), std::move(stream), std::move(tls)));
  } else {
    trouble("too_many_connections");
  }
}

async::awaitable<void> MllpServer::Shop::attend(std::shared_ptr<Shop> self, async::StreamPtr stream,
                                                std::shared_ptr<const tls::Server> tls) {
  const HeldPlace place(*self, stream->remote().host);
  if (tls) {
    auto shaken =
        co_await tls->accept(std::move(stream), self->context.timers, self->after(self->limits.handshake));
    if (!shaken.has_value()) {
      self->trouble("tls_handshake_failed");
      co_return;
    }
    stream = std::move(*shaken);
  }
  if (self->stopping) co_return;
  const Peer peer = peer_of(*stream);
  const std::optional<Terms> terms = self->receiver.admit(peer);
  if (!terms) {
    self->trouble("peer_not_admitted");
    co_return;
  }
  Connection connection(*self, std::move(stream), peer, *terms);
  co_await connection.run();
}

void MllpServer::Shop::close_all() {
  stopping = true;
  for (const auto& listener : listeners_)
    listener->close();
  for (Connection* connection : connections_)
    connection->abort();
  tasks_.cancel();
}

async::awaitable<fhir::Status> MllpServer::Shop::stop(async::Deadline deadline) {
  const auto self = shared_from_this();
  stopping = true;
  for (const auto& listener : listeners_)
    listener->close();
  for (Connection* connection : connections_)
    connection->finish();
  fhir::Status drained = co_await tasks_.wait(context.timers, deadline);
  if (drained.has_value()) co_return drained;
  close_all();
  const fhir::Status closed = co_await tasks_.wait(context.timers, after(std::chrono::seconds(1)));
  if (!closed.has_value()) trouble("connection_stuck");
  co_return drained;
}

MllpServer::MllpServer(ServerContext context, Receiver& receiver, ServerLimits limits)
    : shop_(std::make_shared<Shop>(std::move(context), receiver, limits)) {}

MllpServer::~MllpServer() {
  shop_->close_all();
}

void MllpServer::serve(async::ListenerPtr listener, std::shared_ptr<const tls::Server> tls) {
  shop_->serve(std::move(listener), std::move(tls));
}

async::awaitable<fhir::Status> MllpServer::stop(async::Deadline deadline) {
  return shop_->stop(deadline);
}

std::size_t MllpServer::connections() const {
  return shop_->connections();
}

std::size_t MllpServer::bytes_in_flight() const {
  return shop_->payloads.used();
}

}  // namespace gateway::mllp
