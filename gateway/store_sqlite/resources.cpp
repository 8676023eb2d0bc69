#include <algorithm>

#include "gateway/store_sqlite/ports.hpp"

namespace gateway::store_sqlite {

using fhir::ErrorCode;
using fhir::fail;
using fhir::Result;
using fhir::Status;
using fhir::search::IndexEntry;
using fhir::search::IndexKind;
using store::ResourceRow;
using store::WriteRule;

namespace {

// resource_version.seq is key * 2^20 + version.
constexpr int kVersionBits = 20;
constexpr std::int64_t kLastVersion = (std::int64_t{1} << kVersionBits) - 1;

std::int64_t version_seq(std::int64_t key, std::int64_t version) {
  return (key << kVersionBits) | version;
}

}  // namespace

Result<std::optional<SqliteResourceStore::Found>> SqliteResourceStore::lookup(std::string_view type,
                                                                              std::string_view id) {
  LIGAMENT_TRY(const std::optional<std::int64_t> type_id, session_->names.find(std::string(type)));
  if (!type_id) return std::nullopt;
  Statement select = session_->prepared(Sql::kResourceFind);
  return row_of<Found>(select.bind(*type_id, id), [](const Statement& row) {
    return Found{row.integer(0), row.integer(1)};
  });
}

Result<std::int64_t> SqliteResourceStore::put(const store::ResourceWrite& write) {
  LIGAMENT_CHECK(session_->writing());
  if (write.message) LIGAMENT_CHECK(session_->known(*write.message));
  LIGAMENT_TRY(std::optional<Found> found, lookup(write.type, write.id));
  if (write.rule == WriteRule::kCreate && found) return fail(ErrorCode::kConflict, "the resource exists");
  if (write.rule == WriteRule::kMatch && !found) return fail(ErrorCode::kNotFound, "no such resource");
  if (write.rule == WriteRule::kMatch && found->version != write.expected_version) {
    return fail(ErrorCode::kConflict, "the resource has another version");
  }
  LIGAMENT_TRY(const std::int64_t audience, intern_audience(write.audience));
  if (found) {
    if (found->version == kLastVersion) return fail(ErrorCode::kTooLarge, "a resource has too many versions");
    ++found->version;
    LIGAMENT_CHECK(
        session_->prepared(Sql::kResourceUpdate).bind(found->key, found->version, write.at, audience).run());
    for (const Sql erase : {Sql::kTokenDelete, Sql::kReferenceDelete, Sql::kStringDelete, Sql::kDateDelete}) {
      LIGAMENT_CHECK(session_->prepared(erase).bind(found->key).run());
    }
  } else {
    LIGAMENT_TRY(const std::int64_t type_id, session_->names.intern(write.type));
    LIGAMENT_CHECK(
        session_->prepared(Sql::kResourceInsert).bind(type_id, write.id, write.at, audience).run());
    found = Found{session_->connection.last_row(), 1};
  }
  LIGAMENT_CHECK(session_->prepared(Sql::kResourceVersionInsert)
                     .bind(version_seq(found->key, found->version), write.at, write.message, Blob{write.json})
                     .run());
  LIGAMENT_CHECK(write_index(found->key, write));
  return found->version;
}

Result<std::int64_t> SqliteResourceStore::intern_audience(std::vector<std::string> partners) {
  std::ranges::sort(partners);
  std::string text = "audience";
  for (const std::string& partner : partners)
    text.append(1, '\n').append(partner);
  LIGAMENT_TRY(const std::optional<std::int64_t> known, session_->names.find(text));
  if (known) return *known;
  LIGAMENT_TRY(const std::int64_t audience, session_->names.intern(text));
  for (const std::string& partner : partners) {
    LIGAMENT_TRY(const std::int64_t member, session_->names.intern("partner\n" + partner));
    LIGAMENT_CHECK(session_->prepared(Sql::kAudienceInsert).bind(member, audience).run());
  }
  return audience;
}

Status SqliteResourceStore::write_index(std::int64_t key, const store::ResourceWrite& write) {
  for (const IndexEntry& entry : write.index) {
    LIGAMENT_TRY(const std::int64_t param, session_->names.intern(write.type + "." + entry.param));
    switch (entry.kind) {
      case IndexKind::kToken:
      case IndexKind::kReference: {
        LIGAMENT_TRY(const std::int64_t system, session_->names.intern(entry.system));
        const Sql insert = entry.kind == IndexKind::kToken ? Sql::kTokenInsert : Sql::kReferenceInsert;
        LIGAMENT_CHECK(session_->prepared(insert).bind(key, param, entry.value, system).run());
        break;
      }
      case IndexKind::kString:
        LIGAMENT_CHECK(session_->prepared(Sql::kStringInsert).bind(key, param, entry.value).run());
        break;
      case IndexKind::kDate:
        LIGAMENT_CHECK(session_->prepared(Sql::kDateInsert).bind(key, param, entry.low, entry.high).run());
        break;
    }
  }
  return {};
}

Result<std::vector<ResourceRow>> SqliteResourceStore::versions(std::string_view type, std::string_view id,
                                                               const Found& found, std::int64_t from,
                                                               std::int64_t to, std::size_t limit) {
  Statement select = session_->prepared(Sql::kResourceVersions);
  select.bind(version_seq(found.key, from), version_seq(found.key, to), limit_of(limit));
  return rows_of<ResourceRow>(select, [&](const Statement& row) {
    return ResourceRow{.type = std::string(type),
                       .id = std::string(id),
                       .version = row.integer(0) & kLastVersion,
                       .at = row.instant(1),
                       .message = row.maybe_id<store::MessageSeq>(2),
                       .json = row.text(3)};
  });
}

Result<std::optional<std::int64_t>> SqliteResourceStore::current_version(std::string_view type,
                                                                         std::string_view id) {
  LIGAMENT_TRY(const std::optional<Found> found, lookup(type, id));
  return found ? std::optional(found->version) : std::nullopt;
}

Result<std::optional<ResourceRow>> SqliteResourceStore::get(std::string_view type, std::string_view id) {
  LIGAMENT_TRY(const std::optional<Found> found, lookup(type, id));
  if (!found) return std::nullopt;
  LIGAMENT_TRY(std::vector<ResourceRow> rows, versions(type, id, *found, found->version, found->version, 1));
  if (rows.empty()) return fail(ErrorCode::kCorrupt, "a resource has no current version");
  return std::move(rows.front());
}

Result<std::optional<ResourceRow>> SqliteResourceStore::get_version(std::string_view type,
                                                                    std::string_view id,
                                                                    std::int64_t version) {
  if (version < 1 || version > kLastVersion) return std::nullopt;
  LIGAMENT_TRY(const std::optional<Found> found, lookup(type, id));
  if (!found) return std::nullopt;
  LIGAMENT_TRY(std::vector<ResourceRow> rows, versions(type, id, *found, version, version, 1));
  return rows.empty() ? std::nullopt : std::optional(std::move(rows.front()));
}

Result<std::vector<ResourceRow>> SqliteResourceStore::history(std::string_view type, std::string_view id,
                                                              std::size_t limit) {
  LIGAMENT_TRY(const std::optional<Found> found, lookup(type, id));
  if (!found) return std::vector<ResourceRow>();
  return versions(type, id, *found, 1, kLastVersion, limit);
}

}  // namespace gateway::store_sqlite
