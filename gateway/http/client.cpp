#include "gateway/http/client.hpp"

#include <charconv>

namespace gateway::http {
namespace {

fhir::Error bad_url(std::string_view reason) {
  return fhir::Error{fhir::ErrorCode::kInvalidRequest,
                     "an endpoint is http(s)://HOST[:PORT][/PATH]: " + std::string(reason)};
}

}  // namespace

fhir::Result<Endpoint> parse_endpoint(std::string_view url) {
  Endpoint endpoint;
  constexpr std::string_view kHttp = "http://";
  constexpr std::string_view kHttps = "https://";
  if (url.starts_with(kHttps)) {
    endpoint.scheme = Scheme::kHttps;
    url.remove_prefix(kHttps.size());
  } else if (url.starts_with(kHttp)) {
    url.remove_prefix(kHttp.size());
  } else {
    return fhir::fail(bad_url("unknown scheme"));
  }
  if (url.find_first_of("@?#\\ ") != std::string_view::npos)
    return fhir::fail(bad_url("a character it may not have"));
  const std::size_t slash = url.find('/');
  const std::string_view authority = url.substr(0, slash);
  const bool has_port = authority.ends_with(']') ? false : authority.rfind(':') != std::string_view::npos;
  const std::string default_port = endpoint.scheme == Scheme::kHttps ? ":443" : ":80";
  auto address =
      async::parse_address(has_port ? std::string(authority) : std::string(authority) + default_port);
  if (!address.has_value()) return fhir::fail(bad_url("no host, or no such port"));
  endpoint.address = std::move(*address);
  if (slash != std::string_view::npos) {
    LIGAMENT_TRY(const Target path, Target::parse(url.substr(slash)));
    endpoint.base_path = path.segments();
  }
  return endpoint;
}

}  // namespace gateway::http
