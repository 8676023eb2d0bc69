// Is a code in a value set? For the value sets that R4 binds as required.
//
//   const ValueSetId genders = r4.find_value_set("http://hl7.org/fhir/ValueSet/administrative-gender");
//   if (find_code(r4, genders, "female") == Verdict::kNotMember) ...
//
// Codes and systems are compared exactly, case included. Any thread. Cost: one hash and about one compare.
#pragma once

#include <string_view>

#include "fhir/definitions/definitions.hpp"

namespace fhir::terminology {

enum class Verdict {
  kMember,
  kNotMember,
  /// The set cannot be enumerated here: its content is open (MIME types of BCP 13, UCUM, ISO 4217, BCP 47) or
  /// was not compiled. The code has the syntax of the set where it has one; whether it is a member is not
  /// known, and must not be reported as if it were.
  kUnchecked,
};

/// A `code` element: the system is implied. Of a set over several systems any may hold the code. `set` is not
/// kNoValueSet.
[[nodiscard]] Verdict find_code(const definitions::Definitions& definitions, definitions::ValueSetId set,
                                std::string_view code) noexcept;

/// A Coding. An empty `system` is no member of an enumerated set.
[[nodiscard]] Verdict find_coding(const definitions::Definitions& definitions, definitions::ValueSetId set,
                                  std::string_view system, std::string_view code) noexcept;

/// `type/subtype`, with parameters after `;` (RFC 6838 4.2 restricted names); or `xml`, `json` or `ttl`,
/// which FHIR allows for its own formats (CapabilityStatement.format).
[[nodiscard]] bool is_mime_type(std::string_view code) noexcept;
/// A language tag by shape (RFC 5646 2.1): 2 to 8 letters, or `i` or `x`, then subtags of 1 to 8 letters and
/// digits.
[[nodiscard]] bool is_language_tag(std::string_view code) noexcept;
/// Three capital letters (ISO 4217).
[[nodiscard]] bool is_currency_code(std::string_view code) noexcept;
/// Printable ASCII without spaces, brackets and braces in pairs (UCUM case sensitive); units themselves are
/// not looked up.
[[nodiscard]] bool is_ucum_text(std::string_view code) noexcept;

}  // namespace fhir::terminology
