// Reads words, quoted texts and stretches of FHIRPath from a map. The language has no token stream of its
// own: what a character means depends on whether FHIRPath or the map stands there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "mappings/engine/map_ast.hpp"

namespace mappings::engine {

/// The first failure stops everything: after it every member answers empty or false.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  [[nodiscard]] bool failed() const noexcept { return failed_; }
  [[nodiscard]] const Word& failure() const noexcept { return failure_; }
  bool fail(std::string message) { return fail_at(here(), std::move(message)); }
  bool fail_at(std::uint32_t at, std::string message);

  /// Skips blanks and comments. Comments of three slashes too, unless `keep_metadata`.
  void skip(bool keep_metadata = false);
  [[nodiscard]] bool at_end();
  [[nodiscard]] std::uint32_t here() const noexcept { return static_cast<std::uint32_t>(at_); }
  /// The next character after blanks, or 0.
  [[nodiscard]] char peek();
  /// Whether the symbol comes next; take_ also goes past it, expect also fails.
  [[nodiscard]] bool at(std::string_view symbol);
  bool take(std::string_view symbol);
  bool expect(std::string_view symbol);
  /// Goes past `symbol` where it stands right here, blanks and comments not skipped.
  bool take_raw(std::string_view symbol);
  /// The same for a whole word.
  [[nodiscard]] bool at_word(std::string_view word);
  bool take_word(std::string_view word);

  /// An identifier, plain or in backticks. Fails when there is none.
  Word name();
  /// A text in single or double quotes, unescaped. Fails when there is none.
  Word quoted();
  [[nodiscard]] bool at_quote();
  [[nodiscard]] bool at_name();
  /// A run of characters up to a blank or one of `stop`.
  Word run(std::string_view stop);
  /// The rest of the line, without the line end.
  std::string_view line();
  /// Past `"""`: text up to the next `"""`.
  std::string_view block();
  std::uint32_t number();

  /// FHIRPath between this `(` and its `)`, both taken.
  ExpressionText parenthesised();
  /// FHIRPath up to `,` or `)` outside of brackets; the end is not taken.
  ExpressionText argument();
  /// FHIRPath of the older form without parentheses: up to what ends a clause of a source.
  ExpressionText clause();
  /// FHIRPath up to `;` or the end of the line.
  ExpressionText statement();

 private:
  enum class Until : std::uint8_t { kClosing, kArgument, kClause, kStatement };
  ExpressionText expression(Until until);
  [[nodiscard]] bool ends_here(Until until);
  [[nodiscard]] bool rule_name_here() const noexcept;
  bool skip_comment();
  bool copy_quoted(std::string& out);
  [[nodiscard]] char ahead(std::size_t offset) const noexcept {
    return at_ + offset < text_.size() ? text_[at_ + offset] : '\0';
  }
  [[nodiscard]] bool word_here(std::string_view word) const noexcept;

  std::string_view text_;
  std::size_t at_ = 0;
  bool failed_ = false;
  Word failure_;
};

}  // namespace mappings::engine
