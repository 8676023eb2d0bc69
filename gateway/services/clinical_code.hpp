// SNOMED CT identifiers: whether one can be true at all, and whether its display names what the code means.
//
// Labels are our own words; a SNOMED CT release is not shipped. Codes of domain.md 2.8. Any thread, static
// storage.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace gateway::services {

inline constexpr std::string_view kSnomed = "http://snomed.info/sct";
inline constexpr std::string_view kTreatmentFunction =
    "https://fhir.hl7.org.uk/CodeSystem/UKCore-TreatmentFunctionCode";

/// 6 to 18 digits, no leading zero, Verhoeff check digit right, partition 00 or 10: a concept
/// (SNOMED CT Technical Implementation Guide, SCTID).
[[nodiscard]] bool is_snomed_concept_id(std::string_view text) noexcept;

/// A code we know. A topic or site is a row of the table of words that displays are checked by.
struct KnownCode {
  std::string_view system;
  std::string_view code;
  std::string_view label;  ///< Our words.
  std::string_view topic;  ///< `physiotherapy`, `psychiatry`, `gout`; empty: none.
  std::string_view site;   ///< `knee`; empty: none.
};
/// True for the systems in use for treatment function codes; find_code knows them all as kTreatmentFunction.
[[nodiscard]] bool is_treatment_function_system(std::string_view system) noexcept;
/// Null when the code is not in the table.
[[nodiscard]] const KnownCode* find_code(std::string_view system, std::string_view code) noexcept;
[[nodiscard]] std::span<const KnownCode> known_codes() noexcept;

enum class CodeCheck : std::uint8_t {
  kAgrees,    ///< No display, or one that names the topic of the code.
  kUnknown,   ///< A possible code that is not in the table.
  kUnsure,    ///< Known code; the display names neither its topic nor any other known one. Harmless wording.
  kMismatch,  ///< The display names another known topic and not the code's own.
  kImpossible,  ///< Not an identifier of its system: wrong form or check digit.
};
/// Checks one coding. Never decides by the display alone.
[[nodiscard]] CodeCheck check_coding(std::string_view system, std::string_view code,
                                     std::string_view display);

}  // namespace gateway::services
