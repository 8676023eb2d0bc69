// Numbers as JSON writes them. Internal.
#pragma once

#include <string>
#include <string_view>

namespace mappings::engine {

/// RFC 8259 number.
[[nodiscard]] bool is_json_number(std::string_view text);
/// A v2 NM as JSON writes it: `+05` is 5, `.5` is 0.5, `5.` is 5. What is no number stays none.
[[nodiscard]] std::string plain_number(std::string_view text);

}  // namespace mappings::engine
