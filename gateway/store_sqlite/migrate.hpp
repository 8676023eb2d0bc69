// The schema and its versions: numbered migrations, forward only, each recorded with the digest of its text.
#pragma once

#include <span>

#include "gateway/store_sqlite/connection.hpp"

namespace gateway::store_sqlite {

/// "LGMT": marks the file as a store of this program (PRAGMA application_id).
inline constexpr int kApplicationId = 0x4C474D54;

/// Brings the file to the last migration, in one transaction; does not write when it is there already.
/// kCorrupt when the file is another program's, or a recorded migration differs from ours; kUnsupported when
/// a newer program wrote it.
[[nodiscard]] fhir::Status migrate(Connection& connection, std::span<const Migration> migrations);

/// The same checks without writing; kUnavailable when a migration is missing.
[[nodiscard]] fhir::Status check_schema(Connection& connection, std::span<const Migration> migrations);

}  // namespace gateway::store_sqlite
