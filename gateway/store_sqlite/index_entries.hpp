// What search parameters find in a resource, as one column of its row.
//
// Each entry: kind (1 byte), param, system and the length of the value as base-128 numbers with the low part
// first, then the value. Of a date the value is both moments, 8 bytes each, low byte first. param and system
// are numbers of the table `name`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "fhir/base/instant.hpp"
#include "fhir/search/index_entry.hpp"

namespace gateway::store_sqlite {

/// The value points into the column, or into what was encoded.
struct StoredEntry {
  fhir::search::IndexKind kind = fhir::search::IndexKind::kToken;
  std::int64_t param = 0;
  std::int64_t system = 0;
  std::string_view value;  ///< Of a date empty.
  fhir::Instant low{};
  fhir::Instant high{};
  friend auto operator<=>(const StoredEntry& a, const StoredEntry& b) {
    return std::tie(a.value, a.param, a.system, a.kind, a.low, a.high) <=>
           std::tie(b.value, b.param, b.system, b.kind, b.low, b.high);
  }
  friend bool operator==(const StoredEntry&, const StoredEntry&) = default;
};

[[nodiscard]] std::string encode_entries(const std::vector<StoredEntry>& entries);

/// The entries of a column, in its order; nothing when it is not such an encoding.
[[nodiscard]] std::optional<std::vector<StoredEntry>> decode_entries(std::string_view column);

}  // namespace gateway::store_sqlite
