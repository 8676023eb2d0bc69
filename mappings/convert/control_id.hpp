// MSH-10 of our messages.
#pragma once

#include <string>
#include <string_view>

#include "mappings/convert/converter.hpp"

namespace mappings::convert {

/// 20 characters that every system takes: the limit of MSH-10 up to version 2.6. A keyed hash over its parts.
[[nodiscard]] std::string control_id(const KeyedHash& hash, std::string_view partner, std::string_view form,
                                     std::string_view bundle_id);

}  // namespace mappings::convert
