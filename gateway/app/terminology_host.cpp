#include "gateway/app/terminology_host.hpp"

#include <vector>

namespace gateway::app {
namespace {

using fhir::terminology::Coded;

std::vector<Coded> codes_of(const fhir::path::Value& value) {
  std::vector<Coded> codes;
  if (!value.is_node()) return codes;
  const fhir::tree::Node node = value.node();
  if (node.type() != "CodeableConcept") return {fhir::terminology::coded_of(node)};
  for (const fhir::tree::Node coding : node.children("coding"))
    codes.push_back(fhir::terminology::coded_of(coding));
  return codes;
}

}  // namespace

std::optional<bool> TerminologyHost::member_of(fhir::tree::Node coded, std::string_view value_set) {
  return terms_.member_of(coded, value_set);
}

std::optional<bool> TerminologyHost::subsumes(const fhir::path::Value& general,
                                              const fhir::path::Value& special) {
  std::optional<bool> answer;
  for (const Coded& upper : codes_of(general)) {
    for (const Coded& lower : codes_of(special)) {
      const auto one = terms_.subsumes(upper, lower);
      if (one == true) return true;
      if (one) answer = false;
    }
  }
  return answer;
}

}  // namespace gateway::app
