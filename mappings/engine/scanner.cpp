#include "mappings/engine/scanner.hpp"

#include <optional>
#include <utility>

#include "fhir/base/utf8.hpp"

namespace mappings::engine {
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

/// Four hexadecimal digits at the start of `text`.
std::optional<std::uint32_t> hex4(std::string_view text) {
  if (text.size() < 4) return std::nullopt;
  std::uint32_t value = 0;
  for (const char c : text.substr(0, 4)) {
    const std::size_t digit = std::string_view("0123456789abcdef0123456789ABCDEF").find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    value = value * 16 + static_cast<std::uint32_t>(digit % 16);
  }
  return value;
}

}  // namespace

bool Scanner::fail_at(std::uint32_t at, std::string message) {
  if (!failed_) failure_ = Word{std::move(message), at};
  failed_ = true;
  at_ = text_.size();
  return false;
}

bool Scanner::skip_comment() {
  if (ahead(0) != '/') return false;
  if (ahead(1) == '/') {
    while (at_ < text_.size() && text_[at_] != '\n')
      ++at_;
    return true;
  }
  if (ahead(1) != '*') return false;
  const std::size_t end = text_.find("*/", at_ + 2);
  if (end == std::string_view::npos) return fail("comment without end");
  at_ = end + 2;
  return true;
}

void Scanner::skip(bool keep_metadata) {
  for (;;) {
    while (at_ < text_.size() && is_blank(text_[at_]))
      ++at_;
    if (keep_metadata && ahead(0) == '/' && ahead(1) == '/' && ahead(2) == '/') return;
    if (!skip_comment()) return;
  }
}

bool Scanner::at_end() {
  skip(true);
  return at_ >= text_.size();
}

char Scanner::peek() {
  skip();
  return ahead(0);
}

bool Scanner::at(std::string_view symbol) {
  skip();
  return text_.substr(at_).starts_with(symbol);
}

bool Scanner::take(std::string_view symbol) {
  if (!at(symbol)) return false;
  at_ += symbol.size();
  return true;
}

bool Scanner::take_raw(std::string_view symbol) {
  if (!text_.substr(at_).starts_with(symbol)) return false;
  at_ += symbol.size();
  return true;
}

bool Scanner::expect(std::string_view symbol) {
  return take(symbol) || fail("'" + std::string(symbol) + "' is needed here");
}

bool Scanner::word_here(std::string_view word) const noexcept {
  return text_.substr(at_).starts_with(word) && !is_word(ahead(word.size()));
}

bool Scanner::at_word(std::string_view word) {
  skip();
  return word_here(word);
}

bool Scanner::take_word(std::string_view word) {
  if (!at_word(word)) return false;
  at_ += word.size();
  return true;
}

bool Scanner::at_name() {
  const char c = peek();
  return is_word_start(c) || c == '`';
}

Word Scanner::name() {
  const char first = peek();
  const std::uint32_t begin = here();
  if (first == '`') {
    const std::size_t end = text_.find('`', at_ + 1);
    if (end == std::string_view::npos) {
      fail("name without closing backtick");
      return {};
    }
    Word found{std::string(text_.substr(at_ + 1, end - at_ - 1)), begin};
    at_ = end + 1;
    return found;
  }
  if (!is_word_start(first)) {
    fail("a name is needed here");
    return {};
  }
  while (is_word(ahead(0)))
    ++at_;
  return {std::string(text_.substr(begin, at_ - begin)), begin};
}

bool Scanner::at_quote() {
  const char c = peek();
  return c == '\'' || c == '"';
}

bool Scanner::copy_quoted(std::string& out) {
  static constexpr std::string_view kLetters = "`'\\/\"fnrt";
  static constexpr std::string_view kMeaning = "`'\\/\"\f\n\r\t";
  const std::uint32_t begin = here();
  const char quote = text_[at_++];
  while (at_ < text_.size() && text_[at_] != quote) {
    if (text_[at_] != '\\') {
      out.push_back(text_[at_++]);
      continue;
    }
    const char letter = ahead(1);
    if (const std::size_t known = kLetters.find(letter); known != std::string_view::npos && letter != '\0') {
      out.push_back(kMeaning[known]);
      at_ += 2;
    } else if (const auto unit = letter == 'u' ? hex4(text_.substr(at_ + 2)) : std::nullopt;
               unit && (*unit < 0xD800 || *unit > 0xDFFF)) {
      fhir::append_utf8(out, *unit);
      at_ += 6;
    } else {
      return fail("unknown escape");
    }
  }
  if (at_ >= text_.size()) return fail_at(begin, "text without closing quote");
  ++at_;
  return true;
}

Word Scanner::quoted() {
  if (!at_quote()) {
    fail("a text in quotes is needed here");
    return {};
  }
  Word found{{}, here()};
  copy_quoted(found.text);
  return found;
}

Word Scanner::run(std::string_view stop) {
  skip();
  const std::uint32_t begin = here();
  while (at_ < text_.size() && !is_blank(text_[at_]) && stop.find(text_[at_]) == std::string_view::npos)
    ++at_;
  return {std::string(text_.substr(begin, at_ - begin)), begin};
}

std::string_view Scanner::line() {
  const std::size_t begin = at_;
  while (at_ < text_.size() && text_[at_] != '\n')
    ++at_;
  std::string_view found = text_.substr(begin, at_ - begin);
  if (found.ends_with('\r')) found.remove_suffix(1);
  return found;
}

std::string_view Scanner::block() {
  const std::size_t end = text_.find("\"\"\"", at_);
  if (end == std::string_view::npos) {
    fail("text without closing quotes");
    return {};
  }
  const std::string_view found = text_.substr(at_, end - at_);
  at_ = end + 3;
  return found;
}

std::uint32_t Scanner::number() {
  skip();
  if (!is_digit(ahead(0))) {
    fail("a number is needed here");
    return 0;
  }
  std::uint64_t value = 0;
  for (; is_digit(ahead(0)); ++at_) {
    value = value * 10 + static_cast<std::uint64_t>(ahead(0) - '0');
    if (value > 1'000'000'000) {
      fail("a number that is too large");
      return 0;
    }
  }
  return static_cast<std::uint32_t>(value);
}

/// `"name";` closes a rule; any other text in double quotes belongs to the expression.
bool Scanner::rule_name_here() const noexcept {
  if (ahead(0) != '"') return false;
  std::size_t end = text_.find('"', at_ + 1);
  if (end == std::string_view::npos) return false;
  for (++end; end < text_.size() && is_blank(text_[end]);)
    ++end;
  return end < text_.size() && text_[end] == ';';
}

bool Scanner::ends_here(Until until) {
  const char c = ahead(0);
  switch (until) {
    case Until::kClosing: return c == ')';
    case Until::kArgument: return c == ')' || c == ',';
    case Until::kStatement: return c == ';' || c == '\n';
    case Until::kClause: break;
  }
  if (c == ';' || c == ',' || c == '{' || (c == '-' && ahead(1) == '>') || rule_name_here()) return true;
  if (at_ > 0 && is_word(text_[at_ - 1])) return false;
  return word_here("then") || word_here("check") || word_here("log") || word_here("where");
}

ExpressionText Scanner::expression(Until until) {
  skip();
  ExpressionText found{{}, here()};
  std::size_t depth = 0;
  while (at_ < text_.size() && (depth > 0 || !ends_here(until))) {
    const char c = text_[at_];
    if (c == '"') {  // Older maps: a string of FHIRPath in double quotes.
      std::string inner;
      if (!copy_quoted(inner)) return {};
      found.text.push_back('\'');
      for (const char letter : inner) {
        if (letter == '\'' || letter == '\\') found.text.push_back('\\');
        found.text.push_back(letter);
      }
      found.text.push_back('\'');
      continue;
    }
    if (c == '\'' || c == '`') {
      const std::size_t begin = at_++;
      while (at_ < text_.size() && text_[at_] != c)
        at_ += text_[at_] == '\\' ? 2 : 1;
      if (at_ >= text_.size()) {
        fail_at(static_cast<std::uint32_t>(begin), "text without closing quote");
        return {};
      }
      ++at_;
      found.text.append(text_.substr(begin, at_ - begin));
      continue;
    }
    if (skip_comment()) {
      found.text.push_back(' ');
      continue;
    }
    if (failed_) return {};  // A comment without end: nothing is left to look at.
    if (c == '(' || c == '[' || c == '{') ++depth;
    if ((c == ')' || c == ']' || c == '}') && depth > 0) --depth;
    found.text.push_back(c);
    ++at_;
  }
  if (failed_) return {};
  if (at_ >= text_.size() && until != Until::kStatement) {
    fail_at(found.at, "an expression without end");
    return {};
  }
  while (!found.text.empty() && is_blank(found.text.back()))
    found.text.pop_back();
  if (found.text.empty()) fail_at(found.at, "an expression is needed here");
  return found;
}

ExpressionText Scanner::parenthesised() {
  if (!expect("(")) return {};
  ExpressionText found = expression(Until::kClosing);
  expect(")");
  return found;
}

ExpressionText Scanner::argument() {
  return expression(Until::kArgument);
}

ExpressionText Scanner::clause() {
  return expression(Until::kClause);
}

ExpressionText Scanner::statement() {
  return expression(Until::kStatement);
}

}  // namespace mappings::engine
