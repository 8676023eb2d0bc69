#include "mappings/hl7v2/escape.hpp"

#include <array>
#include <charconv>
#include <optional>

namespace mappings::hl7v2 {
namespace {

constexpr std::size_t kMaxRun = 99;  // lines or blanks one command may give
constexpr std::string_view kHexDigits = "0123456789ABCDEF";

bool is_control(char c) noexcept {
  return static_cast<unsigned char>(c) < 0x20 || c == '\x7F';
}

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// `X0D0A` without its X.
bool append_hex(std::string& out, std::string_view digits) {
  if (digits.empty() || digits.size() % 2 != 0) return false;
  const std::size_t before = out.size();
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const int high = hex_value(digits[i]);
    const int low = hex_value(digits[i + 1]);
    const char byte = static_cast<char>(high * 16 + low);
    const bool is_text = !is_control(byte) || byte == '\t' || byte == '\n' || byte == '\r';
    if (high < 0 || low < 0 || !is_text) {
      out.resize(before);
      return false;
    }
    out.push_back(byte);
  }
  return true;
}

/// The number behind a command, `+3` of `.sp+3`; 1 when there is none.
std::optional<std::size_t> count_of(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '+'))
    text.remove_prefix(1);
  if (text.empty()) return 1;
  std::size_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size() || count > kMaxRun) return std::nullopt;
  return count;
}

/// The number behind an indentation, which may be negative and has no effect here.
bool is_indentation(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return count_of(text).has_value();
}

/// `.br`, `.sp3` and their like, without the point.
bool append_command(std::string& out, std::string_view body) {
  if (body.size() < 2) return false;
  const std::array<char, 2> name = {lower(body[0]), lower(body[1])};
  const std::string_view command(name.data(), name.size());
  const std::string_view rest = body.substr(2);
  if (command == "br" || command == "ce") {
    if (rest.empty()) out.push_back('\n');
    return rest.empty();
  }
  if (command == "fi" || command == "nf") return rest.empty();
  if (command == "in" || command == "ti") return is_indentation(rest);
  if (command != "sp" && command != "sk") return false;
  const std::optional<std::size_t> count = count_of(rest);
  if (count) out.append(*count, command == "sp" ? '\n' : ' ');
  return count.has_value();
}

bool append_character(std::string& out, char c) {
  if (c != '\0') out.push_back(c);
  return c != '\0';
}

/// Appends what stands for `body`, the text between two escape characters. False when it is no sequence, or
/// one that stays as sent.
bool append_sequence(std::string& out, std::string_view body, const Delimiters& delimiters) {
  if (body.empty()) return false;
  const std::string_view rest = body.substr(1);
  if (body[0] == 'X') return append_hex(out, rest);
  if (body[0] == '.') return append_command(out, rest);
  if (!rest.empty()) return false;
  switch (body[0]) {
    case 'F': return append_character(out, delimiters.field);
    case 'S': return append_character(out, delimiters.component);
    case 'T': return append_character(out, delimiters.subcomponent);
    case 'R': return append_character(out, delimiters.repetition);
    case 'E': return append_character(out, delimiters.escape);
    case 'P': return append_character(out, delimiters.truncation == '\0' ? '#' : delimiters.truncation);
    case 'H':
    case 'N': return true;
    default: return false;
  }
}

/// True for letters, digits, blanks and what is not ASCII: they delimit nowhere.
bool never_needs_escape(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ' ' ||
         static_cast<unsigned char>(c) >= 0x80;
}

/// The letter of the sequence that stands for `c`, or NUL when `c` needs none.
char letter_of(char c, const Delimiters& delimiters) noexcept {
  if (c == delimiters.field) return 'F';
  if (c == delimiters.component) return 'S';
  if (c == delimiters.subcomponent) return 'T';
  if (c == delimiters.repetition) return 'R';
  if (c == delimiters.escape) return 'E';
  if (c == delimiters.truncation) return 'P';
  return '\0';
}

void append_sequence_of(std::string& out, std::string_view body, char escape) {
  if (escape == '\0') {
    out.push_back(' ');
    return;
  }
  out.push_back(escape);
  out.append(body);
  out.push_back(escape);
}

void append_hex_of(std::string& out, char c, char escape) {
  const auto byte = static_cast<unsigned char>(c);
  const std::array<char, 3> body = {'X', kHexDigits[byte >> 4u], kHexDigits[byte & 15u]};
  append_sequence_of(out, {body.data(), body.size()}, escape);
}

}  // namespace

LeafFindings append_unescaped(std::string& out, std::string_view raw, const Delimiters& delimiters) {
  LeafFindings findings;
  std::size_t at = 0;
  while (at < raw.size()) {
    const char c = raw[at];
    if (c == delimiters.escape && c != '\0') {
      const std::size_t end = raw.find(c, at + 1);
      if (end != std::string_view::npos &&
          append_sequence(out, raw.substr(at + 1, end - at - 1), delimiters)) {
        at = end + 1;
        continue;
      }
      out.push_back(c);
    } else if (c == '\n') {
      findings.line_feed = true;
      out.push_back(c);
    } else if (is_control(c) && c != '\t') {
      findings.control_character = true;
      out.push_back(' ');
    } else {
      out.push_back(c);
    }
    ++at;
  }
  return findings;
}

void append_escaped(std::string& out, std::string_view text, const Delimiters& delimiters,
                    LineFeed line_feed) {
  if (text == "\"\"") {
    append_hex_of(out, '"', delimiters.escape);
    text.remove_prefix(1);
  } else if (!text.empty() && text.find_first_not_of(" \t") == std::string_view::npos) {
    append_hex_of(out, text.front(), delimiters.escape);
    text.remove_prefix(1);
  }
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::size_t run = at;
    while (at < text.size() && never_needs_escape(text[at]))
      ++at;
    out.append(text.substr(run, at - run));
    if (at == text.size()) break;
    const char c = text[at];
    const char letter = c == '\0' ? '\0' : letter_of(c, delimiters);
    if (letter != '\0') {
      append_sequence_of(out, {&letter, 1}, delimiters.escape);
    } else if (c == '\n' && line_feed == LineFeed::kCommand) {
      append_sequence_of(out, ".br", delimiters.escape);
    } else if (is_control(c) && c != '\t') {
      append_hex_of(out, c, delimiters.escape);
    } else {
      out.push_back(c);
    }
  }
}

}  // namespace mappings::hl7v2
