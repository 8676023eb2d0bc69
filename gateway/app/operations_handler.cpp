#include "gateway/app/operations_handler.hpp"

#include "gateway/observe/metrics.hpp"

namespace gateway::app {

async::awaitable<http::Response> HealthHandler::handle(http::Request) {
  const bool well = ask_();
  co_return http::make_response(well ? 200 : 503, "text/plain; charset=utf-8", well ? "ok\n" : "not ready\n");
}

async::awaitable<http::Response> MetricsHandler::handle(http::Request request) {
  if (!request.peer.loopback) co_return http::make_response(404);
  co_return http::make_response(200, observe::Metrics::kContentType, expose_());
}

}  // namespace gateway::app
