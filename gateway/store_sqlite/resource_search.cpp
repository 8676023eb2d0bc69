#include <charconv>

#include "gateway/store_sqlite/ports.hpp"
#include "gateway/store_sqlite/search_text.hpp"

namespace gateway::store_sqlite {

using fhir::ErrorCode;
using fhir::fail;
using fhir::Result;
using store::ResourceRow;

namespace {

Result<std::vector<std::int64_t>> integers(Connection& connection, const std::optional<SearchText>& search) {
  if (!search) return std::vector<std::int64_t>();
  Statement select = connection.prepare_once(search->text);
  for (const auto& value : search->values) {
    std::visit([&](const auto& bound) { select.bind(bound); }, value);
  }
  return rows_of<std::int64_t>(select, [](const Statement& row) { return row.integer(0); });
}

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

}  // namespace

Result<store::ResourcePage> SqliteResourceStore::search(const fhir::search::Query& query) {
  store::ResourcePage page;
  LIGAMENT_TRY(const std::int64_t before, key_before(query));
  if (query.total || query.count == 0) {
    LIGAMENT_TRY(const std::optional<SearchText> text, search_total(query, session_->names));
    LIGAMENT_TRY(const std::vector<std::int64_t> counted, integers(session_->connection, text));
    page.total = counted.empty() ? 0 : counted.front();
  }
  if (query.count == 0) return page;
  LIGAMENT_TRY(const std::optional<SearchText> text,
               search_keys(query, session_->names, before, std::int64_t{query.count} + 1));
  LIGAMENT_TRY(std::vector<std::int64_t> keys, integers(session_->connection, text));
  if (keys.size() > query.count) {
    keys.pop_back();
    page.next = std::to_string(keys.back());
  }
  for (const std::int64_t key : keys) {
    LIGAMENT_TRY(ResourceRow row, current(query.type, key));
    page.rows.push_back(std::move(row));
  }
  return page;
}

Result<ResourceRow> SqliteResourceStore::current(std::string_view type, std::int64_t key) {
  Found found{key, 0};
  std::string id;
  {
    Statement select = session_->prepared(Sql::kResourceByKey);
    LIGAMENT_TRY(const bool row, select.bind(key).step());
    if (!row) return fail(ErrorCode::kCorrupt, "an index entry without a resource");
    id = select.text(0);
    found.version = select.integer(1);
  }
  LIGAMENT_TRY(std::vector<ResourceRow> rows, versions(type, id, found, found.version, found.version, 1));
  if (rows.empty()) return fail(ErrorCode::kCorrupt, "a resource has no current version");
  return std::move(rows.front());
}

}  // namespace gateway::store_sqlite
