#include "gateway/bars/base64.hpp"

#include <cstddef>
#include <cstdint>

namespace gateway::bars {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::size_t kGroup = 4;

}  // namespace

std::optional<std::string> decode_base64(std::string_view text) {
  if (text.empty() || text.size() % kGroup != 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : (text.ends_with('=') ? 1 : 0);
  std::string bytes;
  bytes.reserve(text.size() / kGroup * 3);
  for (std::size_t at = 0; at < text.size(); at += kGroup) {
    const std::size_t missing = at + kGroup == text.size() ? padding : 0;
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < kGroup; ++i) {
      const bool pad = i >= kGroup - missing;
      const std::size_t value = pad ? 0 : kAlphabet.find(text[at + i]);
      if (value == std::string_view::npos) return std::nullopt;
      group = group << 6u | static_cast<std::uint32_t>(value);
    }
    if ((missing == 1 && (group & 0xFFu) != 0) || (missing == 2 && (group & 0xFFFFu) != 0))
      return std::nullopt;
    for (std::size_t i = 0; i < 3 - missing; ++i)
      bytes.push_back(static_cast<char>(group >> (16 - 8 * i) & 0xFFu));
  }
  return bytes;
}

std::string encode_base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * kGroup);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t count = bytes.size() - at < 3 ? bytes.size() - at : 3;
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i)
      group = group << 8u | (i < count ? static_cast<unsigned char>(bytes[at + i]) : 0u);
    for (std::size_t i = 0; i < kGroup; ++i)
      text.push_back(i <= count ? kAlphabet[group >> (18 - 6 * i) & 0x3Fu] : '=');
  }
  return text;
}

}  // namespace gateway::bars
