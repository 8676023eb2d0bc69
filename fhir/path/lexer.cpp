#include "fhir/path/lexer.hpp"

#include <utility>

#include "fhir/base/utf8.hpp"

namespace fhir::path {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_word_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_word(char c) {
  return is_word_start(c) || is_digit(c);
}
bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

tl::unexpected<Failure> syntax(std::size_t offset, std::string message) {
  return tl::unexpected<Failure>(Failure{FailureKind::kSyntax, offset, std::move(message)});
}

}  // namespace

Outcome<Token> Lexer::next() {
  if (auto skipped = skip_blanks(); !skipped) return tl::unexpected<Failure>(skipped.error());
  if (at_ >= text_.size()) return Token{TokenKind::kEnd, at_, {}};
  const char c = text_[at_];
  if (is_word_start(c)) {
    const std::size_t begin = at_;
    while (is_word(at(at_)))
      ++at_;
    return token(TokenKind::kIdentifier, begin);
  }
  if (is_digit(c)) return number();
  if (c == '\'') return quoted(TokenKind::kString, '\'');
  if (c == '`') return quoted(TokenKind::kDelimited, '`');
  if (c == '@') return moment();
  if (c == '%') return external();
  if (c == '$') {
    const std::size_t begin = at_++;
    while (is_word(at(at_)))
      ++at_;
    return token(TokenKind::kDollar, begin, 1);
  }
  Token found = symbol();
  if (found.text.empty()) return syntax(at_, "a character that starts no FHIRPath token");
  at_ += found.text.size();
  return found;
}

Token Lexer::token(TokenKind kind, std::size_t begin, std::size_t skip) const {
  return Token{kind, begin, std::string(text_.substr(begin + skip, at_ - begin - skip))};
}

Outcome<bool> Lexer::skip_blanks() {
  for (;;) {
    while (is_blank(at(at_)))
      ++at_;
    if (at(at_) == '/' && at(at_ + 1) == '/') {
      while (at_ < text_.size() && text_[at_] != '\n')
        ++at_;
    } else if (at(at_) == '/' && at(at_ + 1) == '*') {
      const std::size_t end = text_.find("*/", at_ + 2);
      if (end == std::string_view::npos) return syntax(at_, "comment without end");
      at_ = end + 2;
    } else {
      return true;
    }
  }
}

Outcome<Token> Lexer::quoted(TokenKind kind, char quote) {
  Token found{kind, at_, {}};
  ++at_;
  while (at_ < text_.size() && text_[at_] != quote) {
    if (text_[at_] != '\\') {
      found.text.push_back(text_[at_++]);
      continue;
    }
    auto code_point = escape();
    if (!code_point) return tl::unexpected<Failure>(code_point.error());
    append_utf8(found.text, *code_point);
  }
  if (at_ >= text_.size()) return syntax(found.offset, "text without closing quote");
  ++at_;
  return found;
}

Outcome<char32_t> Lexer::escape() {
  static constexpr std::string_view kLetters = "`'\\/\"fnrt";
  static constexpr std::string_view kMeaning = "`'\\/\"\f\n\r\t";
  const std::size_t begin = at_++;
  const char letter = at(at_++);
  if (const std::size_t index = kLetters.find(letter); index != std::string_view::npos && letter != '\0') {
    return static_cast<char32_t>(kMeaning[index]);
  }
  if (letter != 'u') return syntax(begin, "unknown escape");
  const auto unit = [this, begin]() -> Outcome<char32_t> {
    char32_t value = 0;
    for (int i = 0; i < 4; ++i) {
      const char c = at(at_++);
      const std::size_t digit =
          std::string_view("0123456789abcdef").find(c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c);
      if (digit == std::string_view::npos || c == '\0')
        return syntax(begin, "\\u needs four hexadecimal digits");
      value = value * 16 + static_cast<char32_t>(digit);
    }
    return value;
  };
  auto high = unit();
  if (!high || *high < 0xD800 || *high > 0xDFFF) return high;
  if (*high > 0xDBFF || at(at_) != '\\' || at(at_ + 1) != 'u')
    return syntax(begin, "half of a surrogate pair");
  at_ += 2;
  auto low = unit();
  if (!low) return low;
  if (*low < 0xDC00 || *low > 0xDFFF) return syntax(begin, "half of a surrogate pair");
  return 0x10000 + ((*high - 0xD800) << 10u) + (*low - 0xDC00);
}

Token Lexer::number() {
  const std::size_t begin = at_;
  while (is_digit(at(at_)))
    ++at_;
  if (at(at_) == '.' && is_digit(at(at_ + 1))) {
    ++at_;
    while (is_digit(at(at_)))
      ++at_;
    return token(TokenKind::kDecimal, begin);
  }
  Token found = token(TokenKind::kInteger, begin);
  if (at(at_) == 'L' && !is_word(at(at_ + 1))) {
    ++at_;
    found.kind = TokenKind::kLong;
  }
  return found;
}

std::size_t Lexer::digits_at(std::size_t index) const noexcept {
  std::size_t count = 0;
  while (is_digit(at(index + count)))
    ++count;
  return count;
}

void Lexer::take_digits(std::size_t count) noexcept {
  for (std::size_t i = 0; i < count && is_digit(at(at_)); ++i)
    ++at_;
}

/// hh(:mm(:ss(.f+)?)?)? and an offset.
void Lexer::take_time() noexcept {
  take_digits(2);
  for (int part = 0; part < 2 && at(at_) == ':' && digits_at(at_ + 1) >= 2; ++part) {
    at_ += 1;
    take_digits(2);
  }
  if (at(at_) == '.' && is_digit(at(at_ + 1))) {
    ++at_;
    while (is_digit(at(at_)))
      ++at_;
  }
  if (at(at_) == 'Z') {
    ++at_;
  } else if ((at(at_) == '+' || at(at_) == '-') && digits_at(at_ + 1) == 2 && at(at_ + 3) == ':' &&
             digits_at(at_ + 4) >= 2) {
    at_ += 6;
  }
}

Outcome<Token> Lexer::moment() {
  const std::size_t begin = at_++;
  if (at(at_) == 'T') {
    ++at_;
    if (digits_at(at_) < 2) return syntax(begin, "@T needs an hour");
    take_time();
    return token(TokenKind::kTime, begin, 2);
  }
  if (digits_at(at_) < 4) return syntax(begin, "@ needs a year of four digits");
  take_digits(4);
  for (int part = 0; part < 2 && at(at_) == '-' && digits_at(at_ + 1) >= 2; ++part) {
    ++at_;
    take_digits(2);
  }
  if (at(at_) != 'T') return token(TokenKind::kDate, begin, 1);
  ++at_;
  if (digits_at(at_) >= 2) take_time();
  return token(TokenKind::kDateTime, begin, 1);
}

Outcome<Token> Lexer::external() {
  const std::size_t begin = at_++;
  if (at(at_) == '`' || at(at_) == '\'') {
    auto found = quoted(TokenKind::kExternal, at(at_));
    if (found) found->offset = begin;
    return found;
  }
  if (!is_word_start(at(at_))) return syntax(begin, "% needs a name");
  while (is_word(at(at_)))
    ++at_;
  return token(TokenKind::kExternal, begin, 1);
}

Token Lexer::symbol() {
  static constexpr std::string_view kTwo[] = {"<=", ">=", "!=", "!~"};
  for (const std::string_view two : kTwo) {
    if (text_.substr(at_, 2) == two) return Token{TokenKind::kSymbol, at_, std::string(two)};
  }
  static constexpr std::string_view kOne = "+-*/&|<>=~.,()[]{}";
  if (kOne.find(text_[at_]) == std::string_view::npos) return Token{TokenKind::kSymbol, at_, {}};
  return Token{TokenKind::kSymbol, at_, std::string(1, text_[at_])};
}

}  // namespace fhir::path
