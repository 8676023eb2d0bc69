// What answers requests.
#pragma once

#include <functional>

#include "fhir/base/error.hpp"
#include "gateway/async/asio.hpp"
#include "gateway/http/message.hpp"

namespace gateway::http {

/// Called on the I/O thread, several requests at a time. Every failure is a Response; an exception is a fault
/// of ours and becomes a 500. Lives longer than the server that calls it.
class Handler {
 public:
  Handler() = default;
  Handler(const Handler&) = delete;
  Handler& operator=(const Handler&) = delete;
  virtual ~Handler() = default;
  [[nodiscard]] virtual async::awaitable<Response> handle(Request request) = 0;
};

/// Renders a refusal of the HTTP layer itself (bad framing, no such route, full). `request` is null when it
/// could not be read. `status` decides; the function gives the body and its type. It must not throw.
using ErrorResponder = std::function<Response(int status, const fhir::Error& error, const Request* request)>;

/// One line of text: the name of the error and its detail.
[[nodiscard]] Response plain_error(int status, const fhir::Error& error, const Request* request);

/// A response that is ready, as an awaitable.
[[nodiscard]] async::awaitable<Response> ready(Response response);

/// A Handler of a function that returns an awaitable; the function is not itself a capturing coroutine.
class FunctionHandler final : public Handler {
 public:
  using Function = std::function<async::awaitable<Response>(Request)>;
  explicit FunctionHandler(Function function) : function_(std::move(function)) {}
  [[nodiscard]] async::awaitable<Response> handle(Request request) override {
    return function_(std::move(request));
  }

 private:
  Function function_;
};

}  // namespace gateway::http
