// Sending a request to a configured partner.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "gateway/http/message.hpp"
#include "gateway/tls/settings.hpp"

namespace gateway::http {

enum class Scheme : std::uint8_t { kHttp, kHttps };

/// A place requests go to. Only configuration makes one; no address from a message ever does.
struct Endpoint {
  Scheme scheme = Scheme::kHttp;
  async::Address address;
  std::vector<std::string> base_path;              ///< Put before the segments of each request's target.
  std::shared_ptr<const tls::ClientSettings> tls;  ///< Needed for kHttps; connections are shared per object.
};

/// Reads `http://host[:port][/path]` or https. kInvalidRequest otherwise, and for user information, a query
/// or a fragment.
[[nodiscard]] fhir::Result<Endpoint> parse_endpoint(std::string_view url);

/// Port. One exchange; no retry, no redirect is ever followed (a 3xx is a Response like any other).
///
/// Errors: kUnavailable: no connection could be made, nothing was sent. kTimedOut: the deadline passed or the
/// connection was lost after sending began; what the partner did is unknown. kTooLarge, kMalformed: an answer
/// came and cannot be used. kBusy: over the limit of connections to the endpoint. kCancelled.
class Client {
 public:
  Client() = default;
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  virtual ~Client() = default;
  [[nodiscard]] virtual async::awaitable<fhir::Result<Response>> send(Endpoint endpoint, Request request,
                                                                      async::Deadline deadline) = 0;
};

}  // namespace gateway::http
