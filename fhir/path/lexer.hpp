// FHIRPath text to tokens. FHIRPath 2.0, appendix B (grammar), lexical part.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "fhir/path/failure.hpp"

namespace fhir::path {

enum class TokenKind : std::uint8_t {
  kEnd,
  kIdentifier,  ///< Also keywords: the parser knows where a word is one.
  kDelimited,   ///< `name` in backticks: never a keyword.
  kString,
  kInteger,
  kLong,  ///< Digits with L.
  kDecimal,
  kDate,  ///< Text without @.
  kDateTime,
  kTime,      ///< Text without @T.
  kExternal,  ///< %name, %`name` or %'name'.
  kDollar,    ///< $this, $index, $total; text without $.
  kSymbol,    ///< Operator or bracket, one or two characters.
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::size_t offset = 0;
  std::string text;  ///< Unescaped.
};

/// Gives tokens one by one. `text` outlives it.
class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}
  [[nodiscard]] Outcome<Token> next();

 private:
  [[nodiscard]] Outcome<bool> skip_blanks();
  [[nodiscard]] Outcome<Token> quoted(TokenKind kind, char quote);
  [[nodiscard]] Outcome<char32_t> escape();
  [[nodiscard]] Token number();
  [[nodiscard]] Outcome<Token> moment();
  [[nodiscard]] Outcome<Token> external();
  [[nodiscard]] Token symbol();
  [[nodiscard]] std::size_t digits_at(std::size_t at) const noexcept;
  void take_digits(std::size_t count) noexcept;
  void take_time() noexcept;
  [[nodiscard]] Token token(TokenKind kind, std::size_t begin, std::size_t skip = 0) const;
  [[nodiscard]] char at(std::size_t index) const noexcept {
    return index < text_.size() ? text_[index] : '\0';
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace fhir::path
