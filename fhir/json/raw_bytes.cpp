#include "fhir/json/raw_bytes.hpp"

#include <cstring>

#include "fhir/base/utf8.hpp"

namespace fhir::json {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

bool is_bad_control(unsigned char c) noexcept {
  return c < 0x20 && c != '\t' && c != '\n' && c != '\r';
}

std::size_t skip_space(std::string_view bytes, std::size_t at) noexcept {
  at = bytes.find_first_not_of(kSpace, at);
  return at == std::string_view::npos ? bytes.size() : at;
}

/// Offset after one value, found by its brackets and strings only.
std::size_t skip_value(std::string_view bytes, std::size_t at) noexcept {
  std::size_t open = 0;
  while (at < bytes.size()) {
    const char c = bytes[at];
    if (c == '"') {
      at = end_of_string(bytes, at + 1);
      if (open == 0) return at;
      continue;
    }
    if (c == '{' || c == '[') {
      ++open;
    } else if (c == '}' || c == ']') {
      if (open == 0) return at;
      if (--open == 0) return at + 1;
    } else if (c == ',' && open == 0) {
      return at;
    }
    ++at;
  }
  return at;
}

std::size_t skip_digits(std::string_view bytes, std::size_t at) noexcept {
  while (at < bytes.size() && is_digit(bytes[at]))
    ++at;
  return at;
}

/// Offset after the JSON number (RFC 8259, 6) at `at`, or `at` if there is none.
std::size_t end_of_number(std::string_view bytes, const std::size_t start) noexcept {
  const auto has = [bytes](std::size_t at, std::string_view any) {
    return at < bytes.size() && any.find(bytes[at]) != std::string_view::npos;
  };
  const std::size_t whole = has(start, "-") ? start + 1 : start;
  std::size_t at = skip_digits(bytes, whole);
  if (at == whole || (bytes[whole] == '0' && at > whole + 1)) return start;
  if (has(at, ".")) {
    const std::size_t fraction = at + 1;
    at = skip_digits(bytes, fraction);
    if (at == fraction) return start;
  }
  if (has(at, "eE")) {
    const std::size_t exponent = has(at + 1, "+-") ? at + 2 : at + 1;
    at = skip_digits(bytes, exponent);
    if (at == exponent) return start;
  }
  return at;
}

}  // namespace

std::optional<BadByte> find_bad_byte(std::string_view bytes) noexcept {
  constexpr std::size_t kBlock = 256;
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  std::size_t first_high = bytes.size();
  for (std::size_t at = 0; at < bytes.size(); at += kBlock) {
    const std::size_t end = at + kBlock < bytes.size() ? at + kBlock : bytes.size();
    unsigned char control = 0;
    unsigned char high = 0;
    for (std::size_t i = at; i < end; ++i) {
      const unsigned char c = data[i];
      high = static_cast<unsigned char>(high | c);
      control = static_cast<unsigned char>(
          control | static_cast<unsigned char>((c < 0x20) & (c != '\t') & (c != '\n') & (c != '\r')));
    }
    if ((high & 0x80u) != 0 && at < first_high) first_high = at;
    if (control == 0) continue;
    std::size_t bad = at;
    while (!is_bad_control(data[bad]))
      ++bad;
    return BadByte{bad, true};
  }
  if (first_high >= bytes.size()) return std::nullopt;
  const std::size_t broken = find_invalid_utf8(bytes.substr(first_high));
  if (broken == std::string_view::npos) return std::nullopt;
  return BadByte{first_high + broken, false};
}

std::size_t end_of_string(std::string_view bytes, std::size_t content) noexcept {
  std::size_t at = content;
  while (at < bytes.size()) {
    const void* found = std::memchr(bytes.data() + at, '"', bytes.size() - at);
    if (found == nullptr) return bytes.size();
    at = static_cast<std::size_t>(static_cast<const char*>(found) - bytes.data());
    std::size_t slashes = at;
    while (slashes > content && bytes[slashes - 1] == '\\')
      --slashes;
    ++at;
    if ((at - 1 - slashes) % 2 == 0) return at;
  }
  return bytes.size();
}

std::optional<std::string_view> find_resource_type(std::string_view bytes, std::size_t members) noexcept {
  std::size_t at = members;
  while (at < bytes.size() && bytes[at] == '"') {
    const std::size_t name = at + 1;
    at = end_of_string(bytes, name);
    const bool wanted = bytes.substr(name, at - name) == "resourceType\"";
    at = skip_space(bytes, at);
    if (at >= bytes.size() || bytes[at] != ':') return std::nullopt;
    at = skip_space(bytes, at + 1);
    if (wanted) {
      if (at >= bytes.size() || bytes[at] != '"') return std::nullopt;
      const std::size_t end = end_of_string(bytes, at + 1);
      return bytes.substr(at + 1, end - at - 2);
    }
    at = skip_space(bytes, skip_value(bytes, at));
    if (at >= bytes.size() || bytes[at] != ',') return std::nullopt;
    at = skip_space(bytes, at + 1);
  }
  return std::nullopt;
}

bool is_number(std::string_view text) noexcept {
  return !text.empty() && end_of_number(text, 0) == text.size();
}

std::vector<NumberRange> find_big_numbers(std::string_view bytes) {
  constexpr std::size_t kAlwaysFits = 15;  // digits that no exponent stretches
  std::vector<NumberRange> found;
  std::size_t at = 0;
  while (at < bytes.size()) {
    if (bytes[at] == '"') {
      at = end_of_string(bytes, at + 1);
      continue;
    }
    const std::size_t end = bytes[at] == '-' || is_digit(bytes[at]) ? end_of_number(bytes, at) : at;
    if (end == at) {
      ++at;
      continue;
    }
    const std::string_view number = bytes.substr(at, end - at);
    if (number.size() > kAlwaysFits || number.find_first_of("eE") != std::string_view::npos) {
      found.push_back({at, number.size()});
    }
    at = end;
  }
  return found;
}

}  // namespace fhir::json
