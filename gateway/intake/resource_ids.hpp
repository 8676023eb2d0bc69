// Ids of resources: ordered and unguessable for what a message brings, stable for whom it names.
//
// A message-scoped id is a UUID (version 8) whose first six bytes are the message number, so that keys of one
// time lie together in the store, and whose rest is a keyed hash of (number, ordinal). The id of a Patient,
// Practitioner, PractitionerRole, Organization, Location or HealthcareService with a business identifier is a
// keyed hash over (partner, type, system, value): the same each time that partner names it, and not to be
// counted back to an NHS number.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fhir/tree/tree.hpp"
#include "gateway/intake/keyed_hash.hpp"
#include "gateway/store/ids.hpp"

namespace gateway::intake {

/// Where the ids of what follows from a message begin; a message has fewer entries than that.
inline constexpr std::uint32_t kAnswerIds = 1'000'000;
inline constexpr std::uint32_t kEscalationIds = 2'000'000;
inline constexpr std::uint32_t kChangeIds =
    10'000'000;  ///< Of its first change; each later one as far again.

/// Ids of one message or event, in the order they are asked for: the same questions in the same order give
/// the same ids, so a unit of work that runs again writes the same. Not thread-safe. `hash` outlives it.
class ResourceIds {
 public:
  /// `first` keeps the ids of several makers in one scope apart: see the constants below.
  ResourceIds(const KeyedHash& hash, store::MessageSeq scope, std::uint32_t first = 0)
      : hash_(&hash), scope_(scope), ordinal_(first) {}

  /// The next message-scoped id; also good for Bundles, headers and request ids.
  [[nodiscard]] std::string next();
  /// The id a received resource gets here.
  [[nodiscard]] std::string of(std::string_view partner, fhir::tree::Node resource);

 private:
  const KeyedHash* hash_;
  store::MessageSeq scope_;
  std::uint32_t ordinal_;
  std::optional<std::uint32_t> block_;  ///< Of which `digest_` is.
  store::Digest digest_{};
};

/// True for a resource of a kind above with a business identifier.
[[nodiscard]] bool has_stable_id(fhir::tree::Node resource) noexcept;

/// The stable id of (partner, type, system, value).
[[nodiscard]] std::string business_id(const KeyedHash& hash, std::string_view partner, std::string_view type,
                                      std::string_view system, std::string_view value);

/// The key by which referrals of one patient find each other; `nhs_number` is ten digits.
[[nodiscard]] store::Digest patient_key(const KeyedHash& hash, std::string_view nhs_number);

}  // namespace gateway::intake
