// R4 invariants that are wrong as published, with the text HL7 corrected them to later or the smallest change
// that makes them say what their description says.
#include <array>

#include "fhir/validate/invariants.hpp"

namespace fhir::validate {
namespace {

struct Erratum {
  std::string_view key;
  std::string_view part;  ///< Of the published text: keys are not unique in R4.
  std::string_view corrected;
};

constexpr auto kErrata = std::to_array<Erratum>({
    // Gives nothing for an entry without a fullUrl, which then fails.
    {"bdl-8", "_history", "fullUrl.exists() implies fullUrl.contains('/_history/').not()"},
    // `when` repeats, and `in` takes one item.
    {"tim-9", "when in",
     "offset.empty() or (when.exists() and when.where($this in ('C' | 'CM' | 'CD' | 'CV')).empty())"},
    // Compares a CodeableConcept with a string: never equal.
    {"con-3", "problem-list-item",
     "clinicalStatus.exists() or verificationStatus.coding.where(system = "
     "'http://terminology.hl7.org/CodeSystem/condition-ver-status' and code = 'entered-in-error').exists() "
     "or "
     "category.coding.where(system = 'http://terminology.hl7.org/CodeSystem/condition-category' and code = "
     "'problem-list-item').empty()"},
    // `Boolean` is the System type; the element is a FHIR boolean.
    {"que-7", "Boolean", "operator = 'exists' implies (answer is boolean)"},
    // Says "more than one", and asks for it from three on only.
    {"que-12", "enableWhen.count()", "enableWhen.count() >= 2 implies enableBehavior.exists()"},
    // A resource that a parameter holds may be asked to have a profile.
    {"opd-3", "targetProfile",
     "targetProfile.exists() implies (type = 'Reference' or type = 'canonical' or "
     "type.memberOf('http://hl7.org/fhir/ValueSet/resource-types'))"},
    // Without a probability both sides are empty, which fails.
    {"ras-2", "probability",
     "(probability is decimal).not() or probability.empty() or (probability as decimal) <= 100"},
    // `matches` on an absent name gives nothing, which fails; absence is what cardinality is for.
    {"inv-0", "matches", "name.exists() implies name.matches('[A-Z]([A-Za-z0-9_]){0,254}')"},
    // Means the whole path, and matches() finds a part.
    {"eld-19", "path.matches",
     R"(path.matches('^[^\\s\\.,:;\\\'"\\/|?!@#$%&*()\\[\\]{}]{1,64})"
     R"((\\.[^\\s\\.,:;\\\'"\\/|?!@#$%&*()\\[\\]{}]{1,64}(\\[x\\])?(\\:[^\\s\\.]+)?)*$'))"},
});

/// Of profiles. vs-1 gives nothing for a Period, which then fails; a dateTime without a value fails as
/// before.
constexpr std::string_view kVitalSignDate = "($this as dateTime).toString().length() >= 8";
constexpr std::string_view kVitalSignDateCorrected =
    "$this is dateTime implies $this.toString().length() >= 10";

/// The same conditions in a form whose cost is linear: as published they look the whole resource through
/// again for each of its elements.
constexpr auto kRestated = std::to_array<Erratum>({
    {"bdl-3", "request",
     "iif(type = 'batch' or type = 'transaction' or type = 'history', entry.all(request.exists()), "
     "entry.request.empty())"},
    {"bdl-4", "response",
     "iif(type = 'batch-response' or type = 'transaction-response' or type = 'history', "
     "entry.all(response.exists()), entry.response.empty())"},
    {"sdf-8", "element.tail()",
     "(%resource.kind = 'logical' or element.first().path = %resource.type) and defineVariable('start', "
     "element.first().path & '.').element.tail().all(path.startsWith(%start))"},
    {"sdf-8a", "element.tail()",
     "(%resource.kind = 'logical' or element.first().path.startsWith(%resource.type)) and "
     "(element.tail().empty() or "
     "defineVariable('start', element.first().path.replaceMatches('\\\\..*', '') & "
     "'.').element.tail().all(path.startsWith(%start)))"},
});

}  // namespace

std::string_view restated_expression(std::string_view key, std::string_view published) noexcept {
  for (const Erratum& row : kRestated) {
    if (row.key == key && published.find(row.part) != std::string_view::npos) return row.corrected;
  }
  return {};
}

std::string_view corrected_expression(std::string_view key, std::string_view published) noexcept {
  for (const Erratum& erratum : kErrata) {
    if (erratum.key == key && published.find(erratum.part) != std::string_view::npos)
      return erratum.corrected;
  }
  return {};
}

std::string_view corrected_profile_expression(std::string_view published) noexcept {
  return published == kVitalSignDate ? kVitalSignDateCorrected : published;
}

}  // namespace fhir::validate
