// Is a code in a value set? For the value sets that R4 binds as required.
//
//   const ValueSetId genders = r4.find_value_set("http://hl7.org/fhir/ValueSet/administrative-gender");
//   if (find_code(r4, genders, "female") == Verdict::kNotMember) ...
//
// Codes and systems are compared exactly, case included. The sets that have a syntax instead of a list (MIME
// types, UCUM, BCP 47, ISO 4217) are judged by it, see syntax.hpp. Any thread. Cost: one hash and about one
// compare.
#pragma once

#include <string_view>

#include "fhir/definitions/definitions.hpp"

namespace fhir::terminology {

enum class Verdict {
  kMember,
  kNotMember,
  /// The set was not compiled, or the code keeps the syntax of its system while nobody here knows whether it
  /// exists (a language of three letters). It must not be reported as if it were a member.
  kUnchecked,
};

/// A `code` element: the system is implied. Of a set over several systems any may hold the code. `set` is not
/// kNoValueSet.
[[nodiscard]] Verdict find_code(const definitions::Definitions& definitions, definitions::ValueSetId set,
                                std::string_view code);

/// A Coding. An empty `system` is no member of an enumerated set.
[[nodiscard]] Verdict find_coding(const definitions::Definitions& definitions, definitions::ValueSetId set,
                                  std::string_view system, std::string_view code);

/// `type/subtype`, with parameters after `;` (RFC 6838 4.2 restricted names); or `xml`, `json` or `ttl`,
/// which FHIR allows for its own formats (CapabilityStatement.format).
[[nodiscard]] bool is_mime_type(std::string_view code) noexcept;
}  // namespace fhir::terminology
