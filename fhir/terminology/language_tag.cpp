#include "fhir/terminology/language_tag.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "fhir/terminology/iso_codes.hpp"
#include "fhir/terminology/text_match.hpp"

namespace fhir::terminology {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool letters(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_letter);
}
bool digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), is_digit);
}
bool letters_or_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return is_letter(c) || is_digit(c); });
}

/// Tags of RFC 3066 that the grammar would not take, and those whose parts mean something else.
constexpr std::array<std::string_view, 26> kGrandfathered = {
    "en-gb-oed", "i-ami",      "i-bnn",     "i-default",  "i-enochian", "i-hak",  "i-klingon",
    "i-lux",     "i-mingo",    "i-navajo",  "i-pwn",      "i-tao",      "i-tay",  "i-tsu",
    "sgn-be-fr", "sgn-be-nl",  "sgn-ch-de", "art-lojban", "no-bok",     "no-nyn", "cel-gaulish",
    "zh-guoyu",  "zh-min-nan", "zh-hakka",  "zh-min",     "zh-xiang"};

/// Up to two characters, folded one way, for the lists of codes.
struct Pair {
  std::array<char, 2> text{};
  Pair(std::string_view from, char first, char last, int shift) {
    for (std::size_t i = 0; i < 2; ++i)
      text[i] = from[i] >= first && from[i] <= last ? static_cast<char>(from[i] + shift) : from[i];
  }
  [[nodiscard]] std::string_view view() const { return {text.data(), text.size()}; }
};

/// The subtags one after another.
class Subtags {
 public:
  explicit Subtags(std::string_view tag) : rest_(tag) { advance(); }
  [[nodiscard]] bool done() const noexcept { return done_; }
  [[nodiscard]] std::string_view here() const noexcept { return here_; }
  void advance() noexcept {
    if (ended_) {
      done_ = true;
      here_ = {};
      return;
    }
    const std::size_t dash = rest_.find('-');
    here_ = rest_.substr(0, dash);
    ended_ = dash == std::string_view::npos;
    if (!ended_) rest_.remove_prefix(dash + 1);
  }

 private:
  std::string_view rest_;
  std::string_view here_;
  bool ended_ = false;
  bool done_ = false;
};

class TagReader {
 public:
  explicit TagReader(std::string_view tag) : tag_(tag), at_(tag) {}

  TagVerdict read() {
    if (is_private()) return private_use() ? TagVerdict::kRegistered : TagVerdict::kMalformed;
    if (!language()) return TagVerdict::kMalformed;
    if (at_.here().size() == 4 && letters(at_.here())) at_.advance();
    region();
    if (!variants() || !extensions()) return TagVerdict::kMalformed;
    if (is_private() && !private_use()) return TagVerdict::kMalformed;
    if (!at_.done()) return TagVerdict::kMalformed;
    return known_ ? TagVerdict::kRegistered : TagVerdict::kUnknown;
  }

 private:
  [[nodiscard]] bool is_private() const { return at_.here() == "x" || at_.here() == "X"; }

  bool private_use() {
    at_.advance();
    if (at_.done()) return false;
    for (; !at_.done(); at_.advance()) {
      if (at_.here().empty() || at_.here().size() > 8 || !letters_or_digits(at_.here())) return false;
    }
    return true;
  }

  bool language() {
    const std::string_view text = at_.here();
    if (text.size() < 2 || text.size() > 8 || !letters(text)) return false;
    if (text.size() == 2) known_ = is_language(Pair(text, 'A', 'Z', 'a' - 'A').view());
    if (text.size() > 3) known_ = false;  // reserved, or none registered
    at_.advance();
    for (int extended = 0; extended < 3 && text.size() <= 3 && at_.here().size() == 3 && letters(at_.here());
         ++extended)
      at_.advance();
    return true;
  }

  void region() {
    const std::string_view text = at_.here();
    if (text.size() == 2 && letters(text)) {
      known_ = known_ && is_country(Pair(text, 'a', 'z', 'A' - 'a').view());
      at_.advance();
    } else if (text.size() == 3 && digits(text)) {
      at_.advance();
    }
  }

  /// True if the subtag just at hand stood in the tag before, from `begin` on.
  [[nodiscard]] bool repeated(std::size_t begin) const {
    const auto end = static_cast<std::size_t>(at_.here().data() - tag_.data());
    for (Subtags before(tag_.substr(begin, end - begin)); !before.done(); before.advance()) {
      if (same_display(before.here(), at_.here())) return true;
    }
    return false;
  }
  [[nodiscard]] std::size_t offset() const {
    return at_.done() ? tag_.size() : static_cast<std::size_t>(at_.here().data() - tag_.data());
  }

  bool variants() {
    const std::size_t begin = offset();
    for (;; at_.advance()) {
      const std::string_view text = at_.here();
      const bool variant = (text.size() >= 5 && text.size() <= 8) || (text.size() == 4 && is_digit(text[0]));
      if (!variant || !letters_or_digits(text)) return true;
      if (repeated(begin)) return false;
    }
  }

  bool extensions() {
    std::array<bool, 128> seen{};
    while (at_.here().size() == 1 && letters_or_digits(at_.here()) && !is_private()) {
      const char c = at_.here()[0];
      bool& known = seen[static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c)];
      if (known) return false;
      known = true;
      at_.advance();
      int parts = 0;
      for (; at_.here().size() >= 2 && at_.here().size() <= 8 && letters_or_digits(at_.here()); ++parts)
        at_.advance();
      if (parts == 0) return false;
    }
    return true;
  }

  std::string_view tag_;
  Subtags at_;
  bool known_ = true;
};

}  // namespace

TagVerdict check_language_tag(std::string_view tag) noexcept {
  const auto is_tag = [tag](std::string_view known) { return same_display(known, tag); };
  if (std::any_of(kGrandfathered.begin(), kGrandfathered.end(), is_tag)) return TagVerdict::kRegistered;
  return TagReader(tag).read();
}

}  // namespace fhir::terminology
