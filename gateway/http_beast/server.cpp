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
constexpr std::chrono::milliseconds kAcceptPause{100};

}  // namespace

HttpServer::Shop::Shop(ServerContext server_context, http::Handler& request_handler,
                       ServerLimits server_limits)
    : context(std::move(server_context)),
      handler(request_handler),
      limits(server_limits),
      bodies(limits.body_bytes_in_flight),
      tasks_(context.executor, [this](std::string_view /*name*/) { trouble("connection_threw"); }),
      places_(limits.connections),
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
  listeners_.emplace_back(std::move(listener));
  tasks_.spawn("accept", accept_from(shared_from_this(), listeners_.back(), std::move(tls)));
}

async::awaitable<void> HttpServer::Shop::accept_from(std::shared_ptr<Shop> self,
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

void HttpServer::Shop::admit(async::StreamPtr stream, std::shared_ptr<const tls::Server> tls) {
  if (places_.try_acquire()) {
    tasks_.spawn("connection", attend(shared_from_this(), std::move(stream), std::move(tls)));
  } else if (!tls && refusals_.try_acquire()) {
    tasks_.spawn("refusal", turn_away(shared_from_this(), std::move(stream)));
  }
}

async::awaitable<void> HttpServer::Shop::attend(std::shared_ptr<Shop> self, async::StreamPtr stream,
                                                std::shared_ptr<const tls::Server> tls) {
  async::HeldPermits place(self->places_);
  place.adopt(1);
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
  if (stream && !self->stopping) {
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

void HttpServer::Shop::close_all() {
  stopping = true;
  for (const auto& listener : listeners_)
    listener->close();
  for (Connection* connection : connections_)
    connection->abort();
  tasks_.cancel();
}

async::awaitable<fhir::Status> HttpServer::Shop::stop(async::Deadline deadline) {
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

HttpServer::HttpServer(ServerContext context, http::Handler& handler, ServerLimits limits)
    : shop_(std::make_shared<Shop>(std::move(context), handler, limits)) {}

HttpServer::~HttpServer() {
  shop_->close_all();
}

void HttpServer::serve(async::ListenerPtr listener, std::shared_ptr<const tls::Server> tls) {
  shop_->serve(std::move(listener), std::move(tls));
}

async::awaitable<fhir::Status> HttpServer::stop(async::Deadline deadline) {
  return shop_->stop(deadline);
}

std::size_t HttpServer::connections() const {
  return shop_->connections();
}

std::size_t HttpServer::body_bytes_in_flight() const {
  return shop_->bodies.used();
}

}  // namespace gateway::http_beast
