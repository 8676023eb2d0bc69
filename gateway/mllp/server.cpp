#include "gateway/mllp/server.hpp"

#include <utility>

#include "gateway/mllp/connection.hpp"
#include "gateway/mllp/shop.hpp"

namespace gateway::mllp {

MllpServer::Shop::Shop(ServerContext server_context, Receiver& frame_receiver, ServerLimits server_limits)
    : context(std::move(server_context)),
      receiver(frame_receiver),
      limits(server_limits),
      payloads(limits.bytes_in_flight),
      reception(context.executor, context.timers, {limits.connections, limits.connections_per_host},
                [this](std::string_view event) { trouble(event); }) {}

void MllpServer::Shop::serve(async::ListenerPtr listener, std::shared_ptr<const tls::Server> tls) {
  // The reception belongs to the shop: what it holds must not hold the shop.
  auto take = [shop = weak_from_this(), tls](async::StreamPtr stream) {
    return attend(shop.lock(), tls, std::move(stream));
  };
  auto beyond = [this](const async::StreamPtr& /*closed*/) { trouble("too_many_connections"); };
  reception.serve(shared_from_this(), std::move(listener), std::move(take), std::move(beyond));
}

async::awaitable<void> MllpServer::Shop::attend(std::shared_ptr<Shop> self,
                                                std::shared_ptr<const tls::Server> tls,
                                                async::StreamPtr stream) {
  if (tls) {
    auto shaken =
        co_await tls->accept(std::move(stream), self->context.timers, self->after(self->limits.handshake));
    if (!shaken.has_value()) {
      self->trouble("tls_handshake_failed");
      co_return;
    }
    stream = std::move(*shaken);
  }
  if (self->reception.stopping()) co_return;
  const Peer peer = peer_of(*stream);
  const std::optional<Terms> terms = self->receiver.admit(peer);
  if (!terms) {
    self->trouble("peer_not_admitted");
    co_return;
  }
  Connection connection(*self, std::move(stream), peer, *terms);
  co_await connection.run();
}

MllpServer::MllpServer(ServerContext context, Receiver& receiver, ServerLimits limits)
    : shop_(std::make_shared<Shop>(std::move(context), receiver, limits)) {}

MllpServer::~MllpServer() {
  shop_->reception.close_all();
}

void MllpServer::serve(async::ListenerPtr listener, std::shared_ptr<const tls::Server> tls) {
  shop_->serve(std::move(listener), std::move(tls));
}

async::awaitable<fhir::Status> MllpServer::stop(async::Deadline deadline) {
  return shop_->reception.stop(shop_, deadline);
}

std::size_t MllpServer::connections() const {
  return shop_->reception.connections();
}

std::size_t MllpServer::bytes_in_flight() const {
  return shop_->payloads.used();
}

}  // namespace gateway::mllp
