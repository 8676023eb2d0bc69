#include "fhir/search/parameters.hpp"

#include <algorithm>
#include <array>

namespace fhir::search {
namespace {

constexpr Parameter token(std::string_view name, Extract extract, std::string_view path) {
  return {name, IndexKind::kToken, extract, path};
}
constexpr Parameter reference(std::string_view name, std::string_view path, std::string_view target = {}) {
  return {name, IndexKind::kReference, Extract::kReference, path, target};
}
constexpr Parameter kIdentifierParameter = token("identifier", Extract::kIdentifier, "identifier");
constexpr Parameter kStatusParameter = token("status", Extract::kCode, "status");

// What every write pays for is what callers ask by: identifier, patient and status. A further parameter is a
// line here.
constexpr std::array kRequest = {kIdentifierParameter, kStatusParameter,
                                 reference("patient", "subject", "Patient")};
// One parameter over two elements (R4): two rows of one name.
constexpr std::array kDocument = {kIdentifierParameter,
                                  token("identifier", Extract::kIdentifier, "masterIdentifier"),
                                  kStatusParameter, reference("patient", "subject", "Patient")};
constexpr std::array kTask = {kIdentifierParameter, kStatusParameter, reference("patient", "for", "Patient")};
constexpr std::array kAppointment = {kIdentifierParameter, kStatusParameter,
                                     reference("patient", "participant.actor", "Patient")};
constexpr std::array kCondition = {kIdentifierParameter, reference("patient", "subject", "Patient")};
constexpr std::array kPatientOnly = {kIdentifierParameter, reference("patient", "patient", "Patient")};
constexpr std::array kIdentified = {kIdentifierParameter};
constexpr std::array kProvenance = {reference("patient", "target", "Patient")};
constexpr std::array kConsent = {kIdentifierParameter, kStatusParameter,
                                 reference("patient", "patient", "Patient")};

struct TypeParameters {
  std::string_view type;
  std::span<const Parameter> parameters;
};

constexpr std::array kTypes = {
    // sorted by type
    TypeParameters{"AllergyIntolerance", kPatientOnly},
    TypeParameters{"Appointment", kAppointment},
    TypeParameters{"AuditEvent", {}},
    TypeParameters{"Binary", {}},
    TypeParameters{"Bundle", kIdentified},
    TypeParameters{"CarePlan", kRequest},
    TypeParameters{"Communication", kRequest},
    TypeParameters{"Composition", kRequest},
    TypeParameters{"Condition", kCondition},
    TypeParameters{"Consent", kConsent},
    TypeParameters{"DiagnosticReport", kRequest},
    TypeParameters{"DocumentReference", kDocument},
    TypeParameters{"Encounter", kRequest},
    TypeParameters{"EpisodeOfCare", kConsent},
    TypeParameters{"Flag", kRequest},
    TypeParameters{"HealthcareService", kIdentified},
    TypeParameters{"Location", kIdentified},
    TypeParameters{"MedicationStatement", kRequest},
    TypeParameters{"MessageHeader", {}},
    TypeParameters{"Observation", kRequest},
    TypeParameters{"Organization", kIdentified},
    TypeParameters{"Patient", kIdentified},
    TypeParameters{"Practitioner", kIdentified},
    TypeParameters{"PractitionerRole", kIdentified},
    TypeParameters{"Procedure", kRequest},
    TypeParameters{"Provenance", kProvenance},
    TypeParameters{"QuestionnaireResponse", kRequest},
    TypeParameters{"RelatedPerson", kPatientOnly},
    TypeParameters{"ServiceRequest", kRequest},
    TypeParameters{"Slot", kIdentified},
    TypeParameters{"Task", kTask},
};
static_assert(std::ranges::is_sorted(kTypes, {}, &TypeParameters::type));

const TypeParameters* lookup(std::string_view type) noexcept {
  const auto* const at = std::ranges::lower_bound(kTypes, type, {}, &TypeParameters::type);
  return at != kTypes.end() && at->type == type ? at : nullptr;
}

}  // namespace

std::span<const Parameter> parameters_of(std::string_view resource_type) noexcept {
  const TypeParameters* const found = lookup(resource_type);
  return found == nullptr ? std::span<const Parameter>() : found->parameters;
}

bool is_searchable(std::string_view resource_type) noexcept {
  return lookup(resource_type) != nullptr;
}

}  // namespace fhir::search
