// The forms that texts of the configuration must have.
#pragma once

#include <string_view>

namespace gateway::config {

/// Small letters, digits and hyphens; up to 64.
[[nodiscard]] bool is_name(std::string_view text);
/// 3 to 10 capitals and digits.
[[nodiscard]] bool is_ods(std::string_view text);
/// 64 hexadecimal digits in small letters.
[[nodiscard]] bool is_sha256(std::string_view text);
/// `HOST:PORT` with a host and a port up to 65535.
[[nodiscard]] bool is_address(std::string_view text);
/// The characters of an IPv4 or IPv6 address; whether it is one shows in that nobody connects from it.
[[nodiscard]] bool is_ip_address(std::string_view text);
/// http or https, an authority without user or fragment tricks, and no space.
[[nodiscard]] bool is_url(std::string_view text);

}  // namespace gateway::config
