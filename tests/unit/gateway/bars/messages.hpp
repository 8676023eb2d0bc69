// Small messages of our own making, as JSON, and what the tests of this room ask of them.
#pragma once

#include <string>
#include <string_view>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/json/writer.hpp"
#include "gateway/bars/decision.hpp"
#include "gateway/bars/message.hpp"

namespace gateway::bars {

inline fhir::tree::TreePtr read(std::string_view json) {
  return fhir::json::read(json, fhir::definitions::r4()).tree;
}

/// The parts of a message that the tests vary.
struct Draft {
  std::string version = R"("versionId":"1.4.0",)";
  std::string event = "servicerequest-request";
  std::string reason = "new";
  std::string category = "referral";
  std::string use_case = "msk";
  std::string status = "active";
  std::string response;  ///< Inside MessageHeader, with its comma.
  std::string focus = "urn:uuid:00000000-0000-4000-8000-000000000002";
  std::string request_more;  ///< Inside ServiceRequest, with its comma.
  std::string entries;       ///< Further entries, each with its comma first.

  [[nodiscard]] std::string json() const {
    std::string text =
        R"({"resourceType":"Bundle","id":"00000000-0000-4000-8000-000000000001","meta":{)" + version +
        R"("lastUpdated":"2026-11-02T09:00:00Z"},"type":"message","timestamp":"2026-11-02T09:00:00Z","entry":[)";
    text +=
        R"({"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000009","resource":{"resourceType":"MessageHeader",)"
        R"("eventCoding":{"system":"https://fhir.nhs.uk/CodeSystem/message-events-bars","code":")" +
        event +
        R"("},"destination":[{"endpoint":"https://fhir.nhs.uk/id/dos-service-id|2000000001"}],)"
        R"("sender":{"reference":"urn:uuid:00000000-0000-4000-8000-000000000004"},)"
        R"("source":{"endpoint":"https://fhir.nhs.uk/Id/dos-service-id|2000000002"},)"
        R"("reason":{"coding":[{"system":"https://fhir.nhs.uk/CodeSystem/message-reason-bars","code":")" +
        reason + R"("}]},)" + response + R"("focus":[{"reference":")" + focus +
        R"("}],"definition":"https://ligament.example/d"}},)";
    text +=
        R"({"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000002","resource":{"resourceType":"ServiceRequest","id":"sr",)" +
        request_more + R"("status":")" + status + R"(","intent":"plan","category":[{"coding":[)" +
        R"({"system":"https://fhir.nhs.uk/CodeSystem/message-category-servicerequest","code":")" + category +
        R"("},{"system":"https://ligament.example/use-case","code":")" + use_case +
        R"("}]}],"subject":{"reference":"urn:uuid:00000000-0000-4000-8000-000000000003"}}},)";
    text +=
        R"({"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000003","resource":{"resourceType":"Patient",)"
        R"("identifier":[{"system":"https://fhir.nhs.uk/id/nhs-number","value":"9990000018"}],"name":[{"family":"Example"}]}},)";
    text +=
        R"({"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000004","resource":{"resourceType":"Organization","name":"Example Surgery"}})";
    return text + entries + "]}";
  }
};

inline std::string entry(std::string_view number, std::string_view resource) {
  return std::string(R"(,{"fullUrl":"urn:uuid:00000000-0000-4000-8000-0000000000)")
      .append(number)
      .append(R"(","resource":)")
      .append(resource)
      .append("}");
}

inline tl::expected<BarsMessage, Refusal> decode(const Draft& draft) {
  return decode(read(draft.json()), DecodeLimits{});
}

/// `action`, or `400 invariant` and the like.
inline std::string verdict(const tl::expected<Action, Refusal>& decided) {
  if (decided) return std::string(to_text(*decided));
  return std::to_string(decided.error().http_status())
      .append(" ")
      .append(fhir::to_code(decided.error().issues.items().front().type));
}
inline std::string verdict(fhir::tree::TreePtr tree, const UseCases& ours) {
  const auto message = decode(std::move(tree), DecodeLimits{});
  return verdict(message ? decide(*message, ours)
                         : tl::expected<Action, Refusal>(tl::unexpected(message.error())));
}

}  // namespace gateway::bars
