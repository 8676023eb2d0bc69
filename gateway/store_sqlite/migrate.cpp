#include "gateway/store_sqlite/migrate.hpp"

#include "gateway/store/audit_chain.hpp"
#include "gateway/store_sqlite/session.hpp"

namespace gateway::store_sqlite {

using fhir::ErrorCode;
using fhir::fail;
using fhir::Result;
using fhir::Status;

namespace {

Result<std::int64_t> pragma(Connection& connection, const std::string& name) {
  Statement select = connection.prepare_once("PRAGMA " + name);
  LIGAMENT_TRY(const bool row, select.step());
  return row ? select.integer(0) : 0;
}

Result<bool> has_table(Connection& connection) {
  Statement select = connection.prepare_once("SELECT 1 FROM sqlite_schema WHERE name = 'migration'");
  return select.step();
}

struct Recorded {
  int number = 0;
  store::Digest checksum{};
};

Result<std::vector<Recorded>> recorded(Connection& connection) {
  LIGAMENT_TRY(const bool exists, has_table(connection));
  if (!exists) return std::vector<Recorded>();
  Statement select = connection.prepare_once("SELECT number, checksum FROM migration ORDER BY number");
  return rows_of<Recorded>(select, [](const Statement& row) {
    return Recorded{static_cast<int>(row.integer(0)), row.digest(1)};
  });
}

/// How many of the migrations the file has.
Result<std::size_t> applied(Connection& connection, std::span<const Migration> migrations) {
  LIGAMENT_TRY(const std::int64_t application, pragma(connection, "application_id"));
  LIGAMENT_TRY(const std::int64_t objects, pragma(connection, "schema_version"));
  if (application != kApplicationId && (application != 0 || objects != 0)) {
    return fail(ErrorCode::kCorrupt, "the file is not a store of this program");
  }
  LIGAMENT_TRY(const std::vector<Recorded> rows, recorded(connection));
  if (rows.size() > migrations.size()) {
    return fail(ErrorCode::kUnsupported, "the store was written by a newer version of this program");
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i].number != migrations[i].number || rows[i].checksum != store::sha256(migrations[i].text)) {
      return fail(ErrorCode::kCorrupt,
                  "migration " + std::to_string(rows[i].number) + " is not the one recorded");
    }
  }
  return rows.size();
}

Status apply(Connection& connection, const Migration& migration) {
  LIGAMENT_CHECK(connection.execute(migration.text));
  const store::Digest checksum = store::sha256(migration.text);
  Statement insert = connection.prepare_once("INSERT INTO migration (number, checksum) VALUES (?1, ?2)");
  return insert.bind(migration.number, blob(checksum)).run();
}

Status apply_missing(Connection& connection, std::span<const Migration> migrations) {
  // Another process may have been faster: look again now that the file is ours.
  LIGAMENT_TRY(const std::size_t done, applied(connection, migrations));
  if (done == 0) {
    LIGAMENT_CHECK(connection.execute(
        "CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, checksum BLOB NOT NULL) STRICT"));
  }
  for (const Migration& migration : migrations.subspan(done))
    LIGAMENT_CHECK(apply(connection, migration));
  const std::string marks = "PRAGMA application_id = " + std::to_string(kApplicationId) +
                            "; PRAGMA user_version = " + std::to_string(migrations.back().number);
  LIGAMENT_CHECK(connection.execute(marks.c_str()));
  return connection.execute("COMMIT");
}

}  // namespace

Status migrate(Connection& connection, std::span<const Migration> migrations) {
  LIGAMENT_TRY(const std::size_t done, applied(connection, migrations));
  if (done == migrations.size()) return {};
  LIGAMENT_CHECK(connection.execute("BEGIN IMMEDIATE"));
  Status migrated = apply_missing(connection, migrations);
  if (!migrated.has_value() && connection.in_transaction()) {
    const Status rolled_back = connection.execute("ROLLBACK");
    if (!rolled_back.has_value()) connection.leave_files_alone();
  }
  return migrated;
}

Status check_schema(Connection& connection, std::span<const Migration> migrations) {
  LIGAMENT_TRY(const std::size_t done, applied(connection, migrations));
  if (done == migrations.size()) return {};
  return fail(ErrorCode::kUnavailable,
              "the store has not been brought to this version yet; start the server once");
}

}  // namespace gateway::store_sqlite
