// Referral messages for routing, made from a few parts, and the Sussex catalogue to route them by.
#pragma once

#include <gtest/gtest.h>
#include <string>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "gateway/config/yaml.hpp"
#include "gateway/routing/routing.hpp"
#include "gateway/services/fhirpath_conditions.hpp"

namespace gateway::routing {

inline std::string snomed(const std::string& code, const std::string& display = {}) {
  return R"({"system":"http://snomed.info/sct","code":")" + code + '"' +
         (display.empty() ? "" : R"(,"display":")" + display + '"') + "}";
}

/// An ordinary knee; every part can be changed.
struct Referral {
  std::string birth = R"("birthDate":"1961-04-09")";
  std::string code = R"("code":{"coding":[)" + snomed("183545006", "Referral to orthopaedic service") + "]}";
  std::string reason = R"("reasonCode":[{"coding":[)" + snomed("30989003", "Knee pain") +
                       R"(],"text":"Right knee pain, six months"}])";
  std::string priority = R"("priority":"routine")";
  std::string more;  ///< Further members of the ServiceRequest.
  std::string practice = "99S01";
  std::string use_case = "msk-spoa";
  std::string kind = "referral";
  std::string endpoint = "https://fhir.nhs.uk/Id/dos-service-id|2000099001";
  std::string entries;  ///< Further entries, each with a comma before it.

  [[nodiscard]] std::string json() const {
    const auto member = [](const std::string& text) { return text.empty() ? std::string() : "," + text; };
    const std::string ods = "https://fhir.nhs.uk/Id/ods-organization-code";
    return R"({"resourceType":"Bundle","type":"message","entry":[
      {"fullUrl":"urn:uuid:h","resource":{"resourceType":"MessageHeader","eventCoding":{"code":"servicerequest-request"},
        "destination":[{"endpoint":")" +
           endpoint + R"("}],"sender":{"reference":"urn:uuid:org"},
        "source":{"endpoint":"https://gp.example"},"focus":[{"reference":"urn:uuid:sr"}]}},
      {"fullUrl":"urn:uuid:sr","resource":{"resourceType":"ServiceRequest","status":"active","intent":"plan",
        "category":[{"coding":[{"system":"https://fhir.nhs.uk/CodeSystem/message-category-servicerequest","code":")" +
           kind + R"("},
          {"system":"https://fhir.nhs.uk/CodeSystem/usecases-categories-bars","code":")" +
           use_case + R"("}]}],
        "subject":{"reference":"urn:uuid:pat"})" +
           member(code) + member(reason) + member(priority) + member(more) + R"(}},
      {"fullUrl":"urn:uuid:pat","resource":{"resourceType":"Patient","generalPractitioner":[{"reference":"urn:uuid:org"}])" +
           member(birth) + R"(}},
      {"fullUrl":"urn:uuid:org","resource":{"resourceType":"Organization","identifier":[{"system":")" +
           ods + R"(","value":")" + practice + R"("}]}})" + entries + "]}";
  }
};

inline std::string sample_text(const std::string& path) {
  auto text = config::read_text_file(std::string(LIGAMENT_SOURCE_DIR) + "/samples/" + path, 1u << 20);
  EXPECT_TRUE(text.has_value()) << path;
  return text.has_value() ? *text : std::string();
}

inline services::CataloguePtr catalogue_of(std::string sussex) {
  const services::FhirPathConditions compiler(fhir::definitions::r4());
  auto outcome = services::load_catalogue({{"sussex.yaml", std::move(sussex)},
                                           {"calendar.yaml", sample_text("services/calendar.yaml")},
                                           {"red_flags.yaml", sample_text("services/red_flags.yaml")}},
                                          compiler);
  for (const fhir::Issue& issue : outcome.issues.items())
    ADD_FAILURE() << issue.text;
  return outcome.catalogue;
}

inline services::CataloguePtr sussex() {
  return catalogue_of(sample_text("services/sussex.yaml"));
}

/// All of samples/services.
inline services::CataloguePtr all_services() {
  const services::FhirPathConditions compiler(fhir::definitions::r4());
  auto outcome =
      services::load_catalogue_folder(std::string(LIGAMENT_SOURCE_DIR) + "/samples/services", compiler);
  EXPECT_TRUE(outcome.has_value());
  if (!outcome.has_value()) return nullptr;
  for (const fhir::Issue& issue : outcome->issues.items())
    ADD_FAILURE() << issue.text;
  return outcome->catalogue;
}

/// The same, loaded once.
inline const services::ServiceCatalogue& catalogue() {
  static const services::CataloguePtr loaded = all_services();
  return *loaded;
}

/// The member `code` of a request.
inline std::string coded(const std::string& code, const std::string& display = {}) {
  return R"("code":{"coding":[)" + snomed(code, display) + "]}";
}

/// One service at a time when it was at work: its door, a practice of its own, a request it takes.
struct Place {
  const char* service;
  const char* endpoint;
  const char* practice;
  const char* received;
  const char* code;
  const char* destination;

  [[nodiscard]] Referral referral() const {
    Referral made;
    made.endpoint = endpoint;
    made.practice = practice;
    made.code = coded(code);
    return made;
  }
};
inline constexpr Place kPlaces[] = {
    {"sussex-msk", "https://fhir.nhs.uk/Id/dos-service-id|2000099001", "99S01", "2026-11-22T10:00:00Z",
     "306170007", "sussex-hub"},
    {"bedfordshire-msk", "https://fhir.nhs.uk/Id/dos-service-id|2000099002", "99B01", "2015-01-15T10:00:00Z",
     "306170007", "circle-hub"},
    {"oxfordshire-msk", "https://fhir.nhs.uk/Id/dos-service-id|2000099003", "99O01", "2018-01-15T10:00:00Z",
     "306170007", "healthshare"},
    {"vale-of-york-msk", "https://fhir.nhs.uk/Id/dos-service-id|2000099004", "99V01", "2018-06-15T10:00:00Z",
     "306170007", "york-msk-team"},
    {"dorset-msk", "https://fhir.nhs.uk/Id/dos-service-id|2000099005", "99D01", "2020-01-06T10:00:00Z",
     "306170007", "dorset-healthcare"},
};

/// The patient's choice of provider, as the member `extension` of the request.
inline std::string choice(const std::string& ods) {
  return R"("extension":[{"url":"https://ligament.example/fhir/StructureDefinition/patient-choice","extension":[{"url":"chosen","valueReference":{"identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":")" +
         ods + R"("}}}]}])";
}

inline std::string with(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at != std::string::npos) text.replace(at, from.size(), to);
  return text;
}

inline Decision decide_text(const services::ServiceCatalogue& catalogue, const std::string& json,
                            const std::string& received = "2026-11-22T10:00:00Z", Sender sender = {},
                            DestinationCheck check = DestinationCheck::kMustMatch) {
  const auto outcome = fhir::json::read(json, fhir::definitions::r4());
  EXPECT_NE(outcome.tree, nullptr) << (outcome.issues.empty() ? json : outcome.issues.items().front().text);
  if (outcome.tree == nullptr) return {};
  const gate::GateResult gate = gate::inspect(catalogue.red_flags(), outcome.tree->root());
  const RoutingInput input{.bundle = outcome.tree->root(),
                           .received = *fhir::parse_instant(received),
                           .catalogue = catalogue,
                           .gate = gate,
                           .sender = std::move(sender),
                           .destination = check,
                           .use_cases = {}};
  return decide(input);
}

inline std::string outcome_of(const Decision& decision) {
  return std::string(services::to_code(decision.outcome)) + ' ' + decision.reason;
}

inline bool fired(const Decision& decision, const std::string& rule) {
  for (const RuleId& id : decision.rules) {
    if (id.id == rule) return true;
  }
  return false;
}

}  // namespace gateway::routing
