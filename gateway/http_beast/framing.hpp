// Where a request ends, decided so strictly that no other reader of the same bytes can decide otherwise (RFC
// 9112 2.2, 3.2, 5.2, 6, 11.2).
//
// The parser of the library accepts more than is safe between two servers, so the bytes of the head and the
// fields that frame the body are checked here first.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include "fhir/base/error.hpp"
#include "gateway/http/message.hpp"

namespace gateway::http_beast {

/// Why a request is not taken. The connection closes after it.
struct Refusal {
  int status;
  fhir::Error error;
};

template <class T>
using OrRefusal = tl::expected<T, Refusal>;

[[nodiscard]] tl::unexpected<Refusal> refuse(int status, fhir::ErrorCode code, std::string detail);

/// The head of a request: what comes before the blank line.
struct RequestHead {
  http::Method method = http::Method::kOther;
  std::string target;  ///< As sent.
  int minor_version = 1;
  http::HeaderFields headers;
};

/// How the body is delimited, and what the connection does afterwards.
struct Framing {
  std::uint64_t content_length = 0;  ///< 0 when chunked or without a body.
  bool chunked = false;
  bool keep_alive = true;
  bool expects_continue = false;
};

/// Offset past the first blank line, 0 while there is none. `from` is where the last search of the same bytes
/// ended minus 3. Empty when a line feed without carriage return shows that there will never be a proper one.
[[nodiscard]] std::optional<std::size_t> find_head_end(std::string_view bytes, std::size_t from);

/// The bytes of a whole head: CRLF only, no other control character but tab, no folded lines, no white space
/// before a colon, single spaces in the request line, HTTP/1.0 or HTTP/1.1.
[[nodiscard]] OrRefusal<void> check_head_bytes(std::string_view head);

/// The fields that frame the body: exactly one Host (at most one in HTTP/1.0); Transfer-Encoding once and
/// exactly `chunked`, in HTTP/1.1, without Content-Length; Content-Length once, digits only, at most
/// `max_body`.
[[nodiscard]] OrRefusal<Framing> check_framing(const RequestHead& head, std::uint64_t max_body);

}  // namespace gateway::http_beast
