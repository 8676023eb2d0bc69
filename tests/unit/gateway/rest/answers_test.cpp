#include "gateway/rest/answers.hpp"

#include <gtest/gtest.h>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"

namespace gateway::rest {
namespace {

TEST(IfMatch, IsOneEntityTagOfAVersion) {
  struct Row {
    const char* text;
    std::int64_t version;  ///< 0: none.
  };
  for (const Row& row : {Row{"W/\"3\"", 3}, Row{"\"12\"", 12}, Row{"W/\"0\"", 0}, Row{"W/\"-1\"", 0},
                         Row{"W/\"\"", 0}, Row{"3", 0}, Row{"*", 0}, Row{"", 0}, Row{"W/\"3\", W/\"4\"", 0},
                         Row{"w/\"3\"", 0}, Row{"W/\"99999999999999999999\"", 0}, Row{"W/\"3 \"", 0}}) {
    EXPECT_EQ(parse_if_match(row.text).value_or(0), row.version) << row.text;
  }
}

TEST(VersionedJson, HasTheVersionOfItsRowWhateverTheSenderWrote) {
  struct Row {
    const char* stored;
    const char* answered;
  };
  const Row rows[] = {
      {R"({"resourceType":"Patient","id":"a","active":true})",
       R"({"resourceType":"Patient","id":"a","meta":{"versionId":"7"},"active":true})"},
      {R"({"resourceType":"Patient","id":"a"})",
       R"({"resourceType":"Patient","id":"a","meta":{"versionId":"7"}})"},
      {R"({"resourceType":"Patient","id":"a","meta":{"profile":["http://x"]},"active":true})",
       R"({"resourceType":"Patient","id":"a","meta":{"versionId":"7","profile":["http://x"]},"active":true})"},
      {R"({"resourceType":"Patient","id":"a","meta":{"versionId":"theirs","profile":["http://x"]}})",
       R"({"resourceType":"Patient","id":"a","meta":{"versionId":"7","profile":["http://x"]}})"},
      {R"({"resourceType":"Patient","id":"a","meta":{"versionId":"theirs"}})",
       R"({"resourceType":"Patient","id":"a","meta":{"versionId":"7"}})"},
      {R"({"resourceType":"Patient","id":"a","meta":{"id":"m","versionId":"theirs"}})",
       R"({"resourceType":"Patient","id":"a","meta":{"id":"m","versionId":"theirs"}})"},
  };
  for (const Row& row : rows) {
    store::ResourceRow stored;
    stored.type = "Patient";
    stored.id = "a";
    stored.version = 7;
    stored.json = row.stored;
    const std::string json = versioned_json(stored);
    EXPECT_EQ(json, row.answered);
    EXPECT_FALSE(fhir::json::read(json, fhir::definitions::r4()).issues.has_error());
  }
}

/// Every status the HTTP layer itself answers has a code of the national list and mirrored ids.
TEST(HttpError, IsAnOperationOutcomeWithBothIdsMirrored) {
  http::Request request;
  request.headers.add("X-Request-Id", "00000000-0000-4000-8000-000000000001");
  request.headers.add("X-Correlation-Id", "not a uuid");
  for (const int status : {400, 404, 405, 408, 413, 431, 500, 501, 503}) {
    const http::Response response =
        render_http_error(status, fhir::Error{fhir::ErrorCode::kMalformed, "what is wrong"}, &request);
    EXPECT_EQ(response.status, status);
    EXPECT_NE(response.body.find("REC_"), std::string::npos);
    EXPECT_EQ(response.headers.find("X-Request-Id"), "00000000-0000-4000-8000-000000000001");
    EXPECT_FALSE(response.headers.contains("X-Correlation-Id"));
    EXPECT_EQ(response.headers.contains("Retry-After"), status == 503);
    EXPECT_EQ(render_http_error(status, fhir::Error{fhir::ErrorCode::kMalformed, ""}, nullptr).status,
              status);
  }
}

}  // namespace
}  // namespace gateway::rest
