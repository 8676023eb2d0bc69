#include "gateway/http/router.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace gateway::http {
namespace {

constexpr std::array kMethods = {Method::kGet,   Method::kHead,   Method::kPost,   Method::kPut,
                                 Method::kPatch, Method::kDelete, Method::kOptions};

}  // namespace

void Router::add(Method method, std::string_view pattern, Handler& handler) {
  if (!pattern.starts_with('/')) throw std::invalid_argument("a route pattern starts with /");
  Route route{method, {}, &handler};
  for (std::string_view rest = pattern.substr(1); !rest.empty();) {
    const std::size_t slash = rest.find('/');
    const std::string_view part = rest.substr(0, slash);
    const bool is_capture = part.size() > 2 && part.starts_with('{') && part.ends_with('}');
    if (part.empty()) throw std::invalid_argument("a route pattern has no empty segment");
    route.segments.push_back({is_capture, std::string(is_capture ? part.substr(1, part.size() - 2) : part)});
    rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash + 1);
  }
  for (const Route& other : routes_) {
    if (other.method == method && other.segments == route.segments) {
      throw std::invalid_argument("a route was added twice");
    }
  }
  const auto place = std::find_if(routes_.begin(), routes_.end(),
                                  [&](const Route& other) { return more_literal(route, other); });
  routes_.insert(place, std::move(route));
}

async::awaitable<Response> Router::handle(Request request) {
  const std::vector<std::string>& path = request.target.segments();
  const Route* route = find(request.method, path);
  if (route == nullptr && request.method == Method::kHead) route = find(Method::kGet, path);
  if (route != nullptr) {
    request.captures.clear();
    for (std::size_t i = 0; i < path.size(); ++i) {
      const Segment& segment = route->segments[i];
      if (segment.is_capture) request.captures.emplace_back(segment.text, path[i]);
    }
    return route->handler->handle(std::move(request));
  }
  const std::string methods = allowed(path);
  if (methods.empty()) {
    return ready(errors_(404, fhir::Error{fhir::ErrorCode::kNotFound, "no such path"}, &request));
  }
  Response response =
      request.method == Method::kOptions
          ? make_response(204)
          : errors_(405, fhir::Error{fhir::ErrorCode::kUnsupported, "the path has other methods"}, &request);
  response.headers.set("Allow", methods);
  return ready(std::move(response));
}

bool Router::matches(const Route& route, const std::vector<std::string>& path) {
  return std::equal(route.segments.begin(), route.segments.end(), path.begin(), path.end(),
                    [](const Segment& segment, const std::string& text) {
                      return segment.is_capture || segment.text == text;
                    });
}

bool Router::more_literal(const Route& a, const Route& b) {
  return std::lexicographical_compare(
      a.segments.begin(), a.segments.end(), b.segments.begin(), b.segments.end(),
      [](const Segment& x, const Segment& y) { return !x.is_capture && y.is_capture; });
}

const Router::Route* Router::find(Method method, const std::vector<std::string>& path) const {
  bool named = false;
  for (const Route& route : routes_) {
    if (!matches(route, path)) continue;
    const bool literal = std::none_of(route.segments.begin(), route.segments.end(),
                                      [](const Segment& segment) { return segment.is_capture; });
    if (named && !literal) break;
    if (route.method == method) return &route;
    named = named || literal;
  }
  return nullptr;
}

std::string Router::allowed(const std::vector<std::string>& path) const {
  std::string methods;
  for (const Method method : kMethods) {
    const bool found =
        find(method, path) != nullptr || (method == Method::kHead && find(Method::kGet, path) != nullptr);
    if (found) methods.append(methods.empty() ? "" : ", ").append(to_text(method));
  }
  return methods;
}

}  // namespace gateway::http
