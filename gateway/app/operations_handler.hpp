// What those who run the gateway ask it: `GET /health` (the process answers), `GET /ready` (it takes
// messages), `GET /metrics`.
#pragma once

#include <functional>
#include <string>

#include "gateway/http/handler.hpp"

namespace gateway::app {

/// Answers 200 when `ask` is true, else 503, with one word of text. Holds nothing of a patient or partner.
class HealthHandler final : public http::Handler {
 public:
  explicit HealthHandler(std::function<bool()> ask) : ask_(std::move(ask)) {}
  [[nodiscard]] async::awaitable<http::Response> handle(http::Request request) override;

 private:
  std::function<bool()> ask_;
};

/// Counters name partners, so only a loopback caller gets them: a collector elsewhere comes through a tunnel
/// or an agent.
class MetricsHandler final : public http::Handler {
 public:
  explicit MetricsHandler(std::function<std::string()> expose) : expose_(std::move(expose)) {}
  [[nodiscard]] async::awaitable<http::Response> handle(http::Request request) override;

 private:
  std::function<std::string()> expose_;
};

}  // namespace gateway::app
