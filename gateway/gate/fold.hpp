// Folds text to the alphabet the gate matches in: small letters, digits and single spaces.
//
// Case, diacritics, ligatures, full-width forms and typographic marks fold away; apostrophes and invisible
// characters vanish, so that `can't`, `can’t` and `cant` are one word; everything else separates words. Pure;
// any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace gateway::gate {

/// Letters are 0 to 25, digits 26 to 35.
using Symbol = std::uint8_t;
inline constexpr Symbol kSpace = 36;
inline constexpr std::size_t kAlphabet = 37;

/// At most two symbols; none for a character that vanishes.
struct Folded {
  std::uint8_t count = 0;
  Symbol symbols[2] = {0, 0};
};
[[nodiscard]] Folded fold(char32_t scalar) noexcept;

/// The same for ASCII, where nothing folds to two symbols: one symbol, or kNothing.
inline constexpr Symbol kNothing = 255;
inline constexpr std::array<Symbol, 128> kAsciiSymbols = [] {
  std::array<Symbol, 128> symbols{};
  for (std::size_t c = 0; c < symbols.size(); ++c) {
    Symbol& symbol = symbols[c] = kSpace;
    if (c >= 'a' && c <= 'z') symbol = static_cast<Symbol>(c - 'a');
    if (c >= 'A' && c <= 'Z') symbol = static_cast<Symbol>(c - 'A');
    if (c >= '0' && c <= '9') symbol = static_cast<Symbol>(26 + (c - '0'));
    if (c == 0 || c == '\'') symbol = kNothing;
  }
  return symbols;
}();

/// Reads one scalar at `at` and moves past it. A byte that is no UTF-8 is read as Windows-1252.
[[nodiscard]] char32_t next_scalar(std::string_view text, std::size_t& at) noexcept;

/// The folded form as text, `saddle numbness`, without outer spaces. A final `*` is kept.
[[nodiscard]] std::string fold_phrase(std::string_view phrase);

}  // namespace gateway::gate
