// FHIRPath 2.0, 5.6. Positions and lengths count characters (Unicode scalar values), not bytes.
#include <algorithm>
#include <string>
#include <vector>

#include "fhir/base/utf8.hpp"
#include "fhir/path/function.hpp"
#include "fhir/path/pattern.hpp"

namespace fhir::path {
namespace {

using Text = std::optional<std::string>;

bool starts_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u;
}

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), starts_character));
}

/// The byte where character `index` begins, or the size.
std::size_t byte_of(std::string_view text, std::size_t index) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (starts_character(text[at]) && index-- == 0) return at;
  }
  return text.size();
}

std::int32_t position(std::string_view text, std::size_t found) {
  return found == std::string_view::npos ? -1
                                         : static_cast<std::int32_t>(count_characters(text.substr(0, found)));
}

/// The input string and one string argument; done is set when one of them is empty.
struct Pair {
  std::string text;
  std::string other;
  bool done = false;
};

bool read_pair(Call& call, Pair& out) {
  Text text;
  Text other;
  if (!call.string_input(text) || !call.string_argument(0, other)) return false;
  out.done = !text || !other;
  if (out.done) return true;
  out.text = std::move(*text);
  out.other = std::move(*other);
  return true;
}

bool index_of(Call& call) {
  Pair pair;
  if (!read_pair(call, pair)) return false;
  return pair.done || call.push(Value(position(pair.text, pair.text.find(pair.other))));
}

bool last_index_of(Call& call) {
  Pair pair;
  if (!read_pair(call, pair)) return false;
  return pair.done || call.push(Value(position(pair.text, pair.text.rfind(pair.other))));
}

bool substring(Call& call) {
  Text text;
  std::optional<std::int64_t> start;
  std::optional<std::int64_t> length;
  if (!call.string_input(text) || !call.integer_argument(0, start)) return false;
  if (call.argument_count() == 2 && !call.integer_argument(1, length)) return false;
  if (!text || !start || *start < 0 || static_cast<std::uint64_t>(*start) >= count_characters(*text))
    return true;
  const std::size_t begin = byte_of(*text, static_cast<std::size_t>(*start));
  const std::string_view rest = std::string_view(*text).substr(begin);
  if (!length) return call.push(Value(rest));
  const std::size_t wanted = *length <= 0 ? 0 : static_cast<std::size_t>(*length);
  return call.push(Value(rest.substr(0, byte_of(rest, wanted))));
}

enum class Where : std::uint8_t { kStart, kEnd, kAnywhere };

template <Where kWhere>
bool has(Call& call, Truth& out) {
  Pair pair;
  if (!read_pair(call, pair)) return false;
  out = Truth::kEmpty;
  if (pair.done) return true;
  const std::string_view text = pair.text;
  out = truth(kWhere == Where::kStart ? text.starts_with(pair.other)
              : kWhere == Where::kEnd ? text.ends_with(pair.other)
                                      : text.find(pair.other) != std::string_view::npos);
  return true;
}

/// Case of ASCII, Latin-1, Greek and Cyrillic letters; other scripts keep theirs.
char32_t change_case(char32_t c, bool upper) {
  struct Range {
    char32_t lower_first, lower_last, upper_first;
  };
  static constexpr Range kRanges[] = {{'a', 'z', 'A'},       {0xE0, 0xF6, 0xC0},    {0xF8, 0xFE, 0xD8},
                                      {0x3B1, 0x3C1, 0x391}, {0x3C3, 0x3C9, 0x3A3}, {0x430, 0x44F, 0x410},
                                      {0x450, 0x45F, 0x400}};
  for (const Range& range : kRanges) {
    const char32_t size = range.lower_last - range.lower_first;
    if (upper && c >= range.lower_first && c <= range.lower_last)
      return range.upper_first + (c - range.lower_first);
    if (!upper && c >= range.upper_first && c <= range.upper_first + size)
      return range.lower_first + (c - range.upper_first);
  }
  return c;
}

/// The character at `at`, which moves past it. Text of the tree is well-formed.
char32_t take_character(std::string_view text, std::size_t& at) {
  const auto first = static_cast<unsigned char>(text[at++]);
  if (first < 0x80) return first;
  char32_t value = first < 0xE0 ? first & 0x1Fu : first < 0xF0 ? first & 0x0Fu : first & 0x07u;
  while (at < text.size() && !starts_character(text[at]))
    value = (value << 6u) | (static_cast<unsigned char>(text[at++]) & 0x3Fu);
  return value;
}

template <bool kUpper>
bool with_case(Call& call) {
  Text text;
  if (!call.string_input(text)) return false;
  if (!text) return true;
  std::string out;
  for (std::size_t at = 0; at < text->size();)
    append_utf8(out, change_case(take_character(*text, at), kUpper));
  return call.push_string(std::move(out));
}

bool replace(Call& call) {
  Pair pair;
  Text by;
  if (!read_pair(call, pair) || !call.string_argument(1, by)) return false;
  if (pair.done || !by) return true;
  const std::size_t limit = call.run.context().limits.max_string_bytes;
  std::string out;
  std::size_t at = 0;
  while (at <= pair.text.size() && out.size() <= limit) {
    // An empty pattern stands before every character and at the end.
    const std::size_t found = pair.other.empty() ? at : pair.text.find(pair.other, at);
    if (found == std::string::npos) break;
    out.append(pair.text, at, found - at).append(*by);
    at = found + pair.other.size();
    if (!pair.other.empty()) continue;
    if (at >= pair.text.size()) return call.push_string(std::move(out));
    do {
      out.push_back(pair.text[at++]);
    } while (at < pair.text.size() && !starts_character(pair.text[at]));
  }
  if (at < pair.text.size()) out.append(pair.text, at);
  return call.push_string(std::move(out));
}

/// The pattern of the call: from the plan when it was constant, else compiled into `owned`.
const re2::RE2* pattern_of(Call& call, const std::string& text, std::unique_ptr<const re2::RE2>& owned) {
  if (call.node.pattern != kNone) return call.run.body().patterns[call.node.pattern].get();
  owned = compile_pattern(text);
  if (owned == nullptr) call.fail("the regular expression is not supported");
  return owned.get();
}

template <bool kWhole>
bool matches(Call& call, Truth& out) {
  Pair pair;
  if (!read_pair(call, pair)) return false;
  out = Truth::kEmpty;
  if (pair.done) return true;
  std::unique_ptr<const re2::RE2> owned;
  const re2::RE2* pattern = pattern_of(call, pair.other, owned);
  if (pattern == nullptr) return false;
  out =
      truth(kWhole ? re2::RE2::FullMatch(pair.text, *pattern) : re2::RE2::PartialMatch(pair.text, *pattern));
  return true;
}

bool replace_matches(Call& call) {
  Pair pair;
  Text by;
  if (!read_pair(call, pair) || !call.string_argument(1, by)) return false;
  if (pair.done || !by) return true;
  if (pair.other.empty()) return call.push_string(std::move(pair.text));
  std::unique_ptr<const re2::RE2> owned;
  const re2::RE2* pattern = pattern_of(call, pair.other, owned);
  if (pattern == nullptr) return false;
  // At most one replacement between any two bytes, each repeating what it matched at most once per group
  // named.
  const std::size_t growth = (pair.text.size() + 1) * (by->size() + 1);
  if (growth > call.run.context().limits.max_string_bytes * 4)
    return call.fail("the string grows past the limit");
  re2::RE2::GlobalReplace(&pair.text, *pattern, rewrite_substitution(*by, *pattern));
  return call.push_string(std::move(pair.text));
}

bool length(Call& call) {
  Text text;
  if (!call.string_input(text)) return false;
  return !text || call.push(Value(static_cast<std::int32_t>(count_characters(*text))));
}

bool to_chars(Call& call) {
  Text text;
  if (!call.string_input(text)) return false;
  if (!text || text->empty()) return true;
  if (!call.run.spend(text->size(), call.node)) return false;
  std::size_t begin = 0;
  for (std::size_t at = 1; at <= text->size(); ++at) {
    if (at < text->size() && !starts_character((*text)[at])) continue;
    call.out.push_back(Value(text->substr(begin, at - begin)));
    begin = at;
  }
  return true;
}

bool trim(Call& call) {
  Text text;
  if (!call.string_input(text)) return false;
  if (!text) return true;
  static constexpr std::string_view kBlanks = " \t\r\n\f\v";
  const std::size_t begin = text->find_first_not_of(kBlanks);
  if (begin == std::string::npos) return call.push(Value(""));
  return call.push(Value(text->substr(begin, text->find_last_not_of(kBlanks) - begin + 1)));
}

bool split(Call& call) {
  Pair pair;
  if (!read_pair(call, pair)) return false;
  if (pair.done) return true;
  if (!call.run.spend(pair.text.size(), call.node)) return false;
  if (pair.other.empty()) return to_chars(call);
  std::size_t at = 0;
  for (;;) {
    const std::size_t found = pair.text.find(pair.other, at);
    call.out.push_back(Value(pair.text.substr(at, found - at)));
    if (found == std::string::npos) return true;
    at = found + pair.other.size();
  }
}

bool join(Call& call) {
  Text separator;
  if (call.argument_count() == 1 && !call.string_argument(0, separator)) return false;
  if (call.input.empty()) return true;
  std::string out;
  bool any = false;
  for (const Value& item : call.input) {
    const auto text = string_of(item);
    if (!text) {
      if (item.is_node() && !item.node().has_value()) continue;
      return call.fail("an item is no string");
    }
    if (any) out.append(separator.value_or(""));
    out.append(*text);
    any = true;
    if (out.size() > call.run.context().limits.max_string_bytes)
      return call.fail("the string grows past the limit");
  }
  return call.push_string(std::move(out));
}

template <bool (*kTruth)(Call&, Truth&)>
constexpr FunctionRow condition(std::string_view name, ArgumentShape shape) {
  return {name, 1, 1, push_truth<kTruth>, shape, kTruth};
}

constexpr FunctionRow kRows[] = {
    {"indexOf", 1, 1, index_of},
    {"lastIndexOf", 1, 1, last_index_of},
    {"substring", 1, 2, substring},
    condition<has<Where::kStart>>("startsWith", ArgumentShape::kPlain),
    condition<has<Where::kEnd>>("endsWith", ArgumentShape::kPlain),
    condition<has<Where::kAnywhere>>("contains", ArgumentShape::kPlain),
    {"upper", 0, 0, with_case<true>},
    {"lower", 0, 0, with_case<false>},
    {"replace", 2, 2, replace},
    condition<matches<false>>("matches", ArgumentShape::kPattern),
    condition<matches<true>>("matchesFull", ArgumentShape::kPattern),
    {"replaceMatches", 2, 2, replace_matches, ArgumentShape::kPattern},
    {"length", 0, 0, length},
    {"toChars", 0, 0, to_chars},
    {"trim", 0, 0, trim},
    {"split", 1, 1, split},
    {"join", 0, 1, join},
};

}  // namespace

std::span<const FunctionRow> string_functions() {
  return kRows;
}

}  // namespace fhir::path
