// JSON Pointer (RFC 6901): where in a document an operation works.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/patch/json_value.hpp"

namespace fhir::patch {

/// The reference tokens, unescaped; none for the whole document.
using JsonPointer = std::vector<std::string>;

/// Empty: the text is no pointer (no leading slash, or a tilde that escapes nothing).
[[nodiscard]] std::optional<JsonPointer> parse_pointer(std::string_view text);

/// The index an array's token names: digits without leading zeros, under `size`. `-` and the rest: empty.
[[nodiscard]] std::optional<std::size_t> array_index(std::string_view token, std::size_t size);

/// The value the first `depth` tokens lead to; null when there is none.
[[nodiscard]] JsonValue* find(JsonValue& document, const JsonPointer& pointer, std::size_t depth);

}  // namespace fhir::patch
