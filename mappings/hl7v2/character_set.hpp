// Character sets of messages (MSH-18, HL7 table 0211) to UTF-8 and back.
//
// Sets of one byte a character, and UTF-8. UTF-16 and UTF-32 cannot travel in v2 frames, and the multi-byte
// sets of East Asia are not read.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fhir/base/result.hpp"

namespace mappings::hl7v2 {

/// A value; copied freely. Any thread.
class CharacterSet {
 public:
  enum class Form : std::uint8_t { kAscii, kUtf8, kSingleByte };

  /// UTF-8.
  CharacterSet() = default;

  /// The set of a name as MSH-18 or a configuration writes it: `8859/1`, `ISO-8859-15`, `UNICODE UTF-8`,
  /// `UTF-8`, `UNICODE`, `ASCII`, `WINDOWS-1252`, `CP1252`; case, blanks, `-`, `_` and `/` do not matter.
  /// Empty when the name is unknown or the system cannot convert it. Cost: for sets other than UTF-8, ASCII,
  /// 8859/1, 8859/15 and windows-1252 it asks iconv for the set's 128 upper characters.
  [[nodiscard]] static std::optional<CharacterSet> find(std::string_view name);

  [[nodiscard]] Form form() const noexcept { return form_; }
  /// The code of table 0211, `8859/1`; for windows-1252, which the table lacks, `WINDOWS-1252`.
  [[nodiscard]] std::string_view code() const noexcept { return {code_.data(), code_length_}; }
  /// This set, or windows-1252 when it is 8859/1: senders who say Latin-1 send the quotation marks and the
  /// euro sign of Windows, and 8859/1 has only control characters there.
  [[nodiscard]] CharacterSet as_windows1252() const;

  /// Appends `bytes` as UTF-8. Gives the offset of the first byte that is no character of the set, or npos;
  /// up to it the text was appended.
  [[nodiscard]] std::size_t decode(std::string& out, std::string_view bytes) const;

  /// `text`, valid UTF-8, in this set. kUnprocessable when a character is not in it; the detail names the
  /// offset, never the character.
  [[nodiscard]] fhir::Result<std::string> encode(std::string_view text) const;

 private:
  Form form_ = Form::kUtf8;
  std::array<char, 16> code_{'U', 'N', 'I', 'C', 'O', 'D', 'E', ' ', 'U', 'T', 'F', '-', '8'};
  std::uint8_t code_length_ = 13;
  std::array<char16_t, 128> upper_{};  ///< Of 0x80 to 0xFF; 0 is no character. kSingleByte only.
};

}  // namespace mappings::hl7v2
