#include <gtest/gtest.h>

#include "tests/unit/gateway/bars/messages.hpp"

namespace gateway::bars {
namespace {

constexpr std::string_view kPatientUrl = "urn:uuid:00000000-0000-4000-8000-000000000003";

TEST(Decode, ReadsTheHeaderAndItsParts) {
  const auto message = decode(Draft{});
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(message->bundle_id, "00000000-0000-4000-8000-000000000001");
  EXPECT_EQ(message->version, "1.4.0");
  EXPECT_EQ(message->event, "servicerequest-request");
  EXPECT_EQ(message->reason, "new");
  EXPECT_EQ(message->category, "referral");
  EXPECT_EQ(message->use_cases, std::vector<std::string>{"msk"});
  EXPECT_EQ(message->source, (EndpointId{"https://fhir.nhs.uk/Id/dos-service-id", "2000000002"}));
  EXPECT_EQ(message->destinations.front(),
            (EndpointId{"https://fhir.nhs.uk/Id/dos-service-id", "2000000001"}));
  EXPECT_EQ(to_text(message->source), "https://fhir.nhs.uk/Id/dos-service-id|2000000002");
  EXPECT_EQ(message->sender.child("name").text(), "Example Surgery");
  EXPECT_EQ(message->focus, message->service_request);
  EXPECT_EQ(message->patient.type(), "Patient");
  EXPECT_FALSE(message->has_response);
  EXPECT_EQ(message->index.resolve("ServiceRequest/sr"), message->service_request);
  EXPECT_EQ(message->index.resolve("ServiceRequest/sr/_history/3"), message->service_request);
  EXPECT_FALSE(message->index.resolve("ServiceRequest/other"));
}

std::string faults(const Draft& draft) {
  const auto message = decode(draft);
  if (message) return "ok";
  const fhir::Issue& first = message.error().issues.items().front();
  return std::to_string(message.error().http_status())
      .append(" ")
      .append(fhir::to_code(first.type))
      .append(" ")
      .append(first.expression);
}

TEST(Decode, RefusalsNameTheirPlace) {
  struct Row {
    std::string_view what;
    Draft draft;
    std::string_view expected;
  };
  Draft no_version;
  no_version.version.clear();
  Draft new_version;
  new_version.version = R"("versionId":"2.0.0",)";
  Draft near_version;
  near_version.version = R"("versionId":"1.40",)";
  Draft beta;
  beta.version = R"("versionId":"1.0.0-beta",)";
  Draft no_focus;
  no_focus.focus = "urn:uuid:00000000-0000-4000-8000-0000000000ff";
  Draft no_event;
  no_event.event.clear();
  Draft twice;
  twice.entries = entry("03", R"({"resourceType":"Organization","name":"Again"})");
  Draft twice_upper;
  twice_upper.entries =
      R"(,{"fullUrl":"URN:UUID:x"},{"fullUrl":"urn:uuid:00000000-0000-4000-8000-00000000000A","resource":{"resourceType":"Basic"}})";
  twice_upper.entries += entry("0a", R"({"resourceType":"Basic"})");
  Draft same_id;
  same_id.entries =
      entry("0b", R"({"resourceType":"ServiceRequest","id":"sr","status":"active","intent":"plan"})");
  Draft two_patients;
  two_patients.entries = entry("0b", R"({"resourceType":"Patient"})");
  Draft stranger;
  stranger.entries = entry("0b", R"({"resourceType":"Observation","subject":{"reference":"Patient/other"}})");
  Draft far_stranger;
  far_stranger.entries = entry(
      "0b", R"({"resourceType":"Observation","subject":{"reference":"https://x.example/fhir/Patient/9"}})");
  Draft stranger_by_number;
  stranger_by_number.entries =
      entry("0b", R"({"resourceType":"Observation","subject":{"identifier":{"system":)"
                  R"("https://fhir.nhs.uk/Id/nhs-number","value":"999 000 0026"}}})");
  Draft self_by_number;
  self_by_number.entries = entry("0b", R"({"resourceType":"Observation","subject":{"identifier":{"system":)"
                                       R"("https://fhir.nhs.uk/Id/nhs-number","value":"999 000 0018"}}})");
  Draft circle;
  circle.request_more = R"("basedOn":[{"reference":"urn:uuid:00000000-0000-4000-8000-00000000000b"}],)";
  circle.entries =
      entry("0b", R"({"resourceType":"CarePlan","basedOn":[{"reference":"ServiceRequest/sr"}]})");
  Draft itself;
  itself.request_more = R"("replaces":[{"reference":"ServiceRequest/sr"}],)";
  const Row rows[] = {
      {"plain", {}, "ok"},
      {"no version", no_version, "400 invariant Bundle.meta.versionId"},
      {"unknown version", new_version, "422 not-supported Bundle.meta.versionId"},
      {"1.40 is not 1.4", near_version, "422 not-supported Bundle.meta.versionId"},
      {"beta of a known version", beta, "ok"},
      {"focus outside", no_focus, "400 invariant Bundle.entry[0].resource.focus"},
      {"no event", no_event, "400 invariant Bundle.entry[0].resource.eventCoding"},
      {"duplicate fullUrl", twice, "422 invariant Bundle.entry[4].fullUrl"},
      {"duplicate fullUrl but for case", twice_upper, "422 invariant Bundle.entry[6].fullUrl"},
      {"duplicate type and id", same_id, "422 invariant Bundle.entry[4].resource.id"},
      {"two patients", two_patients, "422 invariant Bundle.entry[4].resource"},
      {"another patient", stranger, "422 invariant Bundle.entry[4].resource.subject"},
      {"another patient elsewhere", far_stranger, "422 invariant Bundle.entry[4].resource.subject"},
      {"another patient by number", stranger_by_number, "422 invariant Bundle.entry[4].resource.subject"},
      {"the same patient by number", self_by_number, "ok"},
      {"circle", circle, "422 invariant Bundle.entry[1].resource"},
      {"circle of one", itself, "422 invariant Bundle.entry[1].resource"},
  };
  for (const Row& row : rows)
    EXPECT_EQ(faults(row.draft), row.expected) << row.what;
}

TEST(Decode, WantsAMessageBundleWithAHeaderFirst) {
  const auto expect = [](std::string_view json, int status) {
    const auto message = decode(read(json), DecodeLimits{});
    ASSERT_FALSE(message.has_value());
    EXPECT_EQ(message.error().http_status(), status);
  };
  expect(R"({"resourceType":"Patient"})", 400);
  expect(R"({"resourceType":"Bundle","type":"searchset"})", 400);
  expect(R"({"resourceType":"Bundle","meta":{"versionId":"1.4.0"},"type":"message"})", 400);
  expect(
      R"({"resourceType":"Bundle","meta":{"versionId":"1.4.0"},"type":"message","entry":[{"resource":{"resourceType":"Patient"}}]})",
      400);
}

TEST(Decode, BoundsTheNumberOfEntries) {
  DecodeLimits limits;
  limits.max_entries = 3;
  const auto message = decode(read(Draft{}.json()), limits);
  ASSERT_FALSE(message.has_value());
  EXPECT_EQ(message.error().http_status(), 422);
  EXPECT_EQ(message.error().issues.items().front().type, fhir::IssueType::kTooCostly);
}

TEST(Decode, ALongChainOfReferencesTakesNoStack) {
  Draft draft;
  constexpr int kLength = 1900;
  for (int i = 0; i < kLength; ++i) {
    draft.entries += R"(,{"resource":{"resourceType":"ServiceRequest","id":"c)" + std::to_string(i) +
                     R"(","basedOn":[{"reference":"ServiceRequest/c)" + std::to_string(i + 1) + R"("}]}})";
  }
  EXPECT_TRUE(decode(draft).has_value());
}

TEST(Decode, RefusalsQuoteNothing) {
  Draft draft;
  draft.entries = entry("0b", R"({"resourceType":"Observation","subject":{"reference":"Patient/zanzibar"}})");
  const auto message = decode(draft);
  ASSERT_FALSE(message.has_value());
  for (const fhir::Issue& issue : message.error().issues.items())
    EXPECT_EQ(issue.text.find("zanzibar"), std::string::npos);
}

TEST(Decode, APatientMayLinkToOtherRecords) {
  Draft draft;
  std::string json = draft.json();
  const std::string_view name = R"("name":[{"family":"Example"}])";
  json.replace(json.find(name), name.size(),
               R"("link":[{"other":{"reference":"Patient/old"},"type":"replaces"}])");
  const auto message = decode(read(json), DecodeLimits{});
  EXPECT_TRUE(message.has_value());
  EXPECT_EQ(message->index.resolve(kPatientUrl), message->patient);
}

}  // namespace
}  // namespace gateway::bars
