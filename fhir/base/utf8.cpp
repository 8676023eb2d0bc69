#include "fhir/base/utf8.hpp"

#include <cstring>

namespace fhir {
namespace {

bool continues(unsigned char byte) noexcept {
  return (byte & 0xC0u) == 0x80u;
}

/// Length of the well-formed sequence at `p`, or 0.
std::size_t sequence(const unsigned char* p, std::size_t left) noexcept {
  const unsigned char lead = p[0];
  if (lead < 0x80) return 1;
  if (lead < 0xC2) return 0;
  if (lead < 0xE0) return left >= 2 && continues(p[1]) ? 2 : 0;
  if (lead < 0xF0) {
    if (left < 3 || !continues(p[1]) || !continues(p[2])) return 0;
    if (lead == 0xE0 && p[1] < 0xA0) return 0;
    if (lead == 0xED && p[1] >= 0xA0) return 0;
    return 3;
  }
  if (lead < 0xF5) {
    if (left < 4 || !continues(p[1]) || !continues(p[2]) || !continues(p[3])) return 0;
    if (lead == 0xF0 && p[1] < 0x90) return 0;
    if (lead == 0xF4 && p[1] >= 0x90) return 0;
    return 4;
  }
  return 0;
}

}  // namespace

std::size_t find_invalid_utf8(std::string_view text) noexcept {
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t at = 0;
  while (at < text.size()) {
    while (at + 8 <= text.size()) {
      std::uint64_t word = 0;
      std::memcpy(&word, bytes + at, sizeof word);
      if ((word & 0x8080808080808080u) != 0) break;
      at += 8;
    }
    if (at >= text.size()) break;
    const std::size_t length = sequence(bytes + at, text.size() - at);
    if (length == 0) return at;
    at += length;
  }
  return std::string_view::npos;
}

void append_utf8(std::string& out, std::uint32_t scalar) {
  const auto push = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (scalar < 0x80) {
    push(scalar);
  } else if (scalar < 0x800) {
    push(0xC0 | (scalar >> 6));
    push(0x80 | (scalar & 0x3F));
  } else if (scalar < 0x10000) {
    push(0xE0 | (scalar >> 12));
    push(0x80 | ((scalar >> 6) & 0x3F));
    push(0x80 | (scalar & 0x3F));
  } else {
    push(0xF0 | (scalar >> 18));
    push(0x80 | ((scalar >> 12) & 0x3F));
    push(0x80 | ((scalar >> 6) & 0x3F));
    push(0x80 | (scalar & 0x3F));
  }
}

}  // namespace fhir
