#include "fhir/validate/cql_library.hpp"

#include <array>
#include <string>

namespace fhir::validate {

namespace {

using tree::Node;

/// The bytes of base64 text; what is not base64 is passed over.
std::string decoded(std::string_view text) {
  std::string out;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const std::size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) continue;
    bits = (bits << 6u) | static_cast<std::uint32_t>(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out.push_back(static_cast<char>((bits >> count) & 0xFFu));
  }
  return out;
}

std::string content_of(Node library, std::string_view type) {
  for (const Node content : library.children("content")) {
    if (content.child("contentType").text().substr(0, type.size()) == type)
      return decoded(content.child("data").text());
  }
  return {};
}

bool contains_any(const std::string& text, std::initializer_list<std::string> needles) {
  for (const std::string& needle : needles) {
    if (text.find(needle) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

std::optional<bool> defines_expression(Node library, std::string_view name) {
  const std::string wanted(name);
  if (const std::string elm = content_of(library, "application/elm+xml"); !elm.empty())
    return contains_any(elm, {"name=\"" + wanted + "\"", "name='" + wanted + "'"});
  if (const std::string elm = content_of(library, "application/elm+json"); !elm.empty()) {
    return contains_any(elm, {"\"name\":\"" + wanted + "\"", "\"name\" : \"" + wanted + "\"",
                              "\"name\": \"" + wanted + "\""});
  }
  if (const std::string cql = content_of(library, "text/cql"); !cql.empty()) {
    return contains_any(cql,
                        {"define \"" + wanted + "\"", "define " + wanted + ":", "define " + wanted + " :"});
  }
  return std::nullopt;
}

}  // namespace fhir::validate
