// Readable text out of bytes of any format, as a stream of scalars. For what did not parse, and for
// attachments.
//
//   LooseText reader(bytes, Markup::kTags);
//   while (auto scalar = reader.next()) scan.feed(*scalar);
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gateway::gate {

/// What becomes of `<...>`. Attribute values carry text in FHIR XML, tags cut phrases in HTML: both readings
/// are made.
enum class Markup : std::uint8_t { kKeep, kTags };

/// UTF-8, Windows-1252 byte by byte where it is not, UTF-16 of mostly Western text by dropping NUL; escapes
/// of JSON and HL7 v2 and entities of XML become their character or a gap. Never fails. Cost: linear.
class LooseText {
 public:
  /// `bytes` outlives the reader.
  LooseText(std::string_view bytes, Markup markup) : bytes_(bytes), markup_(markup) {}
  [[nodiscard]] std::optional<char32_t> next();
  /// Offset of the byte after the last scalar.
  [[nodiscard]] std::size_t offset() const noexcept { return at_; }

 private:
  char32_t escape();
  char32_t entity();
  void skip_tag();
  std::string_view bytes_;
  Markup markup_;
  std::size_t at_ = 0;
};

/// Bytes of base64 text (RFC 4648, also URL-safe; white space skipped); decoding ends at the first other
/// character.
[[nodiscard]] std::string decode_base64(std::string_view text);

/// The longest run of base64 characters that starts at `at`; white space inside lines of a block is not
/// crossed.
[[nodiscard]] std::size_t base64_run(std::string_view bytes, std::size_t at) noexcept;

}  // namespace gateway::gate
