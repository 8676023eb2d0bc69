#include "mappings/hl7v2/delimiters.hpp"

#include <array>

namespace mappings::hl7v2 {
namespace {

bool can_delimit(char c) noexcept {
  const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  const bool is_digit = c >= '0' && c <= '9';
  return c > ' ' && c < '\x7F' && !is_letter && !is_digit && c != '"';
}

}  // namespace

std::string Delimiters::encoding_characters() const {
  std::string text;
  for (const char c : {component, repetition, escape, subcomponent, truncation}) {
    if (c == '\0') break;
    text.push_back(c);
  }
  return text;
}

std::optional<Delimiters> read_delimiters(std::string_view segment) noexcept {
  const std::string_view name = segment.substr(0, 3);
  if (segment.size() < 5 || (name != "MSH" && name != "FHS" && name != "BHS")) return std::nullopt;
  Delimiters read{segment[3], '\0', '\0', '\0', '\0', '\0'};
  if (!can_delimit(read.field)) return std::nullopt;

  const std::array<char*, 5> places = {&read.component, &read.repetition, &read.escape, &read.subcomponent,
                                       &read.truncation};
  const std::size_t end = std::min(segment.find_first_of("\r\n"), segment.size());
  const std::string_view line = segment.substr(4, end - 4);
  const std::string_view characters = line.substr(0, line.find(read.field));
  if (characters.empty() || characters.size() > places.size()) return std::nullopt;
  for (std::size_t i = 0; i < characters.size(); ++i) {
    const char c = characters[i];
    if (!can_delimit(c) || c == read.field || characters.substr(0, i).find(c) != std::string_view::npos)
      return std::nullopt;
    *places[i] = c;
  }
  return read;
}

}  // namespace mappings::hl7v2
