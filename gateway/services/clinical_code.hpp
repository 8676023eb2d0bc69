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

/// What kind of thing a known code names. Two codes of one concept group may stand for each other in a
/// display.
struct KnownCode {
  std::string_view system;
  std::string_view code;
  std::string_view label;  ///< Our words.
  std::string_view topic;  ///< `physiotherapy`, `psychiatry`, `knee`.
  std::span<const std::string_view>
      synonyms;  ///< Words that name the topic: any of them in a display is agreement.
};
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
                                     std::string_view display) noexcept;

}  // namespace gateway::services
