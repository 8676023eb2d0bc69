#include "gateway/bars/encode.hpp"

#include <gtest/gtest.h>

#include "fhir/tree/resource_builder.hpp"
#include "tests/unit/gateway/bars/messages.hpp"

namespace gateway::bars {
namespace {

using fhir::tree::Node;
using fhir::tree::TreePtr;

Envelope envelope() {
  Envelope made;
  made.bundle_id = "10000000-0000-4000-8000-000000000001";
  made.header_id = "10000000-0000-4000-8000-000000000002";
  made.timestamp = *fhir::parse_instant("2026-11-02T10:00:00Z");
  made.source = {"https://fhir.nhs.uk/Id/dos-service-id", "2000000001"};
  made.destination = {"https://fhir.nhs.uk/Id/dos-service-id", "2000000003"};
  made.sender_url = "urn:uuid:10000000-0000-4000-8000-000000000003";
  made.sender_ods = "RHUB1";
  made.sender_name = "Example MSK Hub";
  return made;
}

const std::string kTaskUrl = "urn:uuid:10000000-0000-4000-8000-000000000004";
TreePtr task() {
  return read(
      R"({"resourceType":"Task","id":"t","status":"requested","intent":"order","focus":{"reference":"ServiceRequest/sr"},)"
      R"("for":{"reference":"Patient/p"}})");
}

BarsMessage received(const std::string& entries = {}) {
  Draft draft;
  draft.entries = entries;
  return *decode(draft);
}

Node entry_at(const TreePtr& bundle, std::size_t at) {
  auto entries = bundle->root().children("entry").begin();
  while (at-- > 0)
    ++entries;
  return *entries;
}

TEST(EncodeRequest, CarriesWhatWasReceivedWholeAndOurTask) {
  const BarsMessage from = received(
      entry("0c", R"({"resourceType":"Observation","status":"final","valueQuantity":{"value":72.50}})"));
  const TreePtr ours = task();
  Envelope said = envelope();
  said.aliases = {{"Patient/p", "urn:uuid:00000000-0000-4000-8000-000000000003"}};
  const std::vector<Part> parts = {{kTaskUrl, ours->root()}};
  const TreePtr sent = encode_request(from, RequestReason::kNew, parts, said);
  ASSERT_EQ(sent->root().children("entry").size(), 1u + 4u + 1u + 1u);
  for (std::size_t i = 1; i <= 4; ++i) {
    EXPECT_EQ(fhir::json::write(entry_at(sent, i)), fhir::json::write(entry_at(from.tree, i)));
  }
  const Node carried = entry_at(sent, 5).child("resource");
  EXPECT_EQ(carried.at("for", "reference").text(), "urn:uuid:00000000-0000-4000-8000-000000000003");
  EXPECT_EQ(carried.at("focus", "reference").text(), "ServiceRequest/sr");
  const auto again = decode(sent, DecodeLimits{});
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(verdict(decide(*again, {{"msk"}})), "new_referral");
  EXPECT_EQ(again->definition, kRequestDefinition);
  EXPECT_EQ(again->destinations.front().value, "2000000003");
  EXPECT_EQ(again->sender.child("name").text(), "Example MSK Hub");
}

TEST(EncodeRequest, ACancellationIsAnUpdateOfTheRequestItReplaces) {
  const BarsMessage from = received();
  const TreePtr revoked = read(
      R"({"resourceType":"ServiceRequest","id":"sr","status":"revoked","intent":"plan",)"
      R"("category":[{"coding":[{"system":"https://fhir.nhs.uk/CodeSystem/message-category-servicerequest",)"
      R"("code":"referral"}]}],"unknown":{"a":"b"}})");
  const std::vector<Part> parts = {{"urn:uuid:00000000-0000-4000-8000-000000000002", revoked->root()}};
  const TreePtr sent = encode_request(from, RequestReason::kCancelled, parts, envelope());
  EXPECT_EQ(verdict(sent, {{"msk"}}), "cancel_referral");
  EXPECT_EQ(sent->root().children("entry").size(), 5u);
  EXPECT_TRUE(entry_at(sent, 1).at("resource", "unknown"));
}

TEST(EncodeResponse, NamesWhatItAnswersAndComesBackAsAResponse) {
  const BarsMessage from = received();
  const TreePtr ours = task();
  const TreePtr told = read(
      R"({"resourceType":"Communication","id":"c","status":"completed","about":[{"reference":"Task/t"}]})");
  const std::vector<Part> parts = {{"urn:uuid:00000000-0000-4000-8000-000000000002", from.service_request},
                                   {"urn:uuid:00000000-0000-4000-8000-000000000003", from.patient},
                                   {kTaskUrl, ours->root()},
                                   {"urn:uuid:10000000-0000-4000-8000-000000000005", told->root()}};
  Envelope said = envelope();
  said.aliases = {{"Patient/p", "urn:uuid:00000000-0000-4000-8000-000000000003"}};
  const TreePtr sent =
      encode_response(fhir::definitions::r4(), parts, kTaskUrl, from.bundle_id, RequestReason::kNew, said);
  const auto again = decode(sent, DecodeLimits{});
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->response_identifier, from.bundle_id);
  EXPECT_EQ(again->communications.front().at("about", "reference").text(), kTaskUrl);
  EXPECT_EQ(verdict(decide(*again, {{"msk"}})), "referral_response");
  for (const DefinitionContent& content : definition_content(kResponseDefinition)) {
    std::size_t count = 0;
    for (const Node entry : sent->root().children("entry"))
      count += entry.child("resource").type() == content.resource ? 1 : 0;
    EXPECT_GE(count, content.min) << content.resource;
    if (content.max != 0) EXPECT_LE(count, content.max) << content.resource;
  }
}

TEST(Encode, IsRepeatable) {
  const BarsMessage from = received();
  const TreePtr ours = task();
  const std::vector<Part> parts = {{kTaskUrl, ours->root()}};
  const std::string first =
      fhir::json::write(encode_request(from, RequestReason::kNew, parts, envelope())->root());
  EXPECT_EQ(first, fhir::json::write(encode_request(from, RequestReason::kNew, parts, envelope())->root()));
  EXPECT_NE(first.find("\"timestamp\":\"2026-11-02T10:00:00.000Z\""), std::string::npos);
}

TEST(EncodeAcknowledgement, EchoesTheEventAndAnswersTheBundle) {
  const BarsMessage from = received();
  const std::vector<Part> parts = {{"urn:uuid:00000000-0000-4000-8000-000000000002", from.service_request}};
  const TreePtr sent = encode_acknowledgement(from, parts, envelope());
  const auto again = decode(sent, DecodeLimits{});
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->event, "servicerequest-request");
  EXPECT_EQ(again->response_identifier, from.bundle_id);
  EXPECT_EQ(again->definition, from.definition);
}

TEST(Definitions, OnlyOursHaveContentHere) {
  EXPECT_FALSE(definition_content(kRequestDefinition).empty());
  EXPECT_FALSE(definition_content(kCancelDefinition).empty());
  EXPECT_TRUE(
      definition_content("https://fhir.nhs.uk/MessageDefinition/bars-message-servicerequest-request-referral")
          .empty());
}

}  // namespace
}  // namespace gateway::bars
