#include "gateway/store_sqlite/connection.hpp"

#include <cstring>
#include <sqlite3.h>

namespace gateway::store_sqlite {

using fhir::Error;
using fhir::ErrorCode;
using fhir::fail;
using fhir::Result;
using fhir::Status;

ErrorCode code_of(int result) noexcept {
  switch (result) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID: return ErrorCode::kConflict;
    case SQLITE_CONSTRAINT_FOREIGNKEY: return ErrorCode::kNotFound;
    default: break;
  }
  switch (result & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return ErrorCode::kBusy;
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_PROTOCOL:
    case SQLITE_NOMEM:
    case SQLITE_READONLY: return ErrorCode::kUnavailable;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return ErrorCode::kCorrupt;
    case SQLITE_TOOBIG: return ErrorCode::kTooLarge;
    default: return ErrorCode::kInternal;
  }
}

namespace {

/// The error of a result code: SQLite's own sentence for it, which has no values in it.
Error error_of(int result) {
  return Error{code_of(result),
               "store: " + std::string(sqlite3_errstr(result)) + " (" + std::to_string(result) + ")"};
}

/// SQLite counts every allocation under one lock of the process unless it is told so before its first use; a
/// later call is refused and changes nothing.
void without_memory_counts() {
  [[maybe_unused]] static const int told = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

Status set_up(Connection& connection, const ConnectionOptions& options) {
  sqlite3_extended_result_codes(connection.handle(), 1);
  sqlite3_busy_timeout(connection.handle(), static_cast<int>(options.busy_timeout.count()));
  sqlite3_db_config(connection.handle(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(connection.handle(), SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  const std::string settings =
      "PRAGMA cache_size = -" + std::to_string(options.cache_kib) +
      "; PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;"
      " PRAGMA cache_spill = OFF; PRAGMA wal_autocheckpoint = 0; PRAGMA cell_size_check = ON;";
  return connection.execute(settings.c_str());
}

}  // namespace

Result<std::unique_ptr<Connection>> Connection::open(const ConnectionOptions& options) {
  without_memory_counts();
  sqlite3* db = nullptr;
  const int access =
      options.access == Access::kReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const int result = sqlite3_open_v2(options.path.c_str(), &db, access | SQLITE_OPEN_NOMUTEX,
                                     options.vfs.empty() ? nullptr : options.vfs.c_str());
  if (result != SQLITE_OK) {
    sqlite3_close_v2(db);
    return fail(error_of(result));
  }
  std::unique_ptr<Connection> connection(new Connection(db));  // NOLINT: private constructor
  LIGAMENT_CHECK(set_up(*connection, options));
  return connection;
}

Connection::~Connection() {
  for (sqlite3_stmt* statement : cache_)
    sqlite3_finalize(statement);
  sqlite3_finalize(once_);
  sqlite3_close_v2(db_);
}

Statement Connection::prepared(Sql sql) {
  sqlite3_stmt*& cached = cache_[static_cast<std::size_t>(sql)];
  if (cached == nullptr) {
    const int result = sqlite3_prepare_v3(db_, kSqlTexts[static_cast<std::size_t>(sql)], -1,
                                          SQLITE_PREPARE_PERSISTENT, &cached, nullptr);
    if (result != SQLITE_OK) spend(error_of(result));
  }
  return {*this, cached};
}

Statement Connection::prepare_once(const std::string& text) {
  sqlite3_finalize(once_);
  once_ = nullptr;
  const int result = sqlite3_prepare_v3(db_, text.c_str(), static_cast<int>(text.size()), 0, &once_, nullptr);
  if (result != SQLITE_OK) spend(error_of(result));
  return {*this, once_};
}

Status Connection::execute(const char* text) {
  const int result = sqlite3_exec(db_, text, nullptr, nullptr, nullptr);
  if (result != SQLITE_OK) return fail(failure(sqlite3_extended_errcode(db_)));
  return {};
}

std::int64_t Connection::last_row() const {
  return sqlite3_last_insert_rowid(db_);
}
std::int64_t Connection::changes() const {
  return sqlite3_changes64(db_);
}
bool Connection::in_transaction() const {
  return sqlite3_get_autocommit(db_) == 0;
}

Error Connection::failure(int result) {
  Error error = error_of(result);
  if (error.code != ErrorCode::kConflict && error.code != ErrorCode::kNotFound) spend(error);
  return error;
}

void Connection::spend(Error error) {
  if (!spent_) spent_ = std::move(error);
}

void Connection::leave_files_alone() {
  sqlite3_db_config(db_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

Statement::Statement(Connection& connection, sqlite3_stmt* statement)
    : connection_(&connection), statement_(statement) {}

Statement::~Statement() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

void Statement::keep_error(int result) {
  if (bind_error_ == SQLITE_OK) bind_error_ = result;
}

void Statement::put(std::nullopt_t) {
  if (statement_ != nullptr) keep_error(sqlite3_bind_null(statement_, next_));
  ++next_;
}

void Statement::put(std::int64_t value) {
  if (statement_ != nullptr) keep_error(sqlite3_bind_int64(statement_, next_, value));
  ++next_;
}

void Statement::put(std::string_view value) {
  const char* const bytes = value.empty() ? "" : value.data();
  if (statement_ != nullptr) {
    keep_error(sqlite3_bind_text64(statement_, next_, bytes, value.size(), SQLITE_STATIC, SQLITE_UTF8));
  }
  ++next_;
}

void Statement::put(Blob value) {
  const char* const bytes = value.bytes.empty() ? "" : value.bytes.data();
  if (statement_ != nullptr) {
    keep_error(sqlite3_bind_blob64(statement_, next_, bytes, value.bytes.size(), SQLITE_STATIC));
  }
  ++next_;
}

Result<bool> Statement::step() {
  if (statement_ == nullptr) return fail(connection_->failure(SQLITE_ERROR));
  if (bind_error_ != SQLITE_OK) return fail(connection_->failure(bind_error_));
  const int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) return false;
  return fail(connection_->failure(sqlite3_extended_errcode(connection_->handle())));
}

Status Statement::run() {
  for (;;) {
    LIGAMENT_TRY(const bool row, step());
    if (!row) return {};
  }
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}
std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::string_view Statement::view(int column) const {
  const void* const bytes = sqlite3_column_blob(statement_, column);
  const int length = sqlite3_column_bytes(statement_, column);
  if (bytes == nullptr) return {};
  return {static_cast<const char*>(bytes), static_cast<std::size_t>(length)};
}

std::string Statement::text(int column) const {
  return std::string(view(column));
}

store::Digest Statement::digest(int column) const {
  store::Digest digest{};
  const void* const bytes = sqlite3_column_blob(statement_, column);
  if (bytes != nullptr && sqlite3_column_bytes(statement_, column) == static_cast<int>(digest.size())) {
    std::memcpy(digest.data(), bytes, digest.size());
  }
  return digest;
}

}  // namespace gateway::store_sqlite
