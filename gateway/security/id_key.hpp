// Identifiers derived from an installation's key: repeatable here, unguessable elsewhere.
//
//   const std::string id = key.uuid("patient", {"https://fhir.nhs.uk/Id/nhs-number", number});
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "fhir/base/result.hpp"
#include "gateway/security/digest.hpp"

namespace gateway::security {

/// 32 bytes that never leave the installation: not logged, not shown. Copyable; any thread.
class IdKey {
 public:
  explicit IdKey(const Digest& bytes) : keyed_(bytes) {}
  /// 64 hexadecimal digits.
  [[nodiscard]] static fhir::Result<IdKey> from_hex(std::string_view text);
  /// The fixed key of trial runs without an installation; its ids are the same everywhere.
  [[nodiscard]] static IdKey trial();

  /// HMAC-SHA-256 over the domain and each part, every one preceded by its length in 8 bytes, big end first:
  /// no two different lists of parts give the same input.
  [[nodiscard]] Digest digest(std::string_view domain, std::span<const std::string_view> parts) const;
  [[nodiscard]] Digest digest(std::string_view domain, std::initializer_list<std::string_view> parts) const;

  /// A version 8 UUID over the first 16 bytes of the digest.
  [[nodiscard]] std::string uuid(std::string_view domain,
                                 std::initializer_list<std::string_view> parts) const;

  /// The first 8 bytes of the digest in hexadecimal: tells log lines about one NHS number apart from those
  /// about another, and says nothing else about it.
  [[nodiscard]] std::string correlation(std::string_view domain, std::string_view value) const;

 private:
  HmacSha256 keyed_;
};

}  // namespace gateway::security
