#include "gateway/gate/loose_text.hpp"

#include "gateway/gate/fold.hpp"

namespace gateway::gate {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  if (c == '/' || c == '_') return 63;
  return -1;
}

}  // namespace

std::optional<char32_t> LooseText::next() {
  while (at_ < bytes_.size() && bytes_[at_] == '\0')
    ++at_;
  if (at_ >= bytes_.size()) return std::nullopt;
  switch (bytes_[at_]) {
    case '\\': return escape();
    case '&': return entity();
    case '<':
      if (markup_ == Markup::kTags) {
        skip_tag();
        return U' ';
      }
      break;
    default: break;
  }
  return next_scalar(bytes_, at_);
}

char32_t LooseText::escape() {
  ++at_;
  if (at_ >= bytes_.size()) return U' ';
  const char kind = bytes_[at_];
  if (kind == 'u' && at_ + 4 < bytes_.size()) {
    char32_t scalar = 0;
    for (std::size_t i = 1; i <= 4; ++i) {
      const int digit = hex_digit(bytes_[at_ + i]);
      if (digit < 0) return U' ';
      scalar = scalar * 16 + static_cast<char32_t>(digit);
    }
    at_ += 5;
    return scalar;
  }
  if (kind == '\'') {
    ++at_;
    return U'\'';
  }
  if (std::string_view("nrtbf\"/\\").find(kind) != std::string_view::npos) ++at_;
  return U' ';
}

char32_t LooseText::entity() {
  const std::size_t end = bytes_.substr(at_, 12).find(';');
  if (end == std::string_view::npos || end < 2) {
    ++at_;
    return U' ';
  }
  const std::string_view name = bytes_.substr(at_ + 1, end - 1);
  at_ += end + 1;
  if (name == "apos" || name == "rsquo" || name == "lsquo") return U'\'';
  if (name == "shy" || name == "zwnj" || name == "zwj") return 0xAD;
  if (name.front() != '#') return U' ';
  const bool hex = name.size() > 1 && (name[1] == 'x' || name[1] == 'X');
  char32_t scalar = 0;
  for (const char c : name.substr(hex ? 2 : 1)) {
    const int digit = hex_digit(c);
    if (digit < 0 || (!hex && digit > 9) || scalar > 0x10FFFF) return U' ';
    scalar = scalar * (hex ? 16 : 10) + static_cast<char32_t>(digit);
  }
  return scalar;
}

void LooseText::skip_tag() {
  // A tag that does not end soon is no tag: a lone '<' must not hide what follows it.
  static constexpr std::size_t kLongestTag = 512;
  const std::size_t end = bytes_.substr(at_, kLongestTag).find('>');
  at_ += end == std::string_view::npos ? 1 : end + 1;
}

std::string decode_base64(std::string_view text) {
  std::string out;
  out.reserve(text.size() / 4 * 3);
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    if (c == ' ' || c == '\n' || c == '\r' || c == '\t') continue;
    const int digit = base64_digit(c);
    if (digit < 0) break;
    bits = (bits << 6u) | static_cast<std::uint32_t>(digit);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>((bits >> count) & 0xFFu);
    }
  }
  return out;
}

std::size_t base64_run(std::string_view bytes, std::size_t at) noexcept {
  std::size_t end = at;
  while (end < bytes.size() && base64_digit(bytes[end]) >= 0)
    ++end;
  return end - at;
}

}  // namespace gateway::gate
