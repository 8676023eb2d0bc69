#include "mappings/hl7v2/segment_cursor.hpp"

#include <algorithm>

#include "mappings/hl7v2/grammar.hpp"

namespace mappings::hl7v2 {
namespace {

bool is_capital_or_digit(char c) noexcept {
  return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_blank_or_control(char c) noexcept {
  return static_cast<unsigned char>(c) <= ' ';
}

}  // namespace

SegmentCursor::SegmentCursor(std::string_view bytes, char field_separator)
    : bytes_(bytes),
      separator_(field_separator),
      has_line_feeds_(bytes.find('\n') != std::string_view::npos),
      next_return_(std::min(bytes.find('\r'), bytes.size())) {}

bool SegmentCursor::is_segment(std::string_view line) const noexcept {
  if (line.size() < 3 || line[0] < 'A' || line[0] > 'Z') return false;
  if (!is_capital_or_digit(line[1]) || !is_capital_or_digit(line[2])) return false;
  return line.size() == 3 || line[3] == separator_ || line[3] == '\r' || line[3] == '\n';
}

bool SegmentCursor::ends_a_segment_before(std::string_view rest) const noexcept {
  if (!is_segment(rest)) return false;
  if (rest.size() > 3 && rest[3] == separator_) return true;
  return grammar().find_segment(rest.substr(0, 3)) != kNoSegment;
}

std::string_view SegmentCursor::after_line_ends(std::size_t at) const noexcept {
  while (at < bytes_.size() && is_blank_or_control(bytes_[at]))
    ++at;
  return bytes_.substr(at);
}

std::optional<std::string_view> SegmentCursor::next() {
  while (at_ < bytes_.size() && is_blank_or_control(bytes_[at_]))
    ++at_;
  if (at_ == bytes_.size()) return std::nullopt;
  const std::size_t begin = at_;
  if (next_return_ < begin) next_return_ = std::min(bytes_.find('\r', begin), bytes_.size());
  std::size_t end = next_return_;
  const std::string_view line = bytes_.substr(begin);
  if (line.size() > 3 && line[3] == '\n' && is_segment(line)) {
    end = begin + 3;  // a name alone: what follows is not its text
  } else if (has_line_feeds_) {
    // Each step goes past the blanks it has looked at, so that the cost stays linear.
    for (std::size_t from = begin; from < end;) {
      const std::size_t feed = bytes_.substr(from, end - from).find('\n');
      if (feed == std::string_view::npos) break;
      const std::string_view rest = after_line_ends(from + feed);
      if (rest.empty() || ends_a_segment_before(rest)) {
        end = from + feed;
        break;
      }
      from = bytes_.size() - rest.size();
    }
  }
  at_ = end;
  return bytes_.substr(begin, end - begin);
}

std::size_t skip_lead_in(std::string_view bytes) noexcept {
  std::size_t at = bytes.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  while (at < bytes.size() && is_blank_or_control(bytes[at]))
    ++at;
  return at;
}

}  // namespace mappings::hl7v2
