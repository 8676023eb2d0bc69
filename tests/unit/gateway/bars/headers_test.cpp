#include <algorithm>
#include <gtest/gtest.h>

#include "gateway/bars/base64.hpp"
#include "gateway/bars/message_headers.hpp"

namespace gateway::bars {
namespace {

constexpr std::string_view kUuid = "6f6d0f5e-1111-4222-8333-444455556666";
const std::string kTarget =
    encode_base64(R"({"value":"2000000001","system":"https://fhir.nhs.uk/id/dos-service-id"})");
const std::string kOrganisation = encode_base64(
    R"({"resourceType":"Organization","identifier":[{"value":"H81001","system":"https://fhir.nhs.uk/id/ods-organization-code"}],"name":"Example Surgery"})");
const std::string kSoftware = encode_base64(
    R"({"resourceType":"Device","identifier":[{"value":"sw-1"}],"deviceName":[{"name":"Example System","type":"manufacturer-name"}],"version":[{"value":"3.1"}]})");
const std::string kPractitioner = encode_base64(
    R"({"resourceType":"PractitionerRole","identifier":[{"system":"https://fhir.nhs.uk/Id/sds-role-profile-id","value":"100"}],"practitioner":{"display":"Ada Example"}})");

using Fields = std::vector<HeaderField>;

Fields good() {
  return {{"x-request-id", kUuid},
          {"X-CORRELATION-ID", kUuid},
          {"NHSD-Target-Identifier", kTarget},
          {"NHSD-End-User-Organisation", kOrganisation},
          {"NHSD-Requesting-Software", kSoftware},
          {"use-context", "anything|at|all"},
          {"Accept", "application/fhir+json; version=1.2.0"}};
}
Fields with(std::string_view name, std::string_view value) {
  Fields fields = good();
  for (HeaderField& field : fields) {
    if (field.name == name) field.value = value;
  }
  return fields;
}
Fields without(std::string_view name) {
  Fields fields = good();
  std::erase_if(fields, [&](const HeaderField& field) { return field.name == name; });
  return fields;
}
Fields plus(std::string_view name, std::string_view value) {
  Fields fields = good();
  fields.push_back({name, value});
  return fields;
}

std::string outcome(const Fields& fields) {
  const auto headers = parse_headers(fields, HeaderPolicy{});
  if (headers) return "ok";
  return std::string(traits(headers.error().rec).code)
      .append(" ")
      .append(fhir::to_code(headers.error().issues.items().front().type));
}

TEST(Headers, ReadsWhatIsSent) {
  const Fields fields = plus("NHSD-Requesting-Practitioner", kPractitioner);
  const auto headers = parse_headers(fields, HeaderPolicy{});
  ASSERT_TRUE(headers.has_value());
  EXPECT_EQ(headers->request_id, kUuid);
  EXPECT_EQ(headers->target, (SystemValue{"https://fhir.nhs.uk/Id/dos-service-id", "2000000001"}));
  EXPECT_EQ(headers->organisation.identifier,
            (SystemValue{"https://fhir.nhs.uk/Id/ods-organization-code", "H81001"}));
  EXPECT_EQ(headers->organisation.name, "Example Surgery");
  EXPECT_EQ(headers->software.name, "Example System");
  EXPECT_EQ(headers->software.version, "3.1");
  ASSERT_TRUE(headers->practitioner.has_value());
  EXPECT_EQ(headers->practitioner->name, "Ada Example");
  EXPECT_EQ(headers->version, "1.2.0");
}

TEST(Headers, RowsOfTheRules) {
  const std::string long_value(9000, 'A');
  const std::string closes_early =
      encode_base64(R"({"system":"a","value":"b"}],"code":{"text":"x"},"identifier":[{"value":"c"})");
  const std::string twice = encode_base64(R"({"system":"a","system":"b","value":"c"})");
  const std::string more = encode_base64(R"({"system":"a","value":"b","use":"usual"})");
  const std::string half = encode_base64(R"({"system":"a"})");
  const std::string number = encode_base64(R"({"system":"a","value":7})");
  const std::string patient = encode_base64(R"({"resourceType":"Patient"})");
  const std::string bad_ods = encode_base64(
      R"({"resourceType":"Organization","identifier":[{"value":"h8 1","system":"https://fhir.nhs.uk/Id/ods-organization-code"}]})");
  const std::string nameless = encode_base64(R"({"resourceType":"Organization","name":"x"})");
  std::string deep = R"({"resourceType":"Organization","extension":)";
  for (int i = 0; i < 40; ++i)
    deep += R"([{"url":"u","extension":)";
  const std::string too_deep = encode_base64(deep);
  const std::pair<Fields, std::string_view> rows[] = {
      {good(), "ok"},
      {without("x-request-id"), "REC_BAD_REQUEST required"},
      {without("X-CORRELATION-ID"), "REC_BAD_REQUEST required"},
      {with("x-request-id", ""), "REC_BAD_REQUEST required"},
      {with("x-request-id", "not-a-uuid"), "REC_BAD_REQUEST value"},
      {with("X-CORRELATION-ID", "6f6d0f5e11114222833344445555666"), "REC_BAD_REQUEST value"},
      {plus("X-Request-Id", kUuid), "REC_BAD_REQUEST invalid"},
      {without("NHSD-Target-Identifier"), "REC_BAD_REQUEST required"},
      {with("NHSD-Target-Identifier", "***"), "REC_BAD_REQUEST value"},
      {with("NHSD-Target-Identifier", long_value), "REC_BAD_REQUEST value"},
      {with("NHSD-Target-Identifier", closes_early), "REC_BAD_REQUEST value"},
      {with("NHSD-Target-Identifier", twice), "REC_BAD_REQUEST value"},
      {with("NHSD-Target-Identifier", more), "REC_BAD_REQUEST value"},
      {with("NHSD-Target-Identifier", half), "REC_BAD_REQUEST value"},
      {with("NHSD-Target-Identifier", number), "REC_BAD_REQUEST value"},
      {without("NHSD-End-User-Organisation"), "REC_BAD_REQUEST required"},
      {with("NHSD-End-User-Organisation", patient), "REC_BAD_REQUEST value"},
      {with("NHSD-End-User-Organisation", bad_ods), "REC_BAD_REQUEST value"},
      {with("NHSD-End-User-Organisation", nameless), "REC_BAD_REQUEST required"},
      {with("NHSD-End-User-Organisation", too_deep), "REC_BAD_REQUEST value"},
      {without("NHSD-Requesting-Software"), "REC_BAD_REQUEST required"},
      {plus("NHSD-Requesting-Practitioner", kPractitioner), "ok"},
      {plus("NHSD-Requesting-Practitioner", patient), "REC_BAD_REQUEST value"},
      {without("use-context"), "ok"},
      {without("Accept"), "ok"},
      {with("Accept", "text/html"), "REC_NOT_ACCEPTABLE processing"},
      {with("Accept", "application/fhir+json; version=9.0.0"), "REC_NOT_ACCEPTABLE processing"},
  };
  int row = 0;
  for (const auto& [fields, expected] : rows)
    EXPECT_EQ(outcome(fields), expected) << "row " << row++;
}

TEST(Headers, TheTargetMayBeLeftOutWhereItIsOptional) {
  HeaderPolicy policy;
  policy.target_required = false;
  const Fields fields = without("NHSD-Target-Identifier");
  EXPECT_TRUE(parse_headers(fields, policy).has_value());
}

TEST(Headers, ClaimsMayBeLeftOutInDevelopmentAndAreCheckedWhenSent) {
  HeaderPolicy policy;
  policy.claims_required = false;
  const Fields bare = {{"X-Request-Id", kUuid}, {"X-Correlation-Id", kUuid}};
  EXPECT_TRUE(parse_headers(bare, policy).has_value());
  const Fields broken = with("NHSD-Requesting-Software", "***");
  EXPECT_FALSE(parse_headers(broken, policy).has_value());
  const Fields idless = {{"X-Request-Id", kUuid}};
  EXPECT_FALSE(parse_headers(idless, policy).has_value());
}

TEST(Headers, BuiltHeadersReadBack) {
  const Fields fields = plus("NHSD-Requesting-Practitioner", kPractitioner);
  const auto headers = parse_headers(fields, HeaderPolicy{});
  ASSERT_TRUE(headers.has_value());
  const auto built = build_headers(*headers);
  EXPECT_EQ(built, build_headers(*headers));
  Fields again;
  for (const auto& [name, value] : built)
    again.push_back({name, value});
  const auto reread = parse_headers(again, HeaderPolicy{});
  ASSERT_TRUE(reread.has_value());
  EXPECT_EQ(reread->target, headers->target);
  EXPECT_EQ(reread->organisation.identifier, headers->organisation.identifier);
  EXPECT_EQ(reread->software.name, headers->software.name);
  EXPECT_EQ(reread->practitioner->identifiers, headers->practitioner->identifiers);
  EXPECT_EQ(reread->version, "1.2.0");
}

TEST(Headers, WhoeverIsNoServiceGetsNoTarget) {
  auto headers = parse_headers(good(), HeaderPolicy{});
  ASSERT_TRUE(headers.has_value());
  headers->target = {};
  const auto built = build_headers(*headers);
  EXPECT_TRUE(std::none_of(built.begin(), built.end(),
                           [](const auto& field) { return field.first == "NHSD-Target-Identifier"; }));
  EXPECT_EQ(built.size(), 5u);
}

TEST(Headers, BothIdsAreMirroredAsFarAsTheyAreIds) {
  const Fields fields = with("x-request-id", "junk\r\nX-Evil: 1");
  const auto mirrored = response_headers(fields);
  ASSERT_EQ(mirrored.size(), 1u);
  EXPECT_EQ(mirrored[0].first, "X-Correlation-Id");
  EXPECT_EQ(response_headers(good()).size(), 2u);
}

TEST(Accept, ChoosesByQualityAndVersion) {
  struct Row {
    std::string_view accept;
    std::string_view expected;
  };
  const Row rows[] = {
      {"", "json 1.4.0"},
      {"*/*", "json 1.4.0"},
      {"application/fhir+xml", "xml 1.4.0"},
      {"application/fhir+json;version=1.0.0", "json 1.0.0"},
      {"application/fhir+json; version=\"1.3.0\"", "json 1.3.0"},
      {"application/fhir+json; version=1.3", "json 1.3.0"},
      {"application/fhir+json; version=1", "json 1.4.0"},
      {"application/fhir+json;q=0.5, application/fhir+xml;q=0.9", "xml 1.4.0"},
      {"application/fhir+json;q=0", "406"},
      {"text/html, application/fhir+xml;q=0.1", "xml 1.4.0"},
      {"application/fhir+json; version=1.5.0", "406"},
      {"application/fhir+json; version=1.3.0.1", "406"},
      {"text/html", "406"},
      {",,;;=", "406"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.accept);
    const auto chosen = evaluate_accept(row.accept, HeaderPolicy{});
    const std::string text =
        !chosen ? "406" : std::string(chosen->type == MediaType::kJson ? "json " : "xml ") + chosen->version;
    EXPECT_EQ(text, row.expected);
  }
}

TEST(Base64, IsStrict) {
  for (const std::string_view bytes : {"f", "fo", "foo", "foob", "fooba", "foobar"}) {
    EXPECT_EQ(decode_base64(encode_base64(bytes)), bytes);
  }
  EXPECT_EQ(encode_base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(encode_base64("f"), "Zg==");
  for (const std::string_view text :
       {"", "Z", "Zg", "Zg=", "Zg==\n", "Zh==", "Zm9=", "Z===", "====", "Zg==Zg==", "Zm-_", "Z g="}) {
    EXPECT_EQ(decode_base64(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace gateway::bars
