#include "gateway/gate/fold.hpp"

#include <array>

namespace gateway::gate {

namespace {

constexpr Folded one(char letter) {
  return {1, {static_cast<Symbol>(letter - 'a'), 0}};
}
constexpr Folded two(char a, char b) {
  return {2, {static_cast<Symbol>(a - 'a'), static_cast<Symbol>(b - 'a')}};
}
constexpr Folded kGap{1, {kSpace, 0}};
constexpr Folded kVanished{};

// Base letters of U+00C0 to U+017F. A space: no letter (x and division signs). Digraphs are handled before.
constexpr std::string_view kLatin =
    "aaaaaaaceeeeiiii"   // 00C0
    "dnooooo ouuuuyts"   // 00D0
    "aaaaaaaceeeeiiii"   // 00E0
    "dnooooo ouuuuyty"   // 00F0
    "aaaaaaccccccccdd"   // 0100
    "ddeeeeeeeeeegggg"   // 0110
    "gggghhhhiiiiiiii"   // 0120
    "iiiijjkkklllllll"   // 0130
    "lllnnnnnnnnnoooo"   // 0140
    "oooorrrrrrssssss"   // 0150
    "ssttttttuuuuuuuu"   // 0160
    "uuuuwwyyyzzzzzzs";  // 0170
static_assert(kLatin.size() == 0x180 - 0xC0);

// Windows-1252 bytes 0x80 to 0x9F that matter here: quotes are apostrophes or gaps, letters are letters.
constexpr char32_t from_windows(unsigned char byte) {
  switch (byte) {
    case 0x91:
    case 0x92: return 0x2019;
    case 0x8A: return 0x160;
    case 0x8C: return 0x152;
    case 0x8E: return 0x17D;
    case 0x9A: return 0x161;
    case 0x9C: return 0x153;
    case 0x9E: return 0x17E;
    case 0x9F: return 0x178;
    default:
      // FE and FF are far more often half a byte order mark than letters.
      return byte < 0xA0 || byte >= 0xFE ? U' ' : byte;
  }
}

constexpr bool vanishes(char32_t c) {
  return c == 0 || c == 0x27 || c == 0x2018 || c == 0x2019 || c == 0x2BC || c == 0xFF07 || c == 0xAD ||
         (c >= 0x300 && c <= 0x36F) || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2060 && c <= 0x2069) || c == 0xFEFF;
}

constexpr Folded fold_slow(char32_t c) {
  if (vanishes(c)) return kVanished;
  if (c >= U'a' && c <= U'z') return one(static_cast<char>(c));
  if (c >= U'A' && c <= U'Z') return one(static_cast<char>(c - U'A' + U'a'));
  if (c >= U'0' && c <= U'9') return {1, {static_cast<Symbol>(26 + (c - U'0')), 0}};
  switch (c) {
    case 0xC6:
    case 0xE6: return two('a', 'e');
    case 0x152:
    case 0x153: return two('o', 'e');
    case 0xDF:
    case 0x1E9E: return two('s', 's');
    case 0xFB00: return two('f', 'f');
    case 0xFB01: return two('f', 'i');
    case 0xFB02: return two('f', 'l');
    default: break;
  }
  if (c >= 0xC0 && c < 0x180) {
    const char letter = kLatin[c - 0xC0];
    return letter == ' ' ? kGap : one(letter);
  }
  if (c >= 0xFF01 && c <= 0xFF5E) return fold_slow(c - 0xFF01 + 0x21);
  return kGap;
}

constexpr bool same_for_ascii() {
  for (char32_t c = 0; c < kAsciiSymbols.size(); ++c) {
    const Folded folded = fold_slow(c);
    const Symbol symbol = kAsciiSymbols[c];
    if (folded.count != (symbol == kNothing ? 0 : 1)) return false;
    if (folded.count == 1 && folded.symbols[0] != symbol) return false;
  }
  return true;
}
static_assert(same_for_ascii());

}  // namespace

Folded fold(char32_t scalar) noexcept {
  if (scalar >= kAsciiSymbols.size()) return fold_slow(scalar);
  const Symbol symbol = kAsciiSymbols[scalar];
  return symbol == kNothing ? kVanished : Folded{1, {symbol, 0}};
}

char32_t next_scalar(std::string_view text, std::size_t& at) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(at);
  if (lead < 0x80) return text[at++] == 0 ? U'\0' : static_cast<char32_t>(lead);
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
  if (length == 0 || lead > 0xF4 || at + length > text.size()) {
    ++at;
    return from_windows(lead);
  }
  char32_t scalar = lead & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(at + i) & 0xC0u) != 0x80u) {
      ++at;
      return from_windows(lead);
    }
    scalar = (scalar << 6u) | (byte(at + i) & 0x3Fu);
  }
  at += length;
  return scalar;
}

std::string fold_phrase(std::string_view phrase) {
  const bool open_end = phrase.ends_with('*');
  std::string out;
  for (std::size_t at = 0; at < phrase.size();) {
    const Folded folded = fold(next_scalar(phrase, at));
    for (std::uint8_t i = 0; i < folded.count; ++i) {
      const Symbol symbol = folded.symbols[i];
      if (symbol != kSpace) {
        out += static_cast<char>(symbol < 26 ? 'a' + symbol : '0' + (symbol - 26));
      } else if (!out.empty() && out.back() != ' ') {
        out += ' ';
      }
    }
  }
  while (out.ends_with(' '))
    out.pop_back();
  if (open_end && !out.empty()) out += '*';
  return out;
}

}  // namespace gateway::gate
