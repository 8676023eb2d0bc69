#include "gateway/identity/nhs_number.hpp"

#include <algorithm>

namespace gateway::identity {
namespace {

constexpr std::size_t kLength = 10;

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

/// NHS Data Dictionary, NHS NUMBER: weights 10 to 2; 11 less the remainder; 11 means 0, 10 means there is no
/// such number.
bool check_digit_fits(std::string_view digits) noexcept {
  int sum = 0;
  for (std::size_t i = 0; i + 1 < kLength; ++i)
    sum += (digits[i] - '0') * static_cast<int>(kLength - i);
  const int check = (11 - sum % 11) % 11;
  return check != 10 && check == digits[kLength - 1] - '0';
}

}  // namespace

std::string_view to_text(NhsNumberFault fault) noexcept {
  switch (fault) {
    case NhsNumberFault::kNotDigits:
      return "an NHS number consists of the digits 0 to 9; only plain spaces may separate them";
    case NhsNumberFault::kLength: return "an NHS number has ten digits";
    case NhsNumberFault::kAllSame: return "an NHS number of ten equal digits belongs to nobody";
    case NhsNumberFault::kCheckDigit: return "the check digit of the NHS number (modulus 11) is wrong";
    case NhsNumberFault::kTestRange:
      return "NHS numbers beginning 999 are for tests and are not taken in a live environment";
  }
  return "";
}

tl::expected<std::string, NhsNumberFault> parse_nhs_number(std::string_view text, Environment environment) {
  std::string digits;
  for (const char c : text) {
    if (c == ' ') continue;
    if (!is_digit(c)) return tl::unexpected(NhsNumberFault::kNotDigits);
    if (digits.size() == kLength) return tl::unexpected(NhsNumberFault::kLength);
    digits.push_back(c);
  }
  if (digits.size() != kLength) return tl::unexpected(NhsNumberFault::kLength);
  if (digits.find_first_not_of(digits[0]) == std::string::npos)
    return tl::unexpected(NhsNumberFault::kAllSame);
  if (!check_digit_fits(digits)) return tl::unexpected(NhsNumberFault::kCheckDigit);
  if (environment == Environment::kLive && digits.compare(0, 3, "999") == 0)
    return tl::unexpected(NhsNumberFault::kTestRange);
  return digits;
}

std::string grouped_nhs_number(std::string_view digits) {
  if (digits.size() != kLength) return std::string(digits);
  std::string text(digits.substr(0, 3));
  text.append(" ").append(digits.substr(3, 3)).append(" ").append(digits.substr(6));
  return text;
}

}  // namespace gateway::identity
