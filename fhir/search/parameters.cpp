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

constexpr std::array kServiceRequest = {
    kIdentifierParameter,
    token("requisition", Extract::kIdentifier, "requisition"),
    kStatusParameter,
    token("intent", Extract::kCode, "intent"),
    token("priority", Extract::kCode, "priority"),
    token("category", Extract::kConcept, "category"),
    reference("patient", "subject", "Patient"),
    reference("subject", "subject"),
    reference("based-on", "basedOn"),
    reference("requester", "requester"),
    reference("performer", "performer"),
    Parameter{"authored", IndexKind::kDate, Extract::kDate, "authoredOn"},
};
constexpr std::array kTask = {
    kIdentifierParameter,
    kStatusParameter,
    token("business-status", Extract::kConcept, "businessStatus"),
    token("group-identifier", Extract::kIdentifier, "groupIdentifier"),
    token("priority", Extract::kCode, "priority"),
    reference("patient", "for", "Patient"),
    reference("subject", "for"),
    reference("focus", "focus"),
    reference("owner", "owner"),
    reference("requester", "requester"),
    reference("part-of", "partOf"),
    reference("based-on", "basedOn"),
};
constexpr std::array kCommunication = {
    kIdentifierParameter,
    kStatusParameter,
    reference("patient", "subject", "Patient"),
    reference("subject", "subject"),
    reference("based-on", "basedOn"),
    reference("recipient", "recipient"),
    reference("sender", "sender"),
    Parameter{"sent", IndexKind::kDate, Extract::kDate, "sent"},
};
constexpr std::array kPatient = {
    kIdentifierParameter,
    Parameter{"birthdate", IndexKind::kDate, Extract::kDate, "birthDate"},
    reference("general-practitioner", "generalPractitioner"),
    reference("organization", "managingOrganization"),
};
constexpr std::array kAppointment = {
    kIdentifierParameter,
    kStatusParameter,
    reference("patient", "participant.actor", "Patient"),
    reference("actor", "participant.actor"),
    reference("based-on", "basedOn"),
    Parameter{"date", IndexKind::kDate, Extract::kDate, "start"},
};
constexpr std::array kSubjectAndStatus = {
    kIdentifierParameter,
    kStatusParameter,
    reference("patient", "subject", "Patient"),
    reference("subject", "subject"),
};
constexpr std::array kCondition = {
    kIdentifierParameter,
    token("clinical-status", Extract::kConcept, "clinicalStatus"),
    token("code", Extract::kConcept, "code"),
    reference("patient", "subject", "Patient"),
    reference("subject", "subject"),
};
constexpr std::array kPatientOnly = {kIdentifierParameter, reference("patient", "patient", "Patient")};
constexpr std::array kIdentified = {kIdentifierParameter};
constexpr std::array kProvenance = {
    reference("target", "target"),
    reference("patient", "target", "Patient"),
    Parameter{"recorded", IndexKind::kDate, Extract::kDate, "recorded"},
};
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
    TypeParameters{"CarePlan", kSubjectAndStatus},
    TypeParameters{"Communication", kCommunication},
    TypeParameters{"Composition", kSubjectAndStatus},
    TypeParameters{"Condition", kCondition},
    TypeParameters{"Consent", kConsent},
    TypeParameters{"DiagnosticReport", kSubjectAndStatus},
    TypeParameters{"DocumentReference", kSubjectAndStatus},
    TypeParameters{"Encounter", kSubjectAndStatus},
    TypeParameters{"EpisodeOfCare", kConsent},
    TypeParameters{"Flag", kSubjectAndStatus},
    TypeParameters{"HealthcareService", kIdentified},
    TypeParameters{"Location", kIdentified},
    TypeParameters{"MedicationStatement", kSubjectAndStatus},
    TypeParameters{"MessageHeader", {}},
    TypeParameters{"Observation", kSubjectAndStatus},
    TypeParameters{"Organization", kIdentified},
    TypeParameters{"Patient", kPatient},
    TypeParameters{"Practitioner", kIdentified},
    TypeParameters{"PractitionerRole", kIdentified},
    TypeParameters{"Procedure", kSubjectAndStatus},
    TypeParameters{"Provenance", kProvenance},
    TypeParameters{"QuestionnaireResponse", kSubjectAndStatus},
    TypeParameters{"RelatedPerson", kPatientOnly},
    TypeParameters{"ServiceRequest", kServiceRequest},
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
