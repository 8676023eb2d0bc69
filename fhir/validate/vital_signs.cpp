#include "fhir/validate/vital_signs.hpp"

#include <array>

namespace fhir::validate {
namespace {

/// SNOMED CT codes stand for the same measurement: the profile then asks for the LOINC code beside them.
struct VitalSign {
  std::string_view code;
  std::string_view profile;
};

constexpr auto kLoinc = std::to_array<VitalSign>({
    {"85353-1", "http://hl7.org/fhir/StructureDefinition/vitalspanel"},
    {"9279-1", "http://hl7.org/fhir/StructureDefinition/resprate"},
    {"8867-4", "http://hl7.org/fhir/StructureDefinition/heartrate"},
    {"2708-6", "http://hl7.org/fhir/StructureDefinition/oxygensat"},
    {"8310-5", "http://hl7.org/fhir/StructureDefinition/bodytemp"},
    {"8302-2", "http://hl7.org/fhir/StructureDefinition/bodyheight"},
    {"9843-4", "http://hl7.org/fhir/StructureDefinition/headcircum"},
    {"29463-7", "http://hl7.org/fhir/StructureDefinition/bodyweight"},
    {"39156-5", "http://hl7.org/fhir/StructureDefinition/bmi"},
    {"85354-9", "http://hl7.org/fhir/StructureDefinition/bp"},
});

constexpr auto kSnomed = std::to_array<VitalSign>({
    {"86290005", "http://hl7.org/fhir/StructureDefinition/resprate"},
    {"364075005", "http://hl7.org/fhir/StructureDefinition/heartrate"},
    {"386725007", "http://hl7.org/fhir/StructureDefinition/bodytemp"},
    {"276885007", "http://hl7.org/fhir/StructureDefinition/bodytemp"},
    {"50373000", "http://hl7.org/fhir/StructureDefinition/bodyheight"},
    {"363812007", "http://hl7.org/fhir/StructureDefinition/headcircum"},
    {"27113001", "http://hl7.org/fhir/StructureDefinition/bodyweight"},
    {"60621009", "http://hl7.org/fhir/StructureDefinition/bmi"},
    {"75367002", "http://hl7.org/fhir/StructureDefinition/bp"},
});

template <std::size_t Size>
std::string_view profile_of(const std::array<VitalSign, Size>& signs, std::string_view code) {
  for (const VitalSign& sign : signs) {
    if (sign.code == code) return sign.profile;
  }
  return {};
}

}  // namespace

std::string_view vital_signs_profile(tree::Node observation) {
  for (const tree::Node coding : observation.child("code").children("coding")) {
    const std::string_view system = coding.child("system").text();
    const std::string_view code = coding.child("code").text();
    std::string_view profile;
    if (system == "http://loinc.org") profile = profile_of(kLoinc, code);
    if (system == "http://snomed.info/sct") profile = profile_of(kSnomed, code);
    if (!profile.empty()) return profile;
  }
  return {};
}

}  // namespace fhir::validate
