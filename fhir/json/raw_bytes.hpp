// Looks at the bytes of a JSON document as they stand, before or beside parsing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fhir::json {

/// The first byte that no JSON text may hold: a control character but tab, LF and CR, or not well-formed
/// UTF-8.
struct BadByte {
  std::size_t offset = 0;
  bool is_control = false;
};
/// Cost: linear, sixteen bytes or more a step for ASCII.
[[nodiscard]] std::optional<BadByte> find_bad_byte(std::string_view bytes) noexcept;

/// Offset after the closing quote of the string whose content starts at `content`. The string is known to
/// end.
[[nodiscard]] std::size_t end_of_string(std::string_view bytes, std::size_t content) noexcept;

/// The value of the member `resourceType` of the object whose members go on at `members` (at a quote, outside
/// any nested value), or nothing if there is none with a string value without escapes. Cost: linear in what
/// is left of the object.
[[nodiscard]] std::optional<std::string_view> find_resource_type(std::string_view bytes,
                                                                 std::size_t members) noexcept;

/// True when all of `text` is a JSON number (RFC 8259, 6).
[[nodiscard]] bool is_number(std::string_view text) noexcept;

/// Ranges of well-formed numbers outside strings that are long or have an exponent, and so may be too big for
/// a parser that also converts them.
struct NumberRange {
  std::size_t offset = 0;
  std::size_t length = 0;
};
[[nodiscard]] std::vector<NumberRange> find_big_numbers(std::string_view bytes);

}  // namespace fhir::json
