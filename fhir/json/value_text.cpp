#include "fhir/json/value_text.hpp"

#include <array>

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

}  // namespace

void append_string(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out.push_back('"');
  std::size_t done = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto c = static_cast<unsigned char>(text[at]);
    const char escape = kEscapes[c];
    if (escape == 0) continue;
    out.append(text, done, at - done);
    done = at + 1;
    out.push_back('\\');
    out.push_back(escape);
    if (escape == 'u') out.append("00").append(1, kHex[c >> 4u]).append(1, kHex[c & 15u]);
  }
  out.append(text, done);
  out.push_back('"');
}

void append_value(std::string& out, tree::ValueKind kind, std::string_view text) {
  const bool bare = kind == tree::ValueKind::kNone ||
                    (kind == tree::ValueKind::kBoolean && (text == "true" || text == "false")) ||
                    (kind == tree::ValueKind::kNumber && is_number(text));
  if (!bare) {
    append_string(out, text);
  } else if (kind == tree::ValueKind::kNone) {
    out.append("null");
  } else {
    out.append(text);
  }
}

}  // namespace fhir::json
