#include "gateway/security/authenticator.hpp"

#include <gtest/gtest.h>

namespace gateway::security {
namespace {

const std::string kGpToken = "gp-token-0123456789";
const std::string kHubToken = "hub-token-0123456789+/=";

std::unique_ptr<CredentialAuthenticator> make_partners() {
  return std::move(*CredentialAuthenticator::make({
      {PartnerName("gp"), sha256(kGpToken), std::nullopt},
      {PartnerName("hub"), sha256(kHubToken), sha256("hub certificate")},
      {PartnerName("provider"), std::nullopt, sha256("provider certificate")},
  }));
}

struct Row {
  const char* name;
  std::vector<std::string> authorization;
  const char* certificate;  // null: none shown
  const char* partner;      // null: refused
};

TEST(CredentialAuthenticator, KnowsPartnersByWhatTheyProve) {
  const auto partners = make_partners();
  const std::vector<Row> rows = {
      {"token", {"Bearer " + kGpToken}, nullptr, "gp"},
      {"scheme without case", {"bearer " + kGpToken}, nullptr, "gp"},
      {"token beside an unknown certificate", {"Bearer " + kGpToken}, "stranger", "gp"},
      {"certificate", {}, "provider certificate", "provider"},
      {"both", {"Bearer " + kHubToken}, "hub certificate", "hub"},
      {"nothing", {}, nullptr, nullptr},
      {"empty", {""}, nullptr, nullptr},
      {"scheme only", {"Bearer"}, nullptr, nullptr},
      {"another scheme", {"Basic " + kGpToken}, nullptr, nullptr},
      {"a prefix of the token", {"Bearer " + kGpToken.substr(0, 18)}, nullptr, nullptr},
      {"more than the token", {"Bearer " + kGpToken + "0"}, nullptr, nullptr},
      {"another case", {"Bearer GP-token-0123456789"}, nullptr, nullptr},
      {"the hash itself", {"Bearer " + to_hex(sha256(kGpToken))}, nullptr, nullptr},
      {"twice", {"Bearer " + kGpToken, "Bearer " + kGpToken}, nullptr, nullptr},
      {"two tokens", {"Bearer " + kGpToken + " " + kGpToken}, nullptr, nullptr},
      {"short", {"Bearer short"}, nullptr, nullptr},
      {"huge", {"Bearer " + std::string(5000, 'a')}, nullptr, nullptr},
      {"half of both: token", {"Bearer " + kHubToken}, nullptr, nullptr},
      {"half of both: certificate", {}, "hub certificate", nullptr},
      {"token with another's certificate", {"Bearer " + kHubToken}, "provider certificate", nullptr},
      {"good certificate, bad token", {"Bearer 0123456789abcdef0123"}, "provider certificate", nullptr},
      {"unknown certificate", {}, "stranger", nullptr},
      {"unsigned token of another kind", {"Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJncCJ9."}, nullptr, nullptr},
  };
  for (const Row& row : rows) {
    http::Request request;
    for (const std::string& value : row.authorization)
      request.headers.add("Authorization", http::trimmed(value));
    if (row.certificate != nullptr)
      request.peer.certificate = async::PeerCertificate{sha256(row.certificate), "CN=x"};
    const auto partner = partners->authenticate(request);
    ASSERT_EQ(partner.has_value(), row.partner != nullptr) << row.name;
    if (row.partner != nullptr) {
      EXPECT_EQ(partner->value(), row.partner) << row.name;
      continue;
    }
    EXPECT_EQ(partner.error().code, fhir::ErrorCode::kUnauthenticated) << row.name;
    EXPECT_EQ(partner.error().detail, "the request does not prove who sent it")
        << row.name << ": all refusals look alike";
  }
}

TEST(CredentialAuthenticator, RefusesAmbiguousConfiguration) {
  EXPECT_FALSE(CredentialAuthenticator::make({{PartnerName("gp"), std::nullopt, std::nullopt}}).has_value());
  EXPECT_FALSE(CredentialAuthenticator::make({{PartnerName("gp"), sha256("t"), std::nullopt},
                                              {PartnerName("hub"), sha256("t"), std::nullopt}})
                   .has_value());
  EXPECT_FALSE(CredentialAuthenticator::make({{PartnerName("gp"), std::nullopt, sha256("c")},
                                              {PartnerName("hub"), std::nullopt, sha256("c")}})
                   .has_value());
  EXPECT_TRUE(CredentialAuthenticator::make({{PartnerName("gp"), sha256("old"), std::nullopt},
                                             {PartnerName("gp"), sha256("new"), std::nullopt}})
                  .has_value())
      << "two tokens while one is being replaced";
}

TEST(DevAuthenticator, BelievesLoopbackOnly) {
  const DevAuthenticator dev({PartnerName("gp"), PartnerName("hub")}, PartnerName("gp"));
  http::Request request;
  EXPECT_FALSE(dev.authenticate(request).has_value()) << "not from loopback";
  request.peer.loopback = true;
  EXPECT_EQ(dev.authenticate(request)->value(), "gp");
  request.headers.set("X-Ligament-Partner", "hub");
  EXPECT_EQ(dev.authenticate(request)->value(), "hub");
  request.headers.set("X-Ligament-Partner", "stranger");
  EXPECT_FALSE(dev.authenticate(request).has_value());
}

}  // namespace
}  // namespace gateway::security
