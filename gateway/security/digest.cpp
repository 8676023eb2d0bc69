#include "gateway/security/digest.hpp"

#include <algorithm>
#include <new>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <utility>

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

EVP_MD_CTX* context_of(void* context) {
  return static_cast<EVP_MD_CTX*>(context);
}

fhir::Error malformed(const char* what) {
  return fhir::Error{fhir::ErrorCode::kMalformed, what};
}

}  // namespace

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  if (context_ == nullptr || EVP_DigestInit_ex(context_of(context_), EVP_sha256(), nullptr) != 1)
    throw std::bad_alloc();
}

Sha256::~Sha256() {
  EVP_MD_CTX_free(context_of(context_));
}

Sha256::Sha256(Sha256&& other) noexcept : context_(std::exchange(other.context_, nullptr)) {}

Sha256& Sha256::operator=(Sha256&& other) noexcept {
  std::swap(context_, other.context_);
  return *this;
}

Sha256& Sha256::update(std::string_view bytes) {
  EVP_DigestUpdate(context_of(context_), bytes.data(), bytes.size());
  return *this;
}

Digest Sha256::finish() {
  Digest digest{};
  EVP_DigestFinal_ex(context_of(context_), digest.data(), nullptr);
  EVP_DigestInit_ex(context_of(context_), EVP_sha256(), nullptr);
  return digest;
}

Digest sha256(std::string_view bytes) {
  Digest digest{};
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1)
    throw std::bad_alloc();
  return digest;
}

Digest hmac_sha256(std::span<const std::uint8_t> key, std::string_view bytes) {
  Digest digest{};
  // An empty key is a null pointer to OpenSSL, which takes that for "the key before".
  static constexpr std::uint8_t kEmpty = 0;
  const auto* key_bytes = key.empty() ? &kEmpty : key.data();
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  if (HMAC(EVP_sha256(), key_bytes, static_cast<int>(key.size()), data, bytes.size(), digest.data(),
           nullptr) == nullptr) {
    throw std::bad_alloc();
  }
  return digest;
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
