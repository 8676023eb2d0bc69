// Syntax of the other national identifiers. Well-formed only: whether one exists is another question.
#pragma once

#include <string>
#include <string_view>

namespace gateway::identity {

inline constexpr std::string_view kNhsNumberSystem = "https://fhir.nhs.uk/Id/nhs-number";
/// The mark of test traffic, in meta.tag or meta.security.
inline constexpr std::string_view kActReasonSystem = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
inline constexpr std::string_view kTestMark = "HTEST";
inline constexpr std::string_view kOdsSystem = "https://fhir.nhs.uk/Id/ods-organization-code";
inline constexpr std::string_view kOdsSiteSystem = "https://fhir.nhs.uk/Id/ods-site-code";
inline constexpr std::string_view kUbrnSystem = "https://fhir.nhs.uk/Id/UBRN";
inline constexpr std::string_view kDosServiceSystem = "https://fhir.nhs.uk/Id/dos-service-id";

/// An ODS code: 3 to 10 upper-case letters and digits (RDR, H81001, R1K04).
[[nodiscard]] bool is_ods_code(std::string_view text) noexcept;

/// A UBRN: exactly 12 ASCII digits.
[[nodiscard]] bool is_ubrn(std::string_view text) noexcept;

/// The system a national identifier system means, whatever spelling it came in: lower-case `/id/`, http for
/// https, the old fhir.nhs.net names, the UBRN's three names. Systems that are not national come back as they
/// are.
[[nodiscard]] std::string canonical_system(std::string_view system);

}  // namespace gateway::identity
