// Digests, their text forms, and comparison without a timing trace (FIPS 180-4, RFC 2104, RFC 4648).
#pragma once

#include <array>
#include <cstdint>
#include <openssl/sha.h>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.hpp"

namespace gateway::security {

using Digest = std::array<std::uint8_t, 32>;

[[nodiscard]] Digest sha256(std::string_view bytes);

/// SHA-256 of bytes that come in pieces. A copy goes on from the same place.
class Sha256 {
 public:
  Sha256() noexcept;
  Sha256& update(std::string_view bytes) noexcept;
  /// Ends it; the object starts anew.
  [[nodiscard]] Digest finish() noexcept;

 private:
  SHA256_CTX state_;
};

/// HMAC-SHA-256 under one key, whose two blocks are hashed once: a short text then costs two blocks. As
/// secret as the key. Any thread.
class HmacSha256 {
 public:
  explicit HmacSha256(std::span<const std::uint8_t> key) noexcept;
  [[nodiscard]] Digest operator()(std::string_view bytes) const noexcept;

 private:
  Sha256 inner_;
  Sha256 outer_;
};

[[nodiscard]] Digest hmac_sha256(std::span<const std::uint8_t> key, std::string_view bytes);

/// Lower case.
[[nodiscard]] std::string to_hex(std::span<const std::uint8_t> bytes);
/// Either case, no separators. kMalformed otherwise.
[[nodiscard]] fhir::Result<std::vector<std::uint8_t>> from_hex(std::string_view text);
/// A digest in hexadecimal, with or without colons between bytes as certificate tools print it.
[[nodiscard]] fhir::Result<Digest> parse_digest(std::string_view text);

[[nodiscard]] std::string to_base64(std::string_view bytes);
/// Padded, no white space, no bits left over: one text for each sequence of bytes. kMalformed otherwise.
[[nodiscard]] fhir::Result<std::string> from_base64(std::string_view text);

/// Time depends on the lengths only.
[[nodiscard]] bool equal_in_constant_time(std::span<const std::uint8_t> a,
                                          std::span<const std::uint8_t> b) noexcept;

}  // namespace gateway::security
