#include "gateway/rest/terminology_operations.hpp"

#include <array>
#include <string>
#include <vector>

#include "fhir/terminology/operations.hpp"

namespace gateway::rest {
namespace {

using fhir::ErrorCode;
using fhir::terminology::Coded;
using fhir::terminology::Terminology;
using fhir::tree::Node;
using fhir::tree::TreePtr;
using Answer = fhir::Result<TreePtr>;

constexpr auto kExpand = std::to_array<std::string_view>({"url", "valueSet", "valueSetVersion", "filter",
                                                          "offset", "count", "includeDesignations",
                                                          "activeOnly", "displayLanguage", "excludeNested"});
constexpr auto kValidateInSet =
    std::to_array<std::string_view>({"url", "valueSet", "valueSetVersion", "code", "system", "systemVersion",
                                     "display", "coding", "codeableConcept"});
constexpr auto kValidateInSystem =
    std::to_array<std::string_view>({"url", "version", "code", "display", "coding", "codeableConcept"});
constexpr auto kLookup = std::to_array<std::string_view>({"code", "system", "version", "coding", "property"});
constexpr auto kSubsumes =
    std::to_array<std::string_view>({"codeA", "codeB", "system", "version", "codingA", "codingB"});
constexpr auto kTranslate = std::to_array<std::string_view>(
    {"url", "conceptMap", "conceptMapVersion", "code", "system", "version", "source", "coding",
     "codeableConcept", "target", "targetsystem", "reverse"});

/// `url|version` of two parameters.
std::string canonical(const OperationInput& input, std::string_view version) {
  std::string url(input.text("url"));
  const std::string_view wanted = input.text(version);
  if (!url.empty() && !wanted.empty() && url.find('|') == std::string::npos) url.append("|").append(wanted);
  return url;
}

/// The Coding of `coding`, else code, system, version and display.
Coded coded(const OperationInput& input, std::string_view version) {
  if (const Node coding = input.value("coding")) return fhir::terminology::coded_of(coding);
  return {input.text("system"), input.text(version), input.text("code"), input.text("display")};
}

Answer answer_expand(const Terminology& terms, const OperationInput& input, fhir::Instant now) {
  const std::string url = canonical(input, "valueSetVersion");
  const std::string timestamp = fhir::to_text(now);
  fhir::terminology::ExpandRequest request;
  request.url = url;
  request.value_set = input.resource("valueSet");
  request.filter = input.text("filter");
  request.designations = input.flag("includeDesignations");
  request.active_only = input.flag("activeOnly");
  request.language = input.text("displayLanguage");
  request.timestamp = timestamp;
  std::optional<std::size_t> offset;
  if (!input.number("offset", offset) || !input.number("count", request.count))
    return fhir::fail(ErrorCode::kInvalidRequest, "offset and count are numbers from 0 on");
  request.offset = offset.value_or(0);
  if (request.url.empty() && !request.value_set)
    return fhir::fail(ErrorCode::kInvalidRequest, "name a value set by its url, or send it");
  return fhir::terminology::expand(terms, request);
}

Answer answer_in_set(const Terminology& terms, const OperationInput& input, fhir::Instant /*now*/) {
  const std::string url = canonical(input, "valueSetVersion");
  fhir::terminology::ValidateCodeRequest request;
  request.value_set = url;
  request.value_set_resource = input.resource("valueSet");
  request.coded = coded(input, "systemVersion");
  request.concept_node = input.value("codeableConcept");
  if (request.value_set.empty() && !request.value_set_resource)
    return fhir::fail(ErrorCode::kInvalidRequest, "name a value set by its url, or send it");
  return fhir::terminology::validate_code(terms, request);
}

Answer answer_in_system(const Terminology& terms, const OperationInput& input, fhir::Instant /*now*/) {
  fhir::terminology::ValidateCodeRequest request;
  request.system = input.text("url");
  request.coded = coded(input, "version");
  request.concept_node = input.value("codeableConcept");
  return fhir::terminology::validate_code(terms, request);
}

Answer answer_lookup(const Terminology& terms, const OperationInput& input, fhir::Instant /*now*/) {
  return fhir::terminology::lookup(terms, coded(input, "version"), input.texts("property"));
}

Answer answer_subsumes(const Terminology& terms, const OperationInput& input, fhir::Instant /*now*/) {
  const auto side = [&input](std::string_view code, std::string_view coding) {
    if (const Node given = input.value(coding)) return fhir::terminology::coded_of(given);
    return Coded{input.text("system"), input.text("version"), input.text(code), {}};
  };
  return fhir::terminology::subsumes(terms, side("codeA", "codingA"), side("codeB", "codingB"));
}

Answer answer_translate(const Terminology& terms, const OperationInput& input, fhir::Instant /*now*/) {
  const std::string url = canonical(input, "conceptMapVersion");
  fhir::terminology::TranslateRequest request;
  request.url = url;
  request.concept_map = input.resource("conceptMap");
  request.source = input.text("source");
  request.target = input.text("target");
  request.target_system = input.text("targetsystem");
  request.reverse = input.flag("reverse");
  if (const Node concept_node = input.value("codeableConcept")) {
    for (const Node coding : concept_node.children("coding"))
      request.codings.push_back(fhir::terminology::coded_of(coding));
  } else {
    request.codings.push_back(coded(input, "version"));
  }
  return fhir::terminology::translate(terms, request);
}

constexpr TerminologyOperation kOperations[] = {
    {"ValueSet", "expand", "http://hl7.org/fhir/OperationDefinition/ValueSet-expand", kExpand, answer_expand},
    {"ValueSet", "validate-code", "http://hl7.org/fhir/OperationDefinition/ValueSet-validate-code",
     kValidateInSet, answer_in_set},
    {"CodeSystem", "lookup", "http://hl7.org/fhir/OperationDefinition/CodeSystem-lookup", kLookup,
     answer_lookup},
    {"CodeSystem", "validate-code", "http://hl7.org/fhir/OperationDefinition/CodeSystem-validate-code",
     kValidateInSystem, answer_in_system},
    {"CodeSystem", "subsumes", "http://hl7.org/fhir/OperationDefinition/CodeSystem-subsumes", kSubsumes,
     answer_subsumes},
    {"ConceptMap", "translate", "http://hl7.org/fhir/OperationDefinition/ConceptMap-translate", kTranslate,
     answer_translate},
};

}  // namespace

std::span<const TerminologyOperation> terminology_operations() noexcept {
  return kOperations;
}

}  // namespace gateway::rest
