// Identifiers that carry their own check: SNOMED CT (Release File Specification 6) and LOINC.
#pragma once

#include <cstdint>
#include <string_view>

namespace fhir::terminology {

/// What a SNOMED CT identifier names, by its partition.
enum class SnomedComponent : std::uint8_t { kNone, kConcept, kDescription, kRelationship };

/// 6 to 18 digits without a leading zero, a partition that exists, room for a namespace in the long form, and
/// a right Verhoeff check digit; kNone for anything else. Whether the component exists is not known.
[[nodiscard]] SnomedComponent snomed_component(std::string_view id) noexcept;

/// A concept identifier, or a postcoordinated expression whose identifiers are all right (terms between bars,
/// strings and numbers are passed over). The expression's grammar is not checked.
[[nodiscard]] bool is_snomed_code(std::string_view code) noexcept;

/// `8867-4`: one to seven digits and their modulus 10 check digit; or a part, answer, list or group (`LP`,
/// `LA`, `LL`, `LG`), of which the shape alone is checked.
[[nodiscard]] bool is_loinc_code(std::string_view code) noexcept;

}  // namespace fhir::terminology
