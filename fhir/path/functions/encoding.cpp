// encode, decode, escape, unescape: FHIRPath 2.0 STU, 5.6.
#include <array>
#include <string>

#include "fhir/base/utf8.hpp"
#include "fhir/path/function.hpp"

namespace fhir::path {
namespace {

using Text = std::optional<std::string>;

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrlBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kHex = "0123456789abcdef";

std::string encode_base64(std::string_view text, std::string_view alphabet) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += 3) {
    std::uint32_t bits = 0;
    const std::size_t count = std::min<std::size_t>(3, text.size() - at);
    for (std::size_t i = 0; i < 3; ++i)
      bits = (bits << 8u) | (i < count ? static_cast<unsigned char>(text[at + i]) : 0u);
    for (std::size_t i = 0; i < 4; ++i)
      out.push_back(i <= count ? alphabet[(bits >> (18 - 6 * i)) & 63u] : '=');
  }
  return out;
}

Text decode_base64(std::string_view text, std::string_view alphabet) {
  while (text.ends_with('='))
    text.remove_suffix(1);
  if (text.size() % 4 == 1) return std::nullopt;
  std::string out;
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : text) {
    const std::size_t digit = alphabet.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = (bits << 6u) | static_cast<std::uint32_t>(digit);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out.push_back(static_cast<char>((bits >> held) & 0xFFu));
  }
  return out;
}

std::string encode_hex(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out.push_back(kHex[byte >> 4u]);
    out.push_back(kHex[byte & 15u]);
  }
  return out;
}

std::size_t hex_digit(char c) {
  return kHex.find(c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c);
}

Text decode_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += 2) {
    const std::size_t high = hex_digit(text[at]);
    const std::size_t low = hex_digit(text[at + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    out.push_back(static_cast<char>(high * 16 + low));
  }
  return out;
}

struct Entity {
  char character;
  std::string_view html;
  std::string_view json;
};
constexpr Entity kEntities[] = {{'"', "&quot;", "\\\""}, {'&', "&amp;", ""},  {'<', "&lt;", ""},
                                {'>', "&gt;", ""},       {'\'', "&#39;", ""}, {'\\', "", "\\\\"},
                                {'\n', "", "\\n"},       {'\r', "", "\\r"},   {'\t', "", "\\t"},
                                {'\b', "", "\\b"},       {'\f', "", "\\f"}};

std::string_view form(const Entity& entity, bool html) {
  return html ? entity.html : entity.json;
}

std::string escaped(std::string_view text, bool html) {
  std::string out;
  for (const char c : text) {
    std::string_view written;
    for (const Entity& entity : kEntities) {
      if (entity.character == c) written = form(entity, html);
    }
    if (!written.empty()) {
      out.append(written);
    } else if (!html && static_cast<unsigned char>(c) < 0x20) {
      out.append("\\u00").append(encode_hex(std::string_view(&c, 1)));
    } else {
      out.push_back(c);
    }
  }
  return out;
}

/// A \uXXXX at the front of `text`, if there is one.
std::optional<std::uint32_t> unicode_escape(std::string_view text) {
  if (text.size() < 6 || !text.starts_with("\\u")) return std::nullopt;
  std::uint32_t value = 0;
  for (std::size_t i = 2; i < 6; ++i) {
    const std::size_t digit = hex_digit(text[i]);
    if (digit == std::string_view::npos) return std::nullopt;
    value = value * 16 + static_cast<std::uint32_t>(digit);
  }
  return value >= 0xD800 && value <= 0xDFFF ? std::nullopt : std::optional(value);
}

std::string unescaped(std::string_view text, bool html) {
  std::string out;
  while (!text.empty()) {
    const Entity* found = nullptr;
    for (const Entity& entity : kEntities) {
      if (!form(entity, html).empty() && text.starts_with(form(entity, html))) found = &entity;
    }
    if (found != nullptr) {
      out.push_back(found->character);
      text.remove_prefix(form(*found, html).size());
    } else if (const auto scalar = html ? std::nullopt : unicode_escape(text)) {
      append_utf8(out, *scalar);
      text.remove_prefix(6);
    } else {
      out.push_back(text.front());
      text.remove_prefix(1);
    }
  }
  return out;
}

/// The input and the name of the target; done when one is empty.
bool read(Call& call, Text& text, Text& target) {
  return call.string_input(text) && call.string_argument(0, target);
}

bool encode(Call& call) {
  Text text;
  Text target;
  if (!read(call, text, target)) return false;
  if (!text || !target) return true;
  if (*target == "base64") return call.push_string(encode_base64(*text, kBase64));
  if (*target == "urlbase64") return call.push_string(encode_base64(*text, kUrlBase64));
  if (*target == "hex") return call.push_string(encode_hex(*text));
  return true;
}

bool decode(Call& call) {
  Text text;
  Text target;
  if (!read(call, text, target)) return false;
  if (!text || !target) return true;
  Text out;
  if (*target == "base64") out = decode_base64(*text, kBase64);
  if (*target == "urlbase64") out = decode_base64(*text, kUrlBase64);
  if (*target == "hex") out = decode_hex(*text);
  // Strings are UTF-8; bytes that are not have no string.
  if (!out || find_invalid_utf8(*out) != std::string_view::npos) return true;
  return call.push_string(std::move(*out));
}

template <bool kEscape>
bool escape(Call& call) {
  Text text;
  Text target;
  if (!read(call, text, target)) return false;
  if (!text || !target || (*target != "html" && *target != "json")) return true;
  const bool html = *target == "html";
  return call.push_string(kEscape ? escaped(*text, html) : unescaped(*text, html));
}

constexpr FunctionRow kRows[] = {
    {"encode", 1, 1, encode},
    {"decode", 1, 1, decode},
    {"escape", 1, 1, escape<true>},
    {"unescape", 1, 1, escape<false>},
};

}  // namespace

std::span<const FunctionRow> encoding_functions() {
  return kRows;
}

}  // namespace fhir::path
