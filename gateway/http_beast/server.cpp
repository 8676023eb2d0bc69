#include "gateway/http_beast/server.hpp"

#include <utility>

#include "gateway/async/within.hpp"
#include "gateway/http_beast/connection.hpp"
#include "gateway/http_beast/shop.hpp"

namespace gateway::http_beast {
namespace {

using fhir::ErrorCode;

/// Connections beyond the limit that are told so; more are closed without a word.
constexpr std::size_t kRefusals = 64;

}  // namespace

HttpServer::Shop::Shop(ServerContext server_context, http::Handler& request_handler,
                       ServerLimits server_limits)
    : context(std::move(server_context)),
      handler(request_handler),
      limits(server_limits),
      bodies(limits.body_bytes_in_flight),
      reception(context.executor, context.timers, {limits.connections, limits.connections_per_host},
                [this](std::string_view event) { trouble(event); }),
      refusals_(kRefusals) {}

std::string_view HttpServer::Shop::date() {
  const fhir::Instant now = context.timers.clock().now();
  const auto second = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  if (second != date_second_) {
    date_second_ = second;
    date_ = http_date(now);
  }
  return date_;
}

void HttpServer::Shop::serve(async::ListenerPtr listener, std::shared_ptr<const tls::Server> tls) {
  // The reception belongs to the shop: what it holds must not hold the shop.
  auto take = [shop = weak_from_this(), tls](async::StreamPtr stream) {
    return attend(shop.lock(), tls, std::move(stream));
  };
  const bool plain = tls == nullptr;
  auto beyond = [this, plain](async::StreamPtr stream) {
    if (plain && refusals_.try_acquire())
      reception.spawn("refusal", turn_away(shared_from_this(), std::move(stream)));
  };
  reception.serve(shared_from_this(), std::move(listener), std::move(take), std::move(beyond));
}

async::awaitable<void> HttpServer::Shop::attend(std::shared_ptr<Shop> self,
                                                std::shared_ptr<const tls::Server> tls,
                                                async::StreamPtr stream) {
  if (tls) {
    auto shaken =
        co_await tls->accept(std::move(stream), self->context.timers, self->after(self->limits.handshake));
    if (shaken.has_value()) {
      stream = std::move(*shaken);
    } else {
      stream = nullptr;
      self->trouble("tls_handshake_failed");
    }
  }
  if (stream && !self->reception.stopping()) {
    Connection connection(*self, std::move(stream));
    co_await connection.run();
  }
}

async::awaitable<void> HttpServer::Shop::turn_away(std::shared_ptr<Shop> self, async::StreamPtr stream) {
  async::HeldPermits place(self->refusals_);
  place.adopt(1);
  Connection connection(*self, std::move(stream));
  Refusal busy{503, fhir::Error{ErrorCode::kBusy, "too many connections"}};
  co_await connection.say_and_close(std::move(busy));
}

HttpServer::HttpServer(ServerContext context, http::Handler& handler, ServerLimits limits)
    : shop_(std::make_shared<Shop>(std::move(context), handler, limits)) {}

HttpServer::~HttpServer() {
  shop_->reception.close_all();
}

void HttpServer::serve(async::ListenerPtr listener, std::shared_ptr<const tls::Server> tls) {
  shop_->serve(std::move(listener), std::move(tls));
}

async::awaitable<fhir::Status> HttpServer::stop(async::Deadline deadline) {
  return shop_->reception.stop(shop_, deadline);
}

std::size_t HttpServer::connections() const {
  return shop_->reception.connections();
}

std::size_t HttpServer::body_bytes_in_flight() const {
  return shop_->bodies.used();
}

}  // namespace gateway::http_beast
