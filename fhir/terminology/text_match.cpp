#include "fhir/terminology/text_match.hpp"

#include <algorithm>

namespace fhir::terminology {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// Gives the letters of a text one by one, folded, a run of spaces as one.
class Letters {
 public:
  explicit Letters(std::string_view text) : text_(text) { skip(); }
  /// The next letter, or '\0' at the end.
  char next() {
    if (at_ == text_.size()) return '\0';
    if (!is_space(text_[at_])) return lower(text_[at_++]);
    skip();
    return at_ == text_.size() ? '\0' : ' ';
  }

 private:
  void skip() {
    while (at_ < text_.size() && is_space(text_[at_]))
      ++at_;
  }
  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::string fold_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), lower);
  return out;
}

bool same_display(std::string_view a, std::string_view b) noexcept {
  Letters left(a);
  Letters right(b);
  for (;;) {
    const char one = left.next();
    if (one != right.next()) return false;
    if (one == '\0') return true;
  }
}

bool contains_folded(std::string_view text, std::string_view part) noexcept {
  const auto same = [](char a, char b) { return lower(a) == lower(b); };
  return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end() || part.empty();
}

}  // namespace fhir::terminology
