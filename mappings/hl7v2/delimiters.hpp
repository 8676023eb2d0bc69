// The delimiters a message declares in MSH-1 and MSH-2 (HL7 v2.8 2.5.4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mappings::hl7v2 {

/// A NUL stands for a delimiter that was not declared: its function cannot be used in the message.
struct Delimiters {
  char field = '|';
  char component = '^';
  char repetition = '~';
  char escape = '\\';
  char subcomponent = '&';
  char truncation = '\0';  ///< From 2.7; `#` when declared.

  /// MSH-2.
  [[nodiscard]] std::string encoding_characters() const;
  friend bool operator==(const Delimiters&, const Delimiters&) = default;
};

/// Reads the delimiters of a segment that begins with MSH, FHS or BHS. Empty when it does not, when one is
/// not a printable ASCII character other than a letter, a digit, a blank or a quotation mark, when two are
/// the same, or when MSH-2 has none or more than five. Fewer than four leave out the later ones.
[[nodiscard]] std::optional<Delimiters> read_delimiters(std::string_view segment) noexcept;

}  // namespace mappings::hl7v2
