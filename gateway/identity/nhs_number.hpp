// NHS numbers: ten ASCII digits, the last a modulus 11 check digit. A number that passes is well-formed; it
// is not yet an identity.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <tl/expected.hpp>

namespace gateway::identity {

/// Live refuses the range 999..., which is never issued and is kept for tests; test takes it.
enum class Environment : std::uint8_t { kLive, kTest };

enum class NhsNumberFault : std::uint8_t {
  kNotDigits,   ///< A character that is neither an ASCII digit nor a plain space between digits.
  kLength,      ///< Not ten digits.
  kAllSame,     ///< 0000000000 and its like pass the checksum and belong to nobody.
  kCheckDigit,  ///< Modulus 11 fails.
  kTestRange,   ///< 999... in a live environment.
};
/// What is wrong, without the number.
[[nodiscard]] std::string_view to_text(NhsNumberFault fault) noexcept;

/// The ten digits without spaces. Only U+0020 is taken out, wherever it stands.
[[nodiscard]] tl::expected<std::string, NhsNumberFault> parse_nhs_number(std::string_view text,
                                                                         Environment environment);

/// 943 476 5919, the form for people. `digits` are ten.
[[nodiscard]] std::string grouped_nhs_number(std::string_view digits);

}  // namespace gateway::identity
