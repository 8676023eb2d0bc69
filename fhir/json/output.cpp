#include "fhir/json/output.hpp"

#include <algorithm>
#include <cstdint>

#include "fhir/json/raw_bytes.hpp"

namespace fhir::json {
namespace {

/// 0: stands for itself. 'u': \u00XX. Else the letter after the backslash.
constexpr std::array<char, 256> escapes() {
  std::array<char, 256> table{};
  for (std::size_t c = 0; c < 0x20; ++c)
    table[c] = 'u';
  table['"'] = '"';
  table['\\'] = '\\';
  table['\b'] = 'b';
  table['\f'] = 'f';
  table['\n'] = 'n';
  table['\r'] = 'r';
  table['\t'] = 't';
  return table;
}
constexpr std::array<char, 256> kEscapes = escapes();

constexpr std::size_t kWord = sizeof(std::uint64_t);

/// Non-zero if one of eight bytes needs an escape: is below 0x20, a quote or a backslash.
std::uint64_t needs_escape(std::uint64_t word) {
  constexpr std::uint64_t kOnes = 0x0101'0101'0101'0101u;
  constexpr std::uint64_t kHigh = 0x8080'8080'8080'8080u;
  const std::uint64_t control = (word - kOnes * 0x20) & ~word;
  const std::uint64_t quote = word ^ (kOnes * '"');
  const std::uint64_t backslash = word ^ (kOnes * '\\');
  return (control | ((quote - kOnes) & ~quote) | ((backslash - kOnes) & ~backslash)) & kHigh;
}

/// Copies what stands for itself from the front of `text` and says how much. Writes up to text.size() bytes.
std::size_t copy_plain(char* to, std::string_view text) {
  std::size_t at = 0;
  for (; at + kWord <= text.size(); at += kWord) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, kWord);
    if (needs_escape(word) != 0) break;
    std::memcpy(to + at, &word, kWord);
  }
  for (; at < text.size() && kEscapes[static_cast<unsigned char>(text[at])] == 0; ++at)
    to[at] = text[at];
  return at;
}

}  // namespace

void Output::put_string(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  constexpr std::size_t kLongestEscape = 6;
  need(text.size() + 2);
  *at_++ = '"';
  for (;;) {
    const std::size_t plain = copy_plain(at_, text);
    at_ += plain;
    if (plain == text.size()) break;
    const auto c = static_cast<unsigned char>(text[plain]);
    text.remove_prefix(plain + 1);
    need(text.size() + kLongestEscape + 1);
    *at_++ = '\\';
    *at_++ = kEscapes[c];
    if (kEscapes[c] != 'u') continue;
    *at_++ = '0';
    *at_++ = '0';
    *at_++ = kHex[c >> 4u];
    *at_++ = kHex[c & 15u];
  }
  *at_++ = '"';
}

void Output::put_value(tree::ValueKind kind, std::string_view text) {
  const bool bare = kind == tree::ValueKind::kNone ||
                    (kind == tree::ValueKind::kBoolean && (text == "true" || text == "false")) ||
                    (kind == tree::ValueKind::kNumber && is_number(text));
  if (!bare) {
    put_string(text);
  } else if (kind == tree::ValueKind::kNone) {
    put(std::string_view("null"));
  } else {
    put(text);
  }
}

void Output::grow(std::size_t count) {
  const auto size = static_cast<std::size_t>(at_ - begin_);
  const std::size_t room = std::max(2 * static_cast<std::size_t>(end_ - begin_), size + count);
  auto wider = std::make_unique_for_overwrite<char[]>(room);
  std::memcpy(wider.get(), begin_, size);
  outside_ = std::move(wider);
  begin_ = outside_.get();
  at_ = begin_ + size;
  end_ = begin_ + room;
}

}  // namespace fhir::json
