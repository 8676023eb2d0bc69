#include "gateway/security/authenticator.hpp"

#include <algorithm>

namespace gateway::security {
namespace {

using fhir::ErrorCode;

tl::unexpected<fhir::Error> unauthenticated() {
  return fhir::fail(ErrorCode::kUnauthenticated, "the request does not prove who sent it");
}

/// b64token of RFC 6750 2.1.
bool is_token_text(std::string_view token) {
  while (token.ends_with('='))
    token.remove_suffix(1);
  return !token.empty() && std::all_of(token.begin(), token.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           std::string_view("-._~+/").find(c) != std::string_view::npos;
  });
}

/// The bearer token of the request. Empty optional without Authorization; an error when there is one that is
/// not usable.
fhir::Result<std::optional<std::string_view>> bearer_token(const http::Request& request) {
  const std::size_t count = request.headers.count("Authorization");
  if (count == 0) return std::optional<std::string_view>();
  const std::string_view value = *request.headers.find("Authorization");
  constexpr std::string_view kScheme = "Bearer ";
  if (count != 1 || !http::equals_ignoring_case(value.substr(0, kScheme.size()), kScheme))
    return unauthenticated();
  const std::string_view token = http::trimmed(value.substr(kScheme.size()));
  if (token.size() < CredentialAuthenticator::kMinTokenBytes ||
      token.size() > CredentialAuthenticator::kMaxTokenBytes || !is_token_text(token)) {
    return unauthenticated();
  }
  return std::optional<std::string_view>(token);
}

/// True when what is configured was shown. Both digests are public sizes; the comparison's time is constant.
bool proves(const std::optional<Digest>& configured, const std::optional<Digest>& shown) {
  static constexpr Digest kNothing{};
  const bool equal = equal_in_constant_time(configured.value_or(kNothing), shown.value_or(kNothing));
  return !configured || (shown && equal);
}

}  // namespace

CredentialAuthenticator::CredentialAuthenticator(std::vector<PartnerCredential> credentials)
    : credentials_(std::move(credentials)) {}

fhir::Result<std::unique_ptr<CredentialAuthenticator>> CredentialAuthenticator::make(
    std::vector<PartnerCredential> credentials) {
  for (auto one = credentials.begin(); one != credentials.end(); ++one) {
    const std::string& name = one->partner.value();
    if (!one->token_sha256 && !one->certificate_sha256) {
      return fhir::fail(ErrorCode::kInvalidRequest, "partner " + name + " has no credential");
    }
    for (auto other = credentials.begin(); other != one; ++other) {
      const bool same =
          other->token_sha256 == one->token_sha256 && other->certificate_sha256 == one->certificate_sha256;
      const bool same_token = one->token_sha256 && other->token_sha256 == one->token_sha256;
      const bool same_partner = other->partner == one->partner;
      if (same || (same_token && !same_partner)) {
        return fhir::fail(ErrorCode::kInvalidRequest,
                          "partners " + other->partner.value() + " and " + name + " share a credential");
      }
    }
  }
  return std::unique_ptr<CredentialAuthenticator>(new CredentialAuthenticator(std::move(credentials)));
}

fhir::Result<PartnerName> CredentialAuthenticator::authenticate(const http::Request& request) const {
  LIGAMENT_TRY(const std::optional<std::string_view> token, bearer_token(request));
  std::optional<Digest> shown_token;
  if (token) shown_token = sha256(*token);
  std::optional<Digest> shown_certificate;
  if (request.peer.certificate) shown_certificate = request.peer.certificate->sha256;

  const PartnerCredential* found = nullptr;
  int best = 0;
  for (const PartnerCredential& credential : credentials_) {
    const bool token_ok = proves(credential.token_sha256, shown_token);
    const bool certificate_ok = proves(credential.certificate_sha256, shown_certificate);
    // A token that was shown must be right: a good certificate does not excuse a bad token.
    const bool excess = shown_token && !credential.token_sha256;
    const int strength = (credential.token_sha256 ? 1 : 0) + (credential.certificate_sha256 ? 1 : 0);
    if (token_ok && certificate_ok && !excess && strength > best) {
      found = &credential;
      best = strength;
    }
  }
  if (found == nullptr) return unauthenticated();
  return found->partner;
}

fhir::Result<PartnerName> DevAuthenticator::authenticate(const http::Request& request) const {
  if (!request.peer.loopback) return unauthenticated();
  const std::size_t count = request.headers.count(kHeader);
  if (count == 0) return default_partner_;
  if (count != 1) return unauthenticated();
  const PartnerName name{std::string(*request.headers.find(kHeader))};
  if (std::find(known_.begin(), known_.end(), name) == known_.end()) return unauthenticated();
  return name;
}

}  // namespace gateway::security
