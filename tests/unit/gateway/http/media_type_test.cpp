#include "gateway/http/media_type.hpp"

#include <gtest/gtest.h>

namespace gateway::http {
namespace {

TEST(MediaType, ReadsParameters) {
  const auto type = parse_media_type("Application/FHIR+json ; Version=1.1.0;charset=\"utf\\-8\"");
  ASSERT_TRUE(type.has_value());
  EXPECT_EQ(type->type, "application");
  EXPECT_EQ(type->subtype, "fhir+json");
  EXPECT_EQ(type->parameter("version"), "1.1.0");
  EXPECT_EQ(type->parameter("charset"), "utf-8");
}

TEST(MediaType, RefusesMalformedText) {
  for (const char* text :
       {"", "json", "a/", "/b", "a/b/c", "a b/c", "a/b;c", "a/b;c=\"d", "a/b;c=d;C=e", "a/b;c=", "a/b;=d"}) {
    EXPECT_FALSE(parse_media_type(text).has_value()) << text;
  }
}

struct FormatRow {
  const char* query;
  const char* accept;  // null: no field
  int format;          // 0 JSON, 1 XML, -1 not acceptable
};

TEST(AnswerFormat, PrefersFormatThenAcceptThenJson) {
  const std::vector<FormatRow> rows = {
      {"", nullptr, 0},
      {"", "*/*", 0},
      {"", "application/fhir+xml", 1},
      {"", "application/xml", 1},
      {"", "application/fhir+json;q=0.5, application/fhir+xml", 1},
      {"", "application/fhir+xml;q=0.5, application/fhir+json;q=0.501", 0},
      {"", "application/fhir+json;q=0, */*", 1},
      {"", "application/*;q=0.1", 0},
      {"", "text/html", -1},
      {"", "text/html, */*;q=0.1", 0},
      {"", "application/fhir+json;q=0", -1},
      {"", "application/fhir+json; version=1.1.0", 0},
      {"", "application/fhir+json;q=2", -1},
      {"", "nonsense", -1},
      {"?_format=xml", "application/fhir+json", 1},
      {"?_format=json", "application/fhir+xml", 0},
      {"?_format=application/fhir%2Bxml", nullptr, 1},
      {"?_format=application/fhir+xml", nullptr, 1},
      {"?_format=ttl", nullptr, -1},
  };
  for (const FormatRow& row : rows) {
    Request request;
    request.target = *Target::parse(std::string("/x") + row.query);
    if (row.accept != nullptr) request.headers.add("Accept", row.accept);
    const auto format = answer_format(request);
    const std::string name = std::string(row.query) + " " + (row.accept != nullptr ? row.accept : "");
    ASSERT_EQ(format.has_value(), row.format >= 0) << name;
    if (row.format >= 0) EXPECT_EQ(*format, row.format == 1 ? Format::kXml : Format::kJson) << name;
  }
}

struct BodyRow {
  const char* type;
  bool valid;
  Format format;
  const char* version;
};

TEST(BodyType, ReadsContentTypeAndBarsVersion) {
  for (const BodyRow& row :
       {BodyRow{"application/fhir+json", true, Format::kJson, nullptr},
        BodyRow{"application/fhir+json; version=1.1.0", true, Format::kJson, "1.1.0"},
        BodyRow{"application/fhir+xml;charset=UTF-8", true, Format::kXml, nullptr},
        BodyRow{"application/json", true, Format::kJson, nullptr},
        BodyRow{"application/fhir+json;charset=latin1", false, Format::kJson, nullptr},
        BodyRow{"text/plain", false, Format::kJson, nullptr}, BodyRow{"", false, Format::kJson, nullptr}}) {
    Request request;
    if (*row.type != '\0') request.headers.add("Content-Type", row.type);
    const auto body = body_type(request);
    ASSERT_EQ(body.has_value(), row.valid) << row.type;
    if (!row.valid) continue;
    EXPECT_EQ(body->format, row.format);
    EXPECT_EQ(body->version, row.version == nullptr ? std::optional<std::string>() : row.version);
  }
}

}  // namespace
}  // namespace gateway::http
