#include "gateway/security/id_key.hpp"

#include <algorithm>

#include "fhir/base/uuid.hpp"

namespace gateway::security {
namespace {

void append_part(std::string& input, std::string_view part) {
  for (int shift = 56; shift >= 0; shift -= 8) {
    input.push_back(static_cast<char>((part.size() >> static_cast<unsigned>(shift)) & 255u));
  }
  input.append(part);
}

}  // namespace

fhir::Result<IdKey> IdKey::from_hex(std::string_view text) {
  const auto digest = parse_digest(text);
  if (!digest.has_value()) {
    return fhir::fail(fhir::ErrorCode::kInvalidRequest, "an identifier key is 64 hexadecimal digits");
  }
  return IdKey(*digest);
}

IdKey IdKey::trial() {
  return IdKey(sha256("ligament trial identifier key"));
}

Digest IdKey::digest(std::string_view domain, std::span<const std::string_view> parts) const {
  std::string input;
  input.reserve(256);
  append_part(input, domain);
  for (const std::string_view part : parts)
    append_part(input, part);
  return keyed_(input);
}

Digest IdKey::digest(std::string_view domain, std::initializer_list<std::string_view> parts) const {
  return digest(domain, std::span<const std::string_view>(parts.begin(), parts.size()));
}

std::string IdKey::uuid(std::string_view domain, std::initializer_list<std::string_view> parts) const {
  const Digest full = digest(domain, parts);
  std::array<std::uint8_t, 16> head{};
  std::copy_n(full.begin(), head.size(), head.begin());
  return fhir::uuid_from_digest(head);
}

std::string IdKey::correlation(std::string_view domain, std::string_view value) const {
  const Digest full = digest(domain, {value});
  return to_hex(std::span(full).first(8));
}

}  // namespace gateway::security
