// Code systems that nobody enumerates: a rule of their own says what a code of theirs looks like.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace fhir::terminology {

enum class Syntax : std::uint8_t {
  kUcum,         ///< http://unitsofmeasure.org
  kLanguage,     ///< urn:ietf:bcp:47
  kMimeType,     ///< urn:ietf:bcp:13
  kUri,          ///< urn:ietf:rfc:3986
  kCurrency,     ///< urn:iso:std:iso:4217
  kCountry,      ///< urn:iso:std:iso:3166
  kSubdivision,  ///< urn:iso:std:iso:3166:-2
  kRegion,       ///< http://unstats.un.org/unsd/methods/m49/m49.htm
  kSnomed,       ///< http://snomed.info/sct
  kLoinc,        ///< http://loinc.org
};

enum class SyntaxVerdict : std::uint8_t {
  kValid,    ///< The rule is the whole truth: the code is one of the system.
  kInvalid,  ///< It breaks the rule.
  kUnknown,  ///< It keeps the rule, and more would have to be known to say that it exists.
};

/// The syntax of a system by its URL; empty for other systems.
[[nodiscard]] std::optional<Syntax> syntax_of(std::string_view system) noexcept;

/// SNOMED CT and LOINC are never kValid: their content is not here. Any thread. Cost: linear in the code.
[[nodiscard]] SyntaxVerdict judge(Syntax syntax, std::string_view code);

/// All codes of the system, sorted, one space between two; empty when they cannot be listed.
[[nodiscard]] std::string_view enumerated_codes(Syntax syntax) noexcept;

}  // namespace fhir::terminology
