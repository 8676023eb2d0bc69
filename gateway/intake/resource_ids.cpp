#include "gateway/intake/resource_ids.hpp"

#include <algorithm>
#include <array>

#include "fhir/base/uuid.hpp"

namespace gateway::intake {

namespace {

constexpr std::array<std::string_view, 6> kStableTypes = {
    "Patient", "Practitioner", "PractitionerRole", "Organization", "Location", "HealthcareService"};

constexpr std::size_t kNumberBytes = 6;
constexpr std::size_t kHashBytes = 10;
/// A digest has room for the hashed part of so many ids; one is computed for all of them.
constexpr std::uint32_t kIdsOfDigest = 3;
static_assert(kIdsOfDigest * kHashBytes <= sizeof(store::Digest));

void append_big_endian(std::string& out, std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8)
    out += static_cast<char>((value >> static_cast<unsigned>(shift)) & 0xFFu);
}

// Length before text, so that no two lists of texts are the same bytes.
void append_text(std::string& out, std::string_view text) {
  append_big_endian(out, text.size());
  out += text;
}

fhir::tree::Node business_identifier(fhir::tree::Node resource) {
  for (const fhir::tree::Node identifier : resource.children("identifier")) {
    if (!identifier.child("value").text().empty() && !identifier.child("system").text().empty())
      return identifier;
  }
  return {};
}

}  // namespace

std::string ResourceIds::next() {
  const std::uint32_t ordinal = ordinal_++;
  if (!block_ || *block_ != ordinal / kIdsOfDigest) {
    block_ = ordinal / kIdsOfDigest;
    std::string text = "message";
    append_big_endian(text, static_cast<std::uint64_t>(scope_.value()));
    append_big_endian(text, *block_);
    digest_ = (*hash_)(text);
  }
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t at = 0; at < kNumberBytes; ++at)
    bytes[at] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(scope_.value()) >> (8 * (5 - at)));
  std::copy_n(digest_.begin() + (ordinal % kIdsOfDigest) * kHashBytes, kHashBytes,
              bytes.begin() + kNumberBytes);
  return fhir::uuid_from_digest(bytes);
}

std::string ResourceIds::of(std::string_view partner, fhir::tree::Node resource) {
  if (!has_stable_id(resource)) return next();
  const fhir::tree::Node identifier = business_identifier(resource);
  return business_id(*hash_, partner, resource.type(), identifier.child("system").text(),
                     identifier.child("value").text());
}

bool has_stable_id(fhir::tree::Node resource) noexcept {
  return std::ranges::find(kStableTypes, resource.type()) != kStableTypes.end() &&
         business_identifier(resource);
}

std::string business_id(const KeyedHash& hash, std::string_view partner, std::string_view type,
                        std::string_view system, std::string_view value) {
  std::string text = "business";
  for (const std::string_view part : {partner, type, system, value})
    append_text(text, part);
  const store::Digest digest = hash(text);
  std::array<std::uint8_t, 16> bytes{};
  std::copy_n(digest.begin(), bytes.size(), bytes.begin());
  return fhir::uuid_from_digest(bytes);
}

store::Digest patient_key(const KeyedHash& hash, std::string_view nhs_number) {
  std::string text = "patient";
  append_text(text, nhs_number);
  return hash(text);
}

}  // namespace gateway::intake
