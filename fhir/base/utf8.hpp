// UTF-8 well-formedness (RFC 3629): no overlong forms, no surrogates, nothing past U+10FFFF.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace fhir {

/// Offset of the first byte that does not start a well-formed sequence, or `npos`. Cost: linear; ASCII eight
/// bytes a step.
[[nodiscard]] std::size_t find_invalid_utf8(std::string_view text) noexcept;

/// Appends the UTF-8 form of a scalar value (not a surrogate, at most U+10FFFF).
void append_utf8(std::string& out, std::uint32_t scalar);

}  // namespace fhir
