#include "gateway/identity/identifiers.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace gateway::identity {
namespace {

bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}
char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// The part after the base of a national system, in lower case, and the spelling it means.
constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kNames = {{
    {"nhs-number", "nhs-number"},
    {"ods-organization-code", "ods-organization-code"},
    {"ods-organisation-code", "ods-organization-code"},
    {"ods-site-code", "ods-site-code"},
    {"dos-service-id", "dos-service-id"},
    {"ubrn", "UBRN"},
    {"ubr-number", "UBRN"},
    {"ers-request-id", "UBRN"},
    {"ers-service", "ers-service"},
    {"sds-user-id", "sds-user-id"},
    {"sds-role-profile-id", "sds-role-profile-id"},
    {"gmc-number", "gmc-number"},
    {"gmp-number", "gmp-number"},
    {"gphc-number", "gphc-number"},
    {"nhsmeshmailboxid", "nhsMESHMailboxId"},
    {"patient-pathway-identifier", "patient-pathway-identifier"},
}};

/// Length of a known base with its `/Id/`, in any letter case, or 0.
std::size_t base_length(std::string_view lowered) noexcept {
  for (const std::string_view base : {"https://fhir.nhs.uk/id/", "http://fhir.nhs.uk/id/",
                                      "http://fhir.nhs.net/id/", "https://fhir.nhs.net/id/"}) {
    if (lowered.substr(0, base.size()) == base) return base.size();
  }
  return 0;
}

}  // namespace

bool is_ods_code(std::string_view text) noexcept {
  if (text.size() < 3 || text.size() > 10) return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || (c >= 'A' && c <= 'Z'); });
}

bool is_ubrn(std::string_view text) noexcept {
  return text.size() == 12 && std::all_of(text.begin(), text.end(), is_digit);
}

std::string canonical_system(std::string_view system) {
  std::string lowered(system);
  std::transform(lowered.begin(), lowered.end(), lowered.begin(), lower);
  if (lowered == "urn:oid:2.16.840.1.113883.2.1.4.1") return std::string(kNhsNumberSystem);
  const std::size_t base = base_length(lowered);
  if (base == 0) return std::string(system);
  const std::string_view name = std::string_view(lowered).substr(base);
  const auto* known =
      std::find_if(kNames.begin(), kNames.end(), [&](const auto& row) { return row.first == name; });
  std::string canonical = "https://fhir.nhs.uk/Id/";
  return canonical.append(known != kNames.end() ? known->second : system.substr(base));
}

}  // namespace gateway::identity
