#include "fhir/xml/escape.hpp"

#include <cstddef>

namespace fhir::xml {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// What stands for the character at `at`, or an empty text when it stands for itself; `length` is set to its
/// bytes.
std::string_view replacement(std::string_view text, std::size_t at, std::size_t& length) {
  length = 1;
  switch (text[at]) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\t': return "&#9;";
    case '\n': return "&#10;";
    case '\r': return "&#13;";
    case '\xEF': {
      const std::string_view character = text.substr(at, 3);
      if (character != "\xEF\xBF\xBE" && character != "\xEF\xBF\xBF") return {};
      length = 3;
      return kReplacement;
    }
    default: return static_cast<unsigned char>(text[at]) < 0x20 ? kReplacement : std::string_view();
  }
}

bool is_plain(unsigned char c) {
  return c >= 0x20 && c != '&' && c != '<' && c != '>' && c != '"' && c != 0xEF;
}

bool is_name_start(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_name_part(unsigned char c) {
  return is_name_start(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

}  // namespace

void append_escaped(std::string& out, std::string_view text) {
  std::size_t done = 0;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t length = 1;
    if (is_plain(static_cast<unsigned char>(text[at]))) {
      ++at;
      continue;
    }
    const std::string_view instead = replacement(text, at, length);
    if (!instead.empty()) {
      out.append(text, done, at - done).append(instead);
      done = at + length;
    }
    at += length;
  }
  out.append(text, done);
}

void append_name(std::string& out, std::string_view name) {
  if (name.empty() || !is_name_start(static_cast<unsigned char>(name[0]))) out.push_back('_');
  for (const char c : name)
    out.push_back(is_name_part(static_cast<unsigned char>(c)) ? c : '_');
}

}  // namespace fhir::xml
