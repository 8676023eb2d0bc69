// A request and a response, as the gateway sees them: read whole, framing gone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/async/byte_stream.hpp"
#include "gateway/async/deadline.hpp"
#include "gateway/http/header_fields.hpp"
#include "gateway/http/target.hpp"

namespace gateway::http {

enum class Method : std::uint8_t { kGet, kHead, kPost, kPut, kPatch, kDelete, kOptions, kOther };

[[nodiscard]] std::string_view to_text(Method method) noexcept;
/// Case-sensitive (RFC 9110 9.1); kOther for anything else.
[[nodiscard]] Method parse_method(std::string_view text) noexcept;

/// Who is at the other end of the connection, as far as the transport knows.
struct Peer {
  async::Address remote;
  bool loopback = false;
  bool encrypted = false;
  std::optional<async::PeerCertificate> certificate;  ///< Verified against the configured authorities.
};

struct Request {
  Method method = Method::kGet;
  Target target;
  HeaderFields headers;
  std::string body;
  Peer peer;
  /// When the server gives up on the answer. Handlers pass it down.
  async::Deadline deadline;
  /// What the router's `{name}` segments matched.
  std::vector<std::pair<std::string, std::string>> captures;

  /// The text of a capture; empty when the route has none of the name.
  [[nodiscard]] std::string_view capture(std::string_view name) const noexcept;
};

struct Response {
  int status = 200;
  HeaderFields headers;  ///< Content-Length, Date, Connection and X-Content-Type-Options are the server's.
  std::string body;
};

/// A response with a body and its type. Status in the integer, as everywhere in HTTP.
[[nodiscard]] Response make_response(int status, std::string_view content_type, std::string body);
[[nodiscard]] Response make_response(int status);

/// "Not Found". Empty for a code without a registered phrase.
[[nodiscard]] std::string_view reason_phrase(int status) noexcept;

}  // namespace gateway::http
