// Bodies with inserts: a text of their own and the versions that go into it.
//
// The column of inserts has for each insert, as base-128 numbers with the low part first, how much of the
// text goes before it since the last one, and the seq of the version: key * 2^20 + version. A body without
// inserts has NULL there.
#pragma once

#include "gateway/store/body_insert.hpp"
#include "gateway/store_sqlite/session.hpp"

namespace gateway::store_sqlite {

/// The column for inserts into a text of `size` bytes. Errors: store::BodyInserts.
[[nodiscard]] fhir::Result<std::optional<std::string>> encode_inserts(Session& session, std::size_t size,
                                                                      const store::BodyInserts& inserts);

/// The whole body. `column` is empty when there are no inserts.
[[nodiscard]] fhir::Result<std::string> whole_body(Session& session, std::string_view text,
                                                   std::string_view column);

/// resource_version.seq of a version, also of the current one.
[[nodiscard]] std::int64_t version_seq(std::int64_t key, std::int64_t version) noexcept;
/// The version in such a seq.
[[nodiscard]] std::int64_t version_of(std::int64_t seq) noexcept;
/// The highest version there is room for.
inline constexpr std::int64_t kLastVersion = (std::int64_t{1} << 20) - 1;

}  // namespace gateway::store_sqlite
