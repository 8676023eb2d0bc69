// The short lists of codes that other standards keep and FHIR only refers to.
#pragma once

#include <string_view>

namespace fhir::terminology {

/// Each a list of codes, sorted, one space between two.
/// ISO 639-1: languages of two letters.
[[nodiscard]] std::string_view language_codes() noexcept;
/// ISO 3166-1: countries of two letters.
[[nodiscard]] std::string_view country_codes() noexcept;
/// ISO 4217: currencies and funds of three letters, as they are in force.
[[nodiscard]] std::string_view currency_codes() noexcept;

/// Cost: a binary search. `en`
[[nodiscard]] bool is_language(std::string_view code) noexcept;
/// `GB`
[[nodiscard]] bool is_country(std::string_view code) noexcept;
/// `GBP`
[[nodiscard]] bool is_currency(std::string_view code) noexcept;

}  // namespace fhir::terminology
