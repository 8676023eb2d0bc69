#include "fhir/patch/number_text.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <string>
#include <tuple>

namespace fhir::patch {

namespace {

/// sign * digits * 10^exponent, digits without zeros at either end; no digits for zero.
struct Scaled {
  bool negative = false;
  std::string digits;
  std::int64_t exponent = 0;
  friend bool operator==(const Scaled&, const Scaled&) = default;
};

std::int64_t exponent_of(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  constexpr std::int64_t kFar = std::numeric_limits<std::int64_t>::max() / 4;
  if (error == std::errc::result_out_of_range) return text.starts_with('-') ? -kFar : kFar;
  return std::clamp(value, -kFar, kFar);
}

Scaled scaled(std::string_view text) {
  Scaled out;
  out.negative = text.starts_with('-');
  if (out.negative) text.remove_prefix(1);
  if (const std::size_t e = text.find_first_of("eE"); e != std::string_view::npos) {
    out.exponent = exponent_of(text.substr(e + 1));
    text = text.substr(0, e);
  }
  const std::size_t point = text.find('.');
  if (point != std::string_view::npos) out.exponent -= static_cast<std::int64_t>(text.size() - point - 1);
  for (const char c : text) {
    if (c != '.' && (c != '0' || !out.digits.empty())) out.digits.push_back(c);
  }
  while (out.digits.ends_with('0')) {
    out.digits.pop_back();
    ++out.exponent;
  }
  return out.digits.empty() ? Scaled{} : out;
}

}  // namespace

bool same_number(std::string_view a, std::string_view b) {
  return a == b || scaled(a) == scaled(b);
}

}  // namespace fhir::patch
