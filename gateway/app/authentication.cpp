#include "gateway/app/authentication.hpp"

#include <utility>
#include <vector>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "gateway/security/authenticator.hpp"
#include "gateway/security/digest.hpp"

namespace gateway::app {
namespace {

using security::PartnerName;

constexpr std::size_t kMaxClaimBytes = 8192;

store::Caller caller_of(const config::Partner& partner) {
  return {partner.name, partner.ods, std::string(config::to_code(partner.role))};
}

fhir::Result<store::Caller> named(const config::Config& config, const fhir::Result<PartnerName>& name) {
  if (!name.has_value()) return fhir::fail(name.error());
  const config::Partner* partner = config.partner(name->value());
  if (partner == nullptr) return fhir::fail(fhir::ErrorCode::kUnauthenticated);
  return caller_of(*partner);
}

/// The partner with the ODS code a message claims to come from; the GP's role first, as most callers are.
const config::Partner* claimed(const config::Config& config, const http::Request& request) {
  const auto claim = request.headers.find("NHSD-End-User-Organisation");
  if (!claim || claim->size() > kMaxClaimBytes) return nullptr;
  const auto json = security::from_base64(*claim);
  if (!json.has_value()) return nullptr;
  const auto organisation = fhir::json::read(*json, fhir::definitions::r4());
  if (organisation.tree == nullptr) return nullptr;
  const std::string_view ods = organisation.tree->root().at("identifier", "value").text();
  for (const config::PartnerRole role : {config::PartnerRole::kGp, config::PartnerRole::kHub,
                                         config::PartnerRole::kProvider, config::PartnerRole::kRota}) {
    if (const auto* partner = config.partner_by_ods(ods, role)) return partner;
  }
  return nullptr;
}

intake::Authenticate dev_authentication(std::shared_ptr<const config::Config> config) {
  std::vector<PartnerName> known;
  PartnerName first_gp;
  for (const config::Partner& partner : config->partners) {
    known.emplace_back(partner.name);
    if (first_gp.value().empty() && partner.role == config::PartnerRole::kGp)
      first_gp = PartnerName(partner.name);
  }
  auto authenticator = std::make_shared<security::DevAuthenticator>(std::move(known), std::move(first_gp));
  return [config, authenticator](const http::Request& request) -> fhir::Result<store::Caller> {
    fhir::Result<store::Caller> caller = named(*config, authenticator->authenticate(request));
    if (!caller.has_value() || request.headers.contains(security::DevAuthenticator::kHeader)) return caller;
    const config::Partner* partner = claimed(*config, request);
    return partner == nullptr ? std::move(caller) : caller_of(*partner);
  };
}

}  // namespace

fhir::Result<intake::Authenticate> make_authentication(std::shared_ptr<const config::Config> config,
                                                       bool dev) {
  if (dev) return dev_authentication(std::move(config));
  std::vector<security::PartnerCredential> credentials;
  for (const config::Partner& partner : config->partners) {
    security::PartnerCredential credential{PartnerName(partner.name), {}, {}};
    if (!partner.token_sha256.empty()) {
      LIGAMENT_TRY(credential.token_sha256, security::parse_digest(partner.token_sha256));
    }
    if (!partner.certificate_sha256.empty()) {
      LIGAMENT_TRY(credential.certificate_sha256, security::parse_digest(partner.certificate_sha256));
    }
    if (credential.token_sha256 || credential.certificate_sha256)
      credentials.push_back(std::move(credential));
  }
  LIGAMENT_TRY(auto made, security::CredentialAuthenticator::make(std::move(credentials)));
  std::shared_ptr<security::Authenticator> authenticator = std::move(made);
  return intake::Authenticate([config, authenticator](const http::Request& request) {
    return named(*config, authenticator->authenticate(request));
  });
}

}  // namespace gateway::app
