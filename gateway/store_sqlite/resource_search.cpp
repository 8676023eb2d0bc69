#include <charconv>

#include "gateway/store_sqlite/ports.hpp"
#include "gateway/store_sqlite/search_plan.hpp"

namespace gateway::store_sqlite {

using fhir::ErrorCode;
using fhir::fail;
using fhir::Result;
using store::ResourceRow;

namespace {

Result<std::int64_t> key_before(const fhir::search::Query& query) {
  if (!query.cursor) return INT64_MAX;
  std::int64_t key = 0;
  const char* const end = query.cursor->data() + query.cursor->size();
  const auto [stopped, error] = std::from_chars(query.cursor->data(), end, key);
  if (error != std::errc() || stopped != end || key < 1) {
    return fail(ErrorCode::kInvalidRequest, "not a cursor of this server");
  }
  return key;
}

Result<bool> matches(Session& session, const SearchPlan& plan, std::int64_t key) {
  Statement select = session.prepared(Sql::kResourceProbe);
  LIGAMENT_TRY(const bool row, select.bind(key).step());
  if (!row) return fail(ErrorCode::kCorrupt, "an index entry without a resource");
  std::optional<std::vector<StoredEntry>> entries = decode_entries(select.view(3));
  if (!entries) return fail(ErrorCode::kCorrupt, "the index entries of a resource cannot be read");
  return plan.holds({select.view(0), select.instant(1), select.integer(2), std::move(*entries)});
}

}  // namespace

Result<store::ResourcePage> SqliteResourceStore::search(const fhir::search::Query& query) {
  store::ResourcePage page;
  LIGAMENT_CHECK(session_->write_values());
  LIGAMENT_TRY(const std::int64_t before, key_before(query));
  const bool counting = query.total || query.count == 0;
  if (counting) page.total = 0;
  const std::optional<std::int64_t> bound = counting ? std::nullopt : std::optional(before);
  LIGAMENT_TRY(const SearchPlan plan, SearchPlan::make(query, bound, session_->names, session_->connection));
  if (plan.impossible()) return page;
  Statement candidates = session_->connection.prepare_once(plan.text());
  for (const auto& value : plan.values())
    std::visit([&](const auto& bound) { candidates.bind(bound); }, value);
  std::int64_t last = INT64_MAX;
  std::int64_t last_shown = 0;
  for (;;) {
    LIGAMENT_TRY(const bool row, candidates.step());
    if (!row) return page;
    const std::int64_t key = candidates.integer(0);
    const bool wanted = key < before && query.count > 0 && !page.next;
    if (key == last || !(wanted || counting)) continue;
    last = key;
    LIGAMENT_TRY(const bool matching, matches(*session_, plan, key));
    if (!matching) continue;
    if (counting) ++*page.total;
    if (!wanted) continue;
    if (page.rows.size() == query.count) {
      page.next = std::to_string(last_shown);
      if (!counting) return page;
      continue;
    }
    LIGAMENT_TRY(ResourceRow found, current(query.type, key));
    page.rows.push_back(std::move(found));
    last_shown = key;
  }
}

Result<ResourceRow> SqliteResourceStore::current(std::string_view type, std::int64_t key) {
  Statement select = session_->prepared(Sql::kResourceCurrent);
  LIGAMENT_TRY(const bool row, select.bind(key).step());
  if (!row) return fail(ErrorCode::kCorrupt, "a resource has no current version");
  return ResourceRow{.type = std::string(type),
                     .id = select.text(0),
                     .version = select.integer(1),
                     .at = select.instant(2),
                     .message = select.maybe_id<store::MessageSeq>(3),
                     .json = select.text(4)};
}

}  // namespace gateway::store_sqlite
