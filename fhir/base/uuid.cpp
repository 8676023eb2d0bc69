#include "fhir/base/uuid.hpp"

namespace fhir {
namespace {

std::string format(std::array<std::uint8_t, 16> bytes, unsigned version) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0Fu) | (version << 4u));
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3Fu) | 0x80u);
  static constexpr std::array<std::uint8_t, 16> kAt = {0,  2,  4,  6,  9,  11, 14, 16,
                                                       19, 21, 24, 26, 28, 30, 32, 34};
  std::string text(36, '-');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    text[kAt[i]] = kHex[bytes[i] >> 4u];
    text[kAt[i] + 1u] = kHex[bytes[i] & 0x0Fu];
  }
  return text;
}

bool is_hex(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

}  // namespace

bool is_uuid(std::string_view text) noexcept {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    if (hyphen ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return true;
}

std::string random_uuid(Random& random) {
  std::array<std::uint8_t, 16> bytes{};
  random.fill(bytes);
  return format(bytes, 4);
}

std::string uuid_from_digest(std::array<std::uint8_t, 16> bytes) {
  return format(bytes, 8);
}

}  // namespace fhir
