#include "fhir/validate/primitives.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

#include "fhir/definitions/well_known.hpp"

namespace fhir::validate {
namespace {

constexpr std::size_t kMaxStringBytes = std::size_t{1}
                                        << 20;  // FHIR R4 2.24.0.1: strings SHALL NOT exceed 1 MB

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
bool is_control(char c) {
  return (static_cast<unsigned char>(c) < 0x20 && !is_space(c)) || c == '\x7f';
}

/// Reads a text from left to right; every step says whether it matched.
class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}
  [[nodiscard]] bool at_end() const { return at_ == text_.size(); }
  [[nodiscard]] bool take(char c) {
    const bool matched = at_ < text_.size() && text_[at_] == c;
    if (matched) ++at_;
    return matched;
  }
  /// Exactly `count` digits, whose number lies in [low, high].
  [[nodiscard]] bool number(std::size_t count, std::uint32_t low, std::uint32_t high,
                            std::uint32_t* value = nullptr) {
    if (text_.size() - at_ < count) return false;
    std::uint32_t read = 0;
    for (const std::size_t end = at_ + count; at_ < end; ++at_) {
      if (!is_digit(text_[at_])) return false;
      read = read * 10 + static_cast<std::uint32_t>(text_[at_] - '0');
    }
    if (value != nullptr) *value = read;
    return read >= low && read <= high;
  }
  /// One digit or more.
  [[nodiscard]] bool digits() {
    const std::size_t start = at_;
    while (at_ < text_.size() && is_digit(text_[at_]))
      ++at_;
    return at_ > start;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

std::uint32_t days_in(std::uint32_t year, std::uint32_t month) {
  constexpr std::array<std::uint32_t, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[month - 1];
}

enum class Precision { kNone, kYear, kMonth, kDay };

Precision take_date(Cursor& at) {
  std::uint32_t year = 0;
  std::uint32_t month = 0;
  if (!at.number(4, 1, 9999, &year)) return Precision::kNone;
  if (!at.take('-')) return Precision::kYear;
  if (!at.number(2, 1, 12, &month)) return Precision::kNone;
  if (!at.take('-')) return Precision::kMonth;
  return at.number(2, 1, days_in(year, month)) ? Precision::kDay : Precision::kNone;
}

bool take_time(Cursor& at) {
  if (!at.number(2, 0, 23) || !at.take(':') || !at.number(2, 0, 59) || !at.take(':') || !at.number(2, 0, 60))
    return false;
  return !at.take('.') || at.digits();
}

bool take_zone(Cursor& at) {
  if (at.take('Z')) return true;
  std::uint32_t hours = 0;
  std::uint32_t minutes = 0;
  if (!at.take('+') && !at.take('-')) return false;
  return at.number(2, 0, 14, &hours) && at.take(':') && at.number(2, 0, 59, &minutes) &&
         (hours < 14 || minutes == 0);
}

bool is_date(std::string_view text) {
  Cursor at(text);
  return take_date(at) != Precision::kNone && at.at_end();
}

bool is_date_time(std::string_view text) {
  Cursor at(text);
  const Precision precision = take_date(at);
  if (precision == Precision::kNone || at.at_end()) return precision != Precision::kNone;
  return precision == Precision::kDay && at.take('T') && take_time(at) && take_zone(at) && at.at_end();
}

bool is_instant(std::string_view text) {
  Cursor at(text);
  return take_date(at) == Precision::kDay && at.take('T') && take_time(at) && take_zone(at) && at.at_end();
}

bool is_time(std::string_view text) {
  Cursor at(text);
  return take_time(at) && at.at_end();
}

/// Digits without a leading zero, at most `high`.
bool is_magnitude(std::string_view digits, std::uint64_t high) {
  if (digits.empty() || digits.size() > 10 || !std::all_of(digits.begin(), digits.end(), is_digit))
    return false;
  if (digits.size() > 1 && digits[0] == '0') return false;
  std::uint64_t value = 0;
  for (const char c : digits)
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  return value <= high;
}

bool is_integer(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) {
    text.remove_prefix(1);
    if (text == "0") return false;
  }
  return is_magnitude(text, negative ? 2147483648u : 2147483647u);
}

bool is_positive_int(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  return text != "0" && is_magnitude(text, 2147483647u);
}

bool is_decimal(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.size() > 1 && text[0] == '0' && is_digit(text[1])) return false;
  Cursor at(text);
  if (!at.digits() || (at.take('.') && !at.digits())) return false;
  if (!at.take('e') && !at.take('E')) return at.at_end();
  if (!at.take('+')) (void)at.take('-');
  return at.digits() && at.at_end();
}

// Eight bytes at a time: most values are a few dozen bytes, too short for a loop of vectors to pay.

constexpr std::uint64_t kOnes = 0x0101'0101'0101'0101u;
constexpr std::uint64_t kHighs = kOnes * 0x80u;

/// Not zero when a byte of `word` is below `limit`, which is at most 0x80.
constexpr std::uint64_t any_below(std::uint64_t word, std::uint64_t limit) {
  return (word - kOnes * limit) & ~word & kHighs;
}
constexpr std::uint64_t any_equal(std::uint64_t word, std::uint64_t byte) {
  return any_below(word ^ kOnes * byte, 1);
}

/// Joins what `test` finds in every eight bytes of the text. A text of less is filled up with `filler`; the
/// last eight may overlap those before.
template <class Test>
std::uint64_t any_word(std::string_view text, char filler, const Test& test) {
  std::uint64_t word = kOnes * static_cast<unsigned char>(filler);
  if (text.size() < sizeof word) {
    std::copy(text.begin(), text.end(), reinterpret_cast<char*>(&word));  // NOLINT: bytes of the word
    return test(word);
  }
  std::uint64_t found = 0;
  std::size_t at = 0;
  for (; text.size() - at > sizeof word; at += sizeof word) {
    std::memcpy(&word, text.data() + at, sizeof word);
    found |= test(word);
  }
  std::memcpy(&word, text.data() + text.size() - sizeof word, sizeof word);
  return found | test(word);
}

bool is_string(std::string_view text) {
  if (text.empty() || text.size() > kMaxStringBytes) return false;
  const auto controls = [](std::uint64_t word) { return any_below(word, 0x20) | any_equal(word, 0x7f); };
  if (any_word(text, ' ', controls) != 0) {
    // Tabs and line breaks may be there, nothing else.
    if (std::ranges::any_of(text, is_control)) return false;
    return !std::ranges::all_of(text, is_space);
  }
  return any_word(text, ' ', [](std::uint64_t word) { return word ^ kOnes * ' '; }) != 0;
}

bool is_code(std::string_view text) {
  if (text.empty() || is_space(text.front()) || is_space(text.back())) return false;
  const auto others = [](std::uint64_t word) { return any_below(word, 0x21) | any_equal(word, 0x7f); };
  if (any_word(text, '-', others) == 0) return true;
  bool after_space = false;
  for (const char c : text) {
    if (is_control(c) || (is_space(c) && after_space)) return false;
    after_space = is_space(c);
  }
  return true;
}

/// Members of a set of characters, one for each.
constexpr std::array<std::uint8_t, 256> members(std::string_view characters) {
  std::array<std::uint8_t, 256> table{};
  for (const char c : characters)
    table[static_cast<unsigned char>(c)] = 1;
  return table;
}

bool all_in(std::string_view text, const std::array<std::uint8_t, 256>& table) {
  unsigned all = 1;
  for (const char c : text)
    all &= table[static_cast<unsigned char>(c)];
  return all != 0;
}

bool is_id(std::string_view text) {
  static constexpr std::array<std::uint8_t, 256> kAllowed =
      members("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.");
  return !text.empty() && text.size() <= 64 && all_in(text, kAllowed);
}

bool is_oid(std::string_view text) {
  constexpr std::string_view kPrefix = "urn:oid:";
  if (!text.starts_with(kPrefix)) return false;
  text.remove_prefix(kPrefix.size());
  if (text.empty() || text[0] < '0' || text[0] > '2') return false;
  Cursor at(text.substr(1));
  bool any = false;
  while (at.take('.')) {
    if (at.take('0')) {
      any = true;
    } else if (at.digits()) {
      any = true;
    } else {
      return false;
    }
  }
  return any && at.at_end();
}

bool is_uuid_urn(std::string_view text, bool lower_only) {
  constexpr std::string_view kPrefix = "urn:uuid:";
  if (!text.starts_with(kPrefix) || text.size() != kPrefix.size() + 36) return false;
  text.remove_prefix(kPrefix.size());
  if (text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-') return false;
  static constexpr std::array<std::uint8_t, 256> kLower = members("0123456789abcdef");
  static constexpr std::array<std::uint8_t, 256> kBoth = members("0123456789abcdefABCDEF");
  const auto& digits = lower_only ? kLower : kBoth;
  return all_in(text.substr(0, 8), digits) && all_in(text.substr(9, 4), digits) &&
         all_in(text.substr(14, 4), digits) && all_in(text.substr(19, 4), digits) &&
         all_in(text.substr(24), digits);
}

bool is_uri(std::string_view text) {
  const auto refused = [](std::uint64_t word) { return any_below(word, 0x21) | any_equal(word, 0x7f); };
  if (text.empty() || any_word(text, '-', refused) != 0) return false;
  if (text.starts_with("urn:oid:")) return is_oid(text);
  if (text.starts_with("urn:uuid:")) return is_uuid_urn(text.substr(0, text.find_first_of("|#")), false);
  return !text.starts_with("oid:") && !text.starts_with("uuid:");
}

enum Base64Class : std::uint8_t { kOther, kSymbol, kPadding, kBlank };

constexpr std::array<std::uint8_t, 256> base64_classes() {
  std::array<std::uint8_t, 256> classes{};
  const auto set = [&classes](std::string_view members, std::uint8_t kind) {
    for (const char c : members)
      classes[static_cast<unsigned char>(c)] = kind;
  };
  set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", kSymbol);
  set(" \t\r\n", kBlank);
  set("=", kPadding);
  return classes;
}

bool is_base64(std::string_view text) {
  static constexpr std::array<std::uint8_t, 256> kClasses = base64_classes();
  const auto class_of = [](char c) { return kClasses[static_cast<unsigned char>(c)]; };
  std::size_t at = 0;
  // Eight letters a step for as long as nothing else comes between.
  while (text.size() - at >= 8) {
    unsigned other = 0;
    for (std::size_t i = 0; i < 8; ++i)
      other |= class_of(text[at + i]) ^ unsigned { kSymbol };
    if (other != 0) break;
    at += 8;
  }
  std::size_t symbols = at;
  for (; at < text.size(); ++at) {
    const std::uint8_t kind = class_of(text[at]);
    if (kind == kSymbol) {
      ++symbols;
    } else if (kind != kBlank) {
      break;
    }
  }
  std::size_t padding = 0;
  for (; at < text.size(); ++at) {
    const std::uint8_t kind = class_of(text[at]);
    if (kind == kPadding) {
      ++padding;
    } else if (kind != kBlank) {
      return false;
    }
  }
  return symbols != 0 && (symbols + padding) % 4 == 0 && padding <= 2;
}

constexpr std::array<std::string_view, definitions::kPrimitiveCount> kForms = {
    "must be base64: letters, digits, + and / in groups of four, padded with =",
    "must be true or false",
    "must be a URI without spaces, optionally with |version",
    "must be a code: no spaces at either end, none doubled",
    "must be a date that exists: YYYY, YYYY-MM or YYYY-MM-DD",
    "must be a date, or a date and time with seconds and a time zone, that exists",
    "must be a decimal number without leading zeros",
    "must be an id: 1 to 64 letters, digits, - and .",
    "must be an instant that exists: YYYY-MM-DDThh:mm:ss with a time zone",
    "must be a whole number from -2147483648 to 2147483647 without leading zeros",
    "must be text: not only white space, no control characters, at most 1 MB",
    "must be an OID: urn:oid: and numbers separated by dots",
    "must be a whole number from 1 to 2147483647",
    "must be text: not only white space, no control characters, at most 1 MB",
    "must be a time: hh:mm:ss, no time zone, no 24:00",
    "must be a whole number from 0 to 2147483647",
    "must be a URI without spaces; urn:oid: and urn:uuid: well-formed",
    "must be a URL without spaces; urn:oid: and urn:uuid: well-formed",
    "must be a UUID: urn:uuid: and 8-4-4-4-12 lower-case hexadecimal digits",
    "must be an XHTML div",
};

}  // namespace

bool has_form(tree::NameId type, std::string_view text) noexcept {
  switch (type) {
    case definitions::kBase64Binary: return is_base64(text);
    case definitions::kBoolean: return text == "true" || text == "false";
    case definitions::kCode: return is_code(text);
    case definitions::kDate: return is_date(text);
    case definitions::kDateTime: return is_date_time(text);
    case definitions::kDecimal: return is_decimal(text);
    case definitions::kId: return is_id(text);
    case definitions::kInstant: return is_instant(text);
    case definitions::kInteger: return is_integer(text);
    case definitions::kMarkdown:
    case definitions::kString: return is_string(text);
    case definitions::kOid: return is_oid(text);
    case definitions::kPositiveInt: return is_positive_int(text);
    case definitions::kTime: return is_time(text);
    case definitions::kUnsignedInt: return is_magnitude(text, 2147483647u);
    case definitions::kCanonical:
    case definitions::kUri:
    case definitions::kUrl: return is_uri(text);
    case definitions::kUuid: return is_uuid_urn(text, true);
    default: return true;
  }
}

std::string_view form_of(tree::NameId type) noexcept {
  return type < kForms.size() ? kForms[type] : std::string_view("is not of its type");
}

}  // namespace fhir::validate
