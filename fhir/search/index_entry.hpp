// One line of the search index: what a search parameter finds in a resource.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fhir/base/instant.hpp"
#include "fhir/tree/tree.hpp"

namespace fhir::search {

/// The index table an entry belongs to (FHIR R4 3.1.1.4.1, search parameter types).
enum class IndexKind : std::uint8_t { kToken = 1, kReference = 2, kString = 3, kDate = 4 };

struct IndexEntry {
  IndexKind kind = IndexKind::kToken;
  std::string param;   ///< `identifier`, `patient`, `patient:identifier`.
  std::string system;  ///< Token: the system, or empty. Reference: the target's type, or empty when unknown.
  std::string value;   ///< Token: the code or value. Reference: the target's id, or an absolute URL or urn.
                       ///< String: as it is.
  Instant low{};       ///< Date: first moment of the period.
  Instant high{};      ///< Date: first moment after it.
  friend bool operator==(const IndexEntry&, const IndexEntry&) = default;
};

/// The entries of a resource for the parameters of parameters.hpp. `_id` and `_lastUpdated` are not among
/// them: the store knows both. No entry twice. A resource of a type without parameters has none.
[[nodiscard]] std::vector<IndexEntry> index_entries(tree::Node resource);

}  // namespace fhir::search
