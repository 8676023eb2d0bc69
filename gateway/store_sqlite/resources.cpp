#include <algorithm>

#include "gateway/store_sqlite/bodies.hpp"
#include "gateway/store_sqlite/index_entries.hpp"
#include "gateway/store_sqlite/ports.hpp"

namespace gateway::store_sqlite {

using fhir::ErrorCode;
using fhir::fail;
using fhir::Result;
using fhir::Status;
using fhir::search::IndexEntry;
using fhir::search::IndexKind;
using store::ResourceRow;
using store::ResourceWrite;
using store::WriteRule;

namespace {

/// True when `stored` differs from what is written in its stamp at most.
bool same_but_stamp(const ResourceWrite& write, std::string_view stored) {
  if (!write.stamp) return false;
  const std::string_view json = write.json;
  const std::string_view before = json.substr(0, write.stamp->at);
  const std::string_view after = json.substr(write.stamp->at + write.stamp->length);
  if (stored.size() < before.size() + after.size() || !stored.starts_with(before) || !stored.ends_with(after))
    return false;
  const std::string_view stamp = stored.substr(before.size(), stored.size() - before.size() - after.size());
  return stamp.find('"') == std::string_view::npos;
}

}  // namespace

/// The current version as put() needs it.
struct SqliteResourceStore::Current {
  Found found;
  std::int64_t audience = 0;
  std::string entries;
  bool same = false;  // as what is written, but for the stamp
};

Result<std::optional<SqliteResourceStore::Found>> SqliteResourceStore::lookup(std::string_view type,
                                                                              std::string_view id) {
  LIGAMENT_TRY(const std::optional<std::int64_t> type_id, session_->names.find(std::string(type)));
  if (!type_id) return std::nullopt;
  Statement select = session_->prepared(Sql::kResourceVersion);
  return row_of<Found>(select.bind(*type_id, id), [](const Statement& row) {
    return Found{row.integer(0), row.integer(1)};
  });
}

Result<std::optional<SqliteResourceStore::Current>> SqliteResourceStore::current(std::int64_t type,
                                                                                 const ResourceWrite& write) {
  Statement select = session_->prepared(Sql::kResourceFind);
  return row_of<Current>(select.bind(type, write.id), [&](const Statement& row) {
    return Current{{row.integer(0), row.integer(1)},
                   row.integer(2),
                   row.text(3),
                   write.rule == WriteRule::kAny && same_but_stamp(write, row.view(4))};
  });
}

Result<std::int64_t> SqliteResourceStore::put(const ResourceWrite& write) {
  LIGAMENT_CHECK(session_->writing());
  if (write.message) LIGAMENT_CHECK(session_->known(*write.message));
  LIGAMENT_TRY(const std::int64_t type, session_->names.intern(write.type));
  LIGAMENT_TRY(std::int64_t audience, intern_audience(write.audience));
  if (write.rule == WriteRule::kCreate) return create(type, write, audience);
  LIGAMENT_TRY(const std::optional<Current> current, this->current(type, write));
  if (!current && write.rule == WriteRule::kMatch) return fail(ErrorCode::kNotFound, "no such resource");
  if (!current) return create(type, write, audience);
  if (write.rule == WriteRule::kMatch && current->found.version != write.expected_version) {
    return fail(ErrorCode::kConflict, "the resource has another version");
  }
  if (write.sight == store::Sight::kWiden && current->audience != audience) {
    LIGAMENT_TRY(audience, widen_audience(current->audience, write.audience));
  }
  if (!current->same) return replace(*current, write, audience);
  if (current->audience != audience) {
    LIGAMENT_CHECK(session_->prepared(Sql::kResourceShow).bind(current->found.key, audience).run());
  }
  remember(write, current->found.key, current->found.version);
  return current->found.version;
}

Status SqliteResourceStore::show(std::string_view type, std::string_view id,
                                 const std::vector<std::string>& partners, store::Sight sight) {
  LIGAMENT_CHECK(session_->writing());
  LIGAMENT_TRY(const std::optional<std::int64_t> type_id, session_->names.find(std::string(type)));
  if (!type_id) return fail(ErrorCode::kNotFound, "no such resource");
  Statement select = session_->prepared(Sql::kResourceSight);
  LIGAMENT_TRY(const bool found, select.bind(*type_id, id).step());
  if (!found) return fail(ErrorCode::kNotFound, "no such resource");
  const std::int64_t key = select.integer(0);
  const std::int64_t before = select.integer(1);
  LIGAMENT_TRY(const std::int64_t audience,
               sight == store::Sight::kWiden ? widen_audience(before, partners) : intern_audience(partners));
  if (audience == before) return {};
  return session_->prepared(Sql::kResourceShow).bind(key, audience).run();
}

Result<std::int64_t> SqliteResourceStore::create(std::int64_t type, const ResourceWrite& write,
                                                 std::int64_t audience) {
  LIGAMENT_TRY(const std::vector<StoredEntry> entries, entries_of(write));
  const std::string column = encode_entries(entries);
  const Status inserted =
      session_->prepared(Sql::kResourceInsert)
          .bind(type, write.id, write.at, audience, write.message, Blob{column}, Blob{write.json})
          .run();
  if (!inserted.has_value()) {
    if (inserted.error().code != ErrorCode::kConflict) return fail(inserted.error());
    return fail(ErrorCode::kConflict, "the resource exists");
  }
  const std::int64_t key = session_->connection.last_row();
  add_to_index(key, entries, {});
  remember(write, key, 1);
  return 1;
}

Result<std::int64_t> SqliteResourceStore::replace(const Current& current, const ResourceWrite& write,
                                                  std::int64_t audience) {
  const auto [key, version] = current.found;
  if (version == kLastVersion) return fail(ErrorCode::kTooLarge, "a resource has too many versions");
  LIGAMENT_TRY(const std::vector<StoredEntry> entries, entries_of(write));
  const std::optional<std::vector<StoredEntry>> before = decode_entries(current.entries);
  if (!before) return fail(ErrorCode::kCorrupt, "the index entries of a resource cannot be read");
  LIGAMENT_CHECK(session_->prepared(Sql::kResourceKeepVersion).bind(key, version_seq(key, version)).run());
  const std::string column = encode_entries(entries);
  LIGAMENT_CHECK(
      session_->prepared(Sql::kResourceUpdate)
          .bind(key, version + 1, write.at, audience, write.message, Blob{column}, Blob{write.json})
          .run());
  LIGAMENT_CHECK(take_from_index(key, *before, entries));
  add_to_index(key, entries, *before);
  remember(write, key, version + 1);
  return version + 1;
}

Result<std::int64_t> SqliteResourceStore::widen_audience(std::int64_t before,
                                                         std::vector<std::string> partners) {
  Statement select = session_->prepared(Sql::kNameText);
  LIGAMENT_TRY(const bool found, select.bind(before).step());
  if (!found) return fail(ErrorCode::kCorrupt, "an audience has no name");
  const std::string text = select.text(0);
  // The name is "audience" and a line for each member.
  for (std::size_t at = text.find('\n'); at != std::string::npos;) {
    const std::size_t end = text.find('\n', at + 1);
    partners.push_back(text.substr(at + 1, end == std::string::npos ? end : end - at - 1));
    at = end;
  }
  std::ranges::sort(partners);
  partners.erase(std::ranges::unique(partners).begin(), partners.end());
  return intern_audience(std::move(partners));
}

void SqliteResourceStore::remember(const ResourceWrite& write, std::int64_t key, std::int64_t version) {
  const auto same = [&](const WrittenResource& one) { return one.id == write.id && one.type == write.type; };
  std::erase_if(session_->written, same);
  session_->written.push_back({write.type, write.id, version_seq(key, version)});
}

Result<std::int64_t> SqliteResourceStore::intern_audience(std::vector<std::string> partners) {
  std::ranges::sort(partners);
  if (session_->audience_name != 0 && partners == session_->audience) return session_->audience_name;
  std::string text = "audience";
  for (const std::string& partner : partners)
    text.append(1, '\n').append(partner);
  LIGAMENT_TRY(const std::optional<std::int64_t> known, session_->names.find(text));
  LIGAMENT_TRY(const std::int64_t audience, session_->names.intern(text));
  for (std::size_t i = 0; i < partners.size() && !known; ++i) {
    LIGAMENT_TRY(const std::int64_t member, session_->names.intern("partner\n" + partners[i]));
    LIGAMENT_CHECK(session_->prepared(Sql::kAudienceInsert).bind(member, audience).run());
  }
  session_->audience = std::move(partners);
  session_->audience_name = audience;
  return audience;
}

/// In order, none twice.
Result<std::vector<StoredEntry>> SqliteResourceStore::entries_of(const ResourceWrite& write) {
  std::vector<StoredEntry> entries;
  entries.reserve(write.index.size());
  for (const IndexEntry& entry : write.index) {
    StoredEntry stored{entry.kind, 0, 0, {}, {}, {}};
    LIGAMENT_TRY(stored.param, session_->names.intern(write.type + "." + entry.param));
    if (entry.kind == IndexKind::kToken || entry.kind == IndexKind::kReference) {
      LIGAMENT_TRY(stored.system, session_->names.intern(entry.system));
    }
    if (entry.kind == IndexKind::kDate) {
      stored.low = entry.low;
      stored.high = entry.high;
    } else {
      stored.value = entry.value;
    }
    entries.push_back(stored);
  }
  std::ranges::sort(entries);
  entries.erase(std::ranges::unique(entries).begin(), entries.end());
  return entries;
}

/// Takes out those of `entries` that are not in `but`. Both are in order.
Status SqliteResourceStore::take_from_index(std::int64_t key, const std::vector<StoredEntry>& entries,
                                            const std::vector<StoredEntry>& but) {
  LIGAMENT_CHECK(session_->write_values());
  for (const StoredEntry& entry : entries) {
    if (entry.kind == IndexKind::kDate || std::ranges::binary_search(but, entry)) continue;
    LIGAMENT_CHECK(
        session_->prepared(Sql::kValueDelete).bind(entry.value, entry.param, key, entry.system).run());
  }
  return {};
}

/// Puts in those of `entries` that are not in `but`, at the end of the unit. Both are in order.
void SqliteResourceStore::add_to_index(std::int64_t key, const std::vector<StoredEntry>& entries,
                                       const std::vector<StoredEntry>& but) {
  for (const StoredEntry& entry : entries) {
    if (entry.kind == IndexKind::kDate || std::ranges::binary_search(but, entry)) continue;
    session_->values.push_back({std::string(entry.value), entry.param, key, entry.system});
  }
}

Result<std::vector<ResourceRow>> SqliteResourceStore::replaced(std::string_view type, std::string_view id,
                                                               std::int64_t key, std::int64_t from,
                                                               std::int64_t to, std::size_t limit) {
  Statement select = session_->prepared(Sql::kResourceVersions);
  select.bind(version_seq(key, from), version_seq(key, to), limit_of(limit));
  return rows_of<ResourceRow>(select, [&](const Statement& row) {
    return ResourceRow{.type = std::string(type),
                       .id = std::string(id),
                       .version = version_of(row.integer(0)),
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
  return current(type, found->key);
}

Result<std::optional<ResourceRow>> SqliteResourceStore::get_version(std::string_view type,
                                                                    std::string_view id,
                                                                    std::int64_t version) {
  if (version < 1 || version > kLastVersion) return std::nullopt;
  LIGAMENT_TRY(const std::optional<Found> found, lookup(type, id));
  if (!found) return std::nullopt;
  if (version == found->version) return current(type, found->key);
  LIGAMENT_TRY(std::vector<ResourceRow> rows, replaced(type, id, found->key, version, version, 1));
  return rows.empty() ? std::nullopt : std::optional(std::move(rows.front()));
}

Result<std::vector<ResourceRow>> SqliteResourceStore::history(std::string_view type, std::string_view id,
                                                              std::size_t limit) {
  std::vector<ResourceRow> rows;
  LIGAMENT_TRY(const std::optional<Found> found, lookup(type, id));
  if (!found || limit == 0) return rows;
  LIGAMENT_TRY(rows, replaced(type, id, found->key, 1, kLastVersion, limit - 1));
  LIGAMENT_TRY(ResourceRow now, current(type, found->key));
  rows.insert(rows.begin(), std::move(now));
  return rows;
}

}  // namespace gateway::store_sqlite
