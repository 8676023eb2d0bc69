// The functions by the name of the digest and not by EVP: for a text of a few blocks, EVP takes several times
// as long to find its implementation as that takes to hash. OpenSSL 3 marks them deprecated.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "gateway/security/digest.hpp"

#include <algorithm>
#include <openssl/crypto.h>

namespace gateway::security {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";
constexpr std::string_view kBase64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string_view characters(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};  // NOLINT: bytes as characters
}

fhir::Error malformed(const char* what) {
  return fhir::Error{fhir::ErrorCode::kMalformed, what};
}

}  // namespace

Sha256::Sha256() noexcept {
  SHA256_Init(&state_);
}

Sha256& Sha256::update(std::string_view bytes) noexcept {
  SHA256_Update(&state_, bytes.data(), bytes.size());
  return *this;
}

Digest Sha256::finish() noexcept {
  Digest digest{};
  SHA256_Final(digest.data(), &state_);
  SHA256_Init(&state_);
  return digest;
}

Digest sha256(std::string_view bytes) {
  return Sha256().update(bytes).finish();
}

HmacSha256::HmacSha256(std::span<const std::uint8_t> key) noexcept {
  std::array<char, SHA256_CBLOCK> block{};
  if (key.size() > block.size()) {
    const Digest digest =
        Sha256().update({reinterpret_cast<const char*>(key.data()), key.size()}).finish();  // NOLINT
    std::ranges::copy(digest, block.begin());
  } else {
    std::ranges::copy(key, block.begin());
  }
  const auto padded_with = [&block](unsigned char pad) {
    std::array<char, SHA256_CBLOCK> padded{};
    std::ranges::transform(block, padded.begin(), [pad](char byte) {
      return static_cast<char>(static_cast<unsigned char>(byte) ^ pad);
    });
    return Sha256().update({padded.data(), padded.size()});
  };
  inner_ = padded_with(0x36);
  outer_ = padded_with(0x5c);
}

Digest HmacSha256::operator()(std::string_view bytes) const noexcept {
  const Digest inside = Sha256(inner_).update(bytes).finish();
  return Sha256(outer_).update(characters(inside)).finish();
}

Digest hmac_sha256(std::span<const std::uint8_t> key, std::string_view bytes) {
  return HmacSha256(key)(bytes);
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const std::uint8_t byte : bytes) {
    text.push_back(kHexDigits[byte >> 4u]);
    text.push_back(kHexDigits[byte & 15u]);
  }
  return text;
}

fhir::Result<std::vector<std::uint8_t>> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return fhir::fail(malformed("hexadecimal text has an odd length"));
  std::vector<std::uint8_t> bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_digit(text[i]);
    const int low = hex_digit(text[i + 1]);
    if (high < 0 || low < 0) return fhir::fail(malformed("not hexadecimal"));
    bytes.push_back(static_cast<std::uint8_t>(high * 16 + low));
  }
  return bytes;
}

fhir::Result<Digest> parse_digest(std::string_view text) {
  const bool colons = text.size() == 95;
  if (!colons && text.size() != 64) return fhir::fail(malformed("not a SHA-256 digest"));
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool separator = colons && i % 3 == 2;
    if (separator != (text[i] == ':')) return fhir::fail(malformed("not a SHA-256 digest"));
    if (!separator) plain.push_back(text[i]);
  }
  const auto bytes = from_hex(plain);
  Digest digest{};
  if (!bytes.has_value() || bytes->size() != digest.size())
    return fhir::fail(malformed("not a SHA-256 digest"));
  std::copy(bytes->begin(), bytes->end(), digest.begin());
  return digest;
}

std::string to_base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
    for (std::size_t k = 0; k < 3; ++k) {
      group = (group << 8u) | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    }
    for (std::size_t k = 0; k < 4; ++k) {
      text.push_back(k <= count ? kBase64Digits[(group >> (18u - 6u * k)) & 63u] : '=');
    }
  }
  return text;
}

fhir::Result<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return fhir::fail(malformed("base64 text is not in groups of four"));
  const std::size_t padding = text.ends_with("==") ? 2u : text.ends_with('=') ? 1u : 0u;
  text.remove_suffix(padding);
  std::string bytes;
  bytes.reserve(text.size() * 3 / 4);
  std::uint32_t group = 0;
  unsigned bits = 0;
  for (const char c : text) {
    const std::size_t digit = kBase64Digits.find(c);
    if (digit == std::string_view::npos) return fhir::fail(malformed("not base64"));
    group = (group << 6u) | static_cast<std::uint32_t>(digit);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push_back(static_cast<char>((group >> bits) & 255u));
  }
  if ((group & ((1u << bits) - 1u)) != 0) return fhir::fail(malformed("base64 text has bits left over"));
  return bytes;
}

bool equal_in_constant_time(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace gateway::security
