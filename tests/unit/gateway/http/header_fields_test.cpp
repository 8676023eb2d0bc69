#include "gateway/http/header_fields.hpp"

#include <gtest/gtest.h>
#include <stdexcept>

#include "gateway/http/client.hpp"

namespace gateway::http {
namespace {

TEST(HeaderFields, FindsWithoutCaseAndKeepsOrder) {
  HeaderFields fields;
  fields.add("Accept", "a");
  fields.add("X-One", "1");
  fields.add("ACCEPT", "b");
  EXPECT_EQ(fields.find("accept"), "a");
  EXPECT_EQ(fields.count("Accept"), 2u);
  EXPECT_EQ(fields.all("accept"), (std::vector<std::string_view>{"a", "b"}));
  EXPECT_EQ(fields.at(2).name, "ACCEPT");
  fields.set("accept", "c");
  EXPECT_EQ(fields.all("accept"), std::vector<std::string_view>{"c"});
  EXPECT_EQ(fields.size(), 2u);
  EXPECT_FALSE(fields.contains("X-Two"));
}

TEST(HeaderFields, RefusesWhatWouldBreakALine) {
  HeaderFields fields;
  for (const char* value : {"a\r\nX: y", "a\nb", "a\rb", " a", "a ", "a\x7F"}) {
    EXPECT_FALSE(fields.try_add("X", value).has_value());
    EXPECT_THROW(fields.add("X", value), std::invalid_argument);
  }
  EXPECT_FALSE(fields.try_add("X", std::string_view("a\0b", 3)).has_value());
  for (const char* name : {"", "a b", "a:", "\xC3\xA9"})
    EXPECT_FALSE(fields.try_add(name, "v").has_value()) << name;
  EXPECT_TRUE(fields.try_add("X", "").has_value());
  EXPECT_TRUE(fields.try_add("X", "a\tb \xC3\xA9").has_value());
}

TEST(HeaderFields, AreBounded) {
  HeaderFields fields;
  for (std::size_t i = 0; i < HeaderFields::kMaxFields; ++i)
    fields.add("X", "v");
  EXPECT_EQ(fields.try_add("X", "v").error().code, fhir::ErrorCode::kTooLarge);
  HeaderFields large;
  EXPECT_EQ(large.try_add("X", std::string(HeaderFields::kMaxBytes, 'a')).error().code,
            fhir::ErrorCode::kTooLarge);
}

TEST(HeaderFields, FindTokensInLists) {
  HeaderFields fields;
  fields.add("Connection", "keep-alive, Close");
  fields.add("Connection", "upgrade");
  EXPECT_TRUE(has_list_token(fields, "connection", "close"));
  EXPECT_TRUE(has_list_token(fields, "connection", "upgrade"));
  EXPECT_FALSE(has_list_token(fields, "connection", "clos"));
}

struct EndpointRow {
  const char* url;
  bool valid;
  const char* address;
  std::size_t base;
};

TEST(Endpoint, ReadsUrls) {
  for (const EndpointRow& row : {EndpointRow{"http://hub", true, "hub:80", 0},
                                 {"https://hub", true, "hub:443", 0},
                                 {"https://hub:8443/fhir/R4/", true, "hub:8443", 2},
                                 {"http://[::1]:80/", true, "[::1]:80", 0},
                                 {"http://[::1]", true, "[::1]:80", 0},
                                 {"ftp://hub", false, "", 0},
                                 {"hub", false, "", 0},
                                 {"http://", false, "", 0},
                                 {"http://user@hub", false, "", 0},
                                 {"http://hub@attacker.net", false, "", 0},
                                 {"http://hub?x=y", false, "", 0},
                                 {"http://hub#f", false, "", 0},
                                 {"http://hub:99999", false, "", 0},
                                 {"http://hub/../x", false, "", 0}}) {
    const auto endpoint = parse_endpoint(row.url);
    ASSERT_EQ(endpoint.has_value(), row.valid) << row.url;
    if (!row.valid) continue;
    EXPECT_EQ(async::to_text(endpoint->address), row.address) << row.url;
    EXPECT_EQ(endpoint->base_path.size(), row.base) << row.url;
  }
}

}  // namespace
}  // namespace gateway::http
