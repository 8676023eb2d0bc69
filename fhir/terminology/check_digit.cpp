#include "fhir/terminology/check_digit.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace fhir::terminology {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}
std::size_t digit(char c) {
  return static_cast<std::size_t>(c - '0');
}

/// The product of two digits in the dihedral group of order ten: 0 to 4 are turns, 5 to 9 mirror images.
constexpr std::size_t dihedral(std::size_t a, std::size_t b) {
  const std::size_t turn = a < 5 ? (a + b % 5) % 5 : (a % 5 + 5 - b % 5) % 5;
  return (a < 5) == (b < 5) ? turn : turn + 5;
}

/// Verhoeff's permutation, applied once for each position from the right.
constexpr std::array<std::size_t, 10> kPermutation = {1, 5, 7, 6, 2, 8, 3, 0, 9, 4};

bool passes_verhoeff(std::string_view digits) {
  std::size_t sum = 0;
  for (std::size_t place = 0; place < digits.size(); ++place) {
    std::size_t value = digit(digits[digits.size() - 1 - place]);
    for (std::size_t turn = 0; turn < place % 8; ++turn)
      value = kPermutation[value];
    sum = dihedral(sum, value);
  }
  return sum == 0;
}

/// Past the closing `mark`, or the end.
std::size_t past(std::string_view text, std::size_t from, char mark) {
  const std::size_t end = text.find(mark, from);
  return end == std::string_view::npos ? text.size() : end + 1;
}

}  // namespace

SnomedComponent snomed_component(std::string_view id) noexcept {
  constexpr std::size_t kShortest = 6;
  constexpr std::size_t kLongest = 18;
  constexpr std::size_t kShortestWithNamespace = 11;
  if (id.size() < kShortest || id.size() > kLongest || !all_digits(id) || id.front() == '0')
    return SnomedComponent::kNone;
  const char form = id[id.size() - 3];
  if (form != '0' && (form != '1' || id.size() < kShortestWithNamespace)) return SnomedComponent::kNone;
  if (!passes_verhoeff(id)) return SnomedComponent::kNone;
  switch (id[id.size() - 2]) {
    case '0': return SnomedComponent::kConcept;
    case '1': return SnomedComponent::kDescription;
    case '2': return SnomedComponent::kRelationship;
    default: return SnomedComponent::kNone;
  }
}

bool is_snomed_code(std::string_view code) noexcept {
  if (all_digits(code)) return snomed_component(code) == SnomedComponent::kConcept;
  constexpr std::string_view kExpression = ":+=,|{}()<>#\" .-";
  bool found = false;
  for (std::size_t at = 0; at < code.size();) {
    const char c = code[at];
    if (c == '|' || c == '"') {
      at = past(code, at + 1, c);
    } else if (c == '#') {
      at = std::min(code.find_first_not_of("0123456789.-+", at + 1), code.size());
    } else if (is_digit(c)) {
      const std::size_t end = std::min(code.find_first_not_of("0123456789", at), code.size());
      if (snomed_component(code.substr(at, end - at)) != SnomedComponent::kConcept) return false;
      found = true;
      at = end;
    } else if (kExpression.find(c) == std::string_view::npos) {
      return false;
    } else {
      ++at;
    }
  }
  return found;
}

bool is_loinc_code(std::string_view code) noexcept {
  const std::size_t dash = code.find('-');
  if (dash == std::string_view::npos || dash == 0 || code.size() != dash + 2 || !is_digit(code.back()))
    return false;
  std::string_view number = code.substr(0, dash);
  constexpr std::array<std::string_view, 4> kParts = {"LP", "LA", "LL", "LG"};
  if (std::find(kParts.begin(), kParts.end(), number.substr(0, 2)) != kParts.end())
    return all_digits(number.substr(2));
  constexpr std::size_t kLongest = 7;
  if (number.size() > kLongest || !all_digits(number)) return false;
  std::size_t sum = 0;
  for (std::size_t place = 0; place < number.size(); ++place) {
    const std::size_t value = digit(number[number.size() - 1 - place]) * (place % 2 == 0 ? 2 : 1);
    sum += value / 10 + value % 10;
  }
  return (10 - sum % 10) % 10 == digit(code.back());
}

}  // namespace fhir::terminology
