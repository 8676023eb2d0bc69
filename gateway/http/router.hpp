// From method and path to a handler.
//
//   Router router(render_error);
//   router.add(Method::kPost, "/$process-message", intake);
//   router.add(Method::kGet, "/{type}/{id}", read);
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "gateway/http/handler.hpp"

namespace gateway::http {

/// Patterns are segments separated by `/`; `{name}` matches any one segment and captures it, anything else
/// itself exactly. A literal segment wins over a capture, the earlier position first; a path that a pattern
/// without captures names belongs to such patterns alone. No match is a 404; a path that exists with other
/// methods is a 405 with Allow. HEAD is answered by the GET route when it has none of its own. OPTIONS
/// without a route gets 204 with Allow. Immutable once serving; then used from the I/O thread.
class Router final : public Handler {
 public:
  explicit Router(ErrorResponder errors) : errors_(std::move(errors)) {}

  /// `handler` outlives the router. std::invalid_argument for a malformed pattern or one added before.
  void add(Method method, std::string_view pattern, Handler& handler);

  [[nodiscard]] async::awaitable<Response> handle(Request request) override;

 private:
  struct Segment {
    bool is_capture;
    std::string text;
    friend bool operator==(const Segment&, const Segment&) = default;
  };
  struct Route {
    Method method;
    std::vector<Segment> segments;
    Handler* handler;
  };
  [[nodiscard]] static bool matches(const Route& route, const std::vector<std::string>& path);
  [[nodiscard]] static bool more_literal(const Route& a, const Route& b);
  [[nodiscard]] const Route* find(Method method, const std::vector<std::string>& path) const;
  [[nodiscard]] std::string allowed(const std::vector<std::string>& path) const;

  ErrorResponder errors_;
  std::vector<Route> routes_;
};

}  // namespace gateway::http
