// Who sent a request: from its bearer token or its TLS client certificate to the name of a configured
// partner.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.hpp"
#include "fhir/base/strong_id.hpp"
#include "gateway/http/message.hpp"
#include "gateway/security/digest.hpp"

namespace gateway::security {

using PartnerName = fhir::StrongId<struct PartnerNameTag, std::string>;

/// How one partner proves itself. At least one of the two; with both, a request must show both.
struct PartnerCredential {
  PartnerName partner;
  std::optional<Digest> token_sha256;  ///< SHA-256 of the bearer token. The token itself is never configured.
  std::optional<Digest> certificate_sha256;  ///< Of the DER bytes of the client certificate.
};

/// Port. No failure tells which part of the proof was wrong, and no credential reaches a log, an error or a
/// metric.
class Authenticator {
 public:
  Authenticator() = default;
  Authenticator(const Authenticator&) = delete;
  Authenticator& operator=(const Authenticator&) = delete;
  virtual ~Authenticator() = default;
  /// kUnauthenticated otherwise. Looks at headers and peer only, never at the body. I/O thread.
  [[nodiscard]] virtual fhir::Result<PartnerName> authenticate(const http::Request& request) const = 0;
};

/// Against configured credentials. Every credential is compared in constant time, so the time says nothing
/// about which one was near. Tokens (RFC 6750 2.1) are 16 to 4096 characters. Immutable; any thread.
class CredentialAuthenticator final : public Authenticator {
 public:
  static constexpr std::size_t kMaxTokenBytes = 4096;
  static constexpr std::size_t kMinTokenBytes = 16;

  /// kInvalidRequest when a credential is empty or two partners share one.
  [[nodiscard]] static fhir::Result<std::unique_ptr<CredentialAuthenticator>> make(
      std::vector<PartnerCredential> credentials);
  [[nodiscard]] fhir::Result<PartnerName> authenticate(const http::Request& request) const override;

 private:
  explicit CredentialAuthenticator(std::vector<PartnerCredential> credentials);
  std::vector<PartnerCredential> credentials_;
};

/// For `--dev`: a loopback caller is who its header `X-Ligament-Partner` says, among the configured names, or
/// the default partner without the header. Anything not from loopback is kUnauthenticated.
class DevAuthenticator final : public Authenticator {
 public:
  static constexpr std::string_view kHeader = "X-Ligament-Partner";

  DevAuthenticator(std::vector<PartnerName> known, PartnerName default_partner)
      : known_(std::move(known)), default_partner_(std::move(default_partner)) {}
  [[nodiscard]] fhir::Result<PartnerName> authenticate(const http::Request& request) const override;

 private:
  std::vector<PartnerName> known_;
  PartnerName default_partner_;
};

}  // namespace gateway::security
