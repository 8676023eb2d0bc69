// Base64 (RFC 4648, section 4), strict: padding required, no whitespace, no bits left over.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gateway::bars {

[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);
[[nodiscard]] std::string encode_base64(std::string_view bytes);

}  // namespace gateway::bars
