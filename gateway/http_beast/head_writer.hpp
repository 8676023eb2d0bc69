// The heads we send. Framing fields are ours alone: the same names in a message's own fields are left out.
#pragma once

#include <string>
#include <string_view>

#include "fhir/base/instant.hpp"
#include "gateway/http/message.hpp"

namespace gateway::http_beast {

/// The preferred date form of RFC 9110 5.6.7: `Sun, 06 Nov 1994 08:49:37 GMT`.
[[nodiscard]] std::string http_date(fhir::Instant instant);

enum class AfterAnswer : std::uint8_t { kKeepOpen, kClose };

/// Status line to blank line. `date` from http_date. Content-Length is the body's size, except where there
/// may be none (1xx, 204, 304).
[[nodiscard]] std::string response_head(const http::Response& response, std::string_view date,
                                        AfterAnswer after);

/// Request line to blank line. `host` is the value of Host.
[[nodiscard]] std::string request_head(const http::Request& request, std::string_view target,
                                       std::string_view host);

/// True when an answer of the status may carry a body.
[[nodiscard]] bool may_have_body(int status) noexcept;

}  // namespace gateway::http_beast
