// Sending a request to a configured partner.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "gateway/http/message.hpp"

namespace gateway::http {

enum class Scheme : std::uint8_t { kHttp, kHttps };

/// How to know a TLS server, and how it knows us. Files are PEM.
struct TlsClientSettings {
  std::string ca_file;           ///< The only authorities trusted; the system's list is not used.
  std::string certificate_file;  ///< Our client certificate; empty for none.
  std::string key_file;
  std::string server_name;  ///< Name the certificate must carry; empty means the endpoint's host.
};

/// A place requests go to. Only configuration makes one; no address from a message ever does.
struct Endpoint {
  Scheme scheme = Scheme::kHttp;
  async::Address address;
  std::vector<std::string> base_path;            ///< Put before the segments of each request's target.
  std::shared_ptr<const TlsClientSettings> tls;  ///< Needed for kHttps; connections are shared per object.
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
