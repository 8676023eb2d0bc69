#include "fhir/validate/vital_signs.hpp"

#include <array>

namespace fhir::validate {
namespace {

struct VitalSign {
  std::string_view loinc;
  std::string_view profile;
};

constexpr auto kVitalSigns = std::to_array<VitalSign>({
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

}  // namespace

std::string_view vital_signs_profile(tree::Node observation) {
  for (const tree::Node coding : observation.child("code").children("coding")) {
    if (coding.child("system").text() != "http://loinc.org") continue;
    const std::string_view code = coding.child("code").text();
    for (const VitalSign& sign : kVitalSigns) {
      if (sign.loinc == code) return sign.profile;
    }
  }
  return {};
}

}  // namespace fhir::validate
