// Walks the segments of a message or file.
#pragma once

#include <optional>
#include <string_view>

namespace mappings::hl7v2 {

/// Segments end with CR, LF or both. A line feed after which neither a segment nor the end comes is text of
/// the segment; three capitals alone on a line (`MRI`) are no segment unless the table knows them. Blank
/// lines, and lines of control characters, are skipped. Not thread-safe.
class SegmentCursor {
 public:
  /// `bytes` is not kept beyond the cursor.
  SegmentCursor(std::string_view bytes, char field_separator);

  /// The next segment without its end, or nothing. It may be a line that is no segment: see is_segment().
  [[nodiscard]] std::optional<std::string_view> next();

  /// Three characters, a capital letter and then capitals or digits, followed by the separator or the end.
  [[nodiscard]] bool is_segment(std::string_view line) const noexcept;

 private:
  [[nodiscard]] bool ends_a_segment_before(std::string_view rest) const noexcept;
  [[nodiscard]] std::string_view after_line_ends(std::size_t at) const noexcept;
  std::string_view bytes_;
  std::size_t at_ = 0;
  char separator_;
  bool has_line_feeds_;
  std::size_t next_return_;  // the first CR not before at_, or the end; kept, so that all searches together
                             // are linear
};

/// The offset of the first byte after a byte order mark, blanks, line ends and framing characters.
[[nodiscard]] std::size_t skip_lead_in(std::string_view bytes) noexcept;

}  // namespace mappings::hl7v2
