#include "gateway/store_sqlite/sqlite_store.hpp"

#include <filesystem>
#include <sqlite3.h>

#include "gateway/store_sqlite/folder.hpp"
#include "gateway/store_sqlite/log_vfs.hpp"
#include "gateway/store_sqlite/migrate.hpp"
#include "gateway/store_sqlite/readers.hpp"
#include "gateway/store_sqlite/writer.hpp"

namespace gateway::store_sqlite {

using fhir::ErrorCode;
using fhir::fail;
using fhir::Result;
using fhir::Status;

/// Destroyed from the bottom: the writer closes last, the lock after it.
struct SqliteStore::State {
  Options options;
  FolderLock lock;
  std::unique_ptr<LogVfs> log;     // none unless server
  std::unique_ptr<Writer> writer;  // none when read-only
  std::unique_ptr<Readers> readers;
  std::unique_ptr<Connection> checkpointer;  // guarded by writer->checkpoints()
};

namespace {

constexpr int kWriterCacheKib = 48 * 1024;

ConnectionOptions connection_options(const Options& options) {
  ConnectionOptions connection;
  connection.path = options.folder + "/ligament.db";
  connection.vfs = options.vfs;
  connection.busy_timeout = options.busy_timeout;
  connection.access = options.mode == OpenMode::kReadOnly ? Access::kReadOnly : Access::kReadWrite;
  return connection;
}

Status use_log(Connection& connection) {
  Statement pragma = connection.prepare_once("PRAGMA journal_mode = WAL");
  LIGAMENT_TRY(const bool row, pragma.step());
  if (row && pragma.text(0) == "wal") return {};
  return fail(ErrorCode::kUnavailable, "the file system does not support a write-ahead log");
}

/// Makes an empty store beside `path` without syncing its steps, and publishes it whole: two syncs instead of
/// seven.
Status make_store(const Options& options, const std::string& path) {
  if (std::filesystem::exists(path + "-wal")) {
    return fail(ErrorCode::kCorrupt,
                "a write-ahead log without its database: find ligament.db or move the log away");
  }
  const std::string made = path + ".new";
  std::error_code ignored;
  std::filesystem::remove(made, ignored);  // left by a start that was cut short
  LIGAMENT_CHECK(make_private_file(made));
  {
    ConnectionOptions unpublished = connection_options(options);
    unpublished.path = made;
    LIGAMENT_TRY(const std::unique_ptr<Connection> connection, Connection::open(unpublished));
    LIGAMENT_CHECK(connection->execute("PRAGMA synchronous = OFF"));
    LIGAMENT_CHECK(connection->execute("PRAGMA journal_mode = MEMORY"));
    LIGAMENT_CHECK(migrate(*connection, kMigrations));
    LIGAMENT_CHECK(use_log(*connection));
  }
  return publish_file(made, path);
}

/// What comes before SQLite sees the file.
Status prepare_files(const Options& options, FolderLock& lock, const std::string& path) {
  const bool on_disk = options.vfs.empty();
  if (options.mode != OpenMode::kServer) {
    if (on_disk && !std::filesystem::exists(path))
      return fail(ErrorCode::kNotFound, "there is no store in this folder");
    return {};
  }
  if (on_disk) {
    LIGAMENT_CHECK(make_folder(options.folder));
    LIGAMENT_TRY(lock, FolderLock::take(options.folder));
    if (!std::filesystem::exists(path)) LIGAMENT_CHECK(make_store(options, path));
  }
  return rewrite_log(options.vfs, path);
}

}  // namespace

SqliteStore::SqliteStore(std::unique_ptr<State> state) : state_(std::move(state)) {}
SqliteStore::~SqliteStore() = default;

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const Options& options) {
  auto state = std::make_unique<State>();
  state->options = options;
  const ConnectionOptions connection = connection_options(options);
  LIGAMENT_CHECK(prepare_files(options, state->lock, connection.path));
  // The writer walks the whole of every index it adds to: what does not stay in its cache is read back for
  // each referral.
  ConnectionOptions writing = connection;
  if (options.mode == OpenMode::kServer) {
    LIGAMENT_TRY(state->log, LogVfs::over(options.vfs));
    writing.vfs = state->log->name();
    writing.cache_kib = kWriterCacheKib;
  }
  LIGAMENT_TRY(std::unique_ptr<Connection> first, Connection::open(writing));
  if (options.mode == OpenMode::kServer) {
    LIGAMENT_CHECK(use_log(*first));
    LIGAMENT_CHECK(migrate(*first, kMigrations));
  } else {
    first->leave_files_alone();
    LIGAMENT_CHECK(check_schema(*first, kMigrations));
  }
  if (options.mode != OpenMode::kReadOnly) {
    state->writer = std::make_unique<Writer>(std::move(first), options.wal_limit_pages);
  }
  state->readers = std::make_unique<Readers>(connection, options.readers);
  return std::unique_ptr<SqliteStore>(new SqliteStore(std::move(state)));  // NOLINT: private constructor
}

Status SqliteStore::transact(store::Kind kind, const store::Caller& caller, const store::Work& work) {
  if (kind == store::Kind::kRead) return state_->readers->read(caller, work);
  const store::Unit unit{caller, work};
  store::GroupOutcome outcome = transact_group({&unit, 1});
  return std::move(outcome.units.front());
}

store::GroupOutcome SqliteStore::transact_group(std::span<const store::Unit> units) {
  if (state_->writer != nullptr) return state_->writer->write(units);
  store::GroupOutcome outcome;
  for (std::size_t i = 0; i < units.size(); ++i) {
    outcome.units.emplace_back(fail(ErrorCode::kUnavailable, "the store was opened to read only"));
  }
  return outcome;
}

/// Under load the log grows while it is copied, and begins anew only when a writer finds all of it copied. So
/// it is copied again until what came meanwhile is little, and that the writer copies itself: it is held up
/// for that much, and not for a whole log.
Status SqliteStore::checkpoint_if_needed() {
  constexpr int kRounds = 4;
  Writer* const writer = state_->writer.get();
  if (writer == nullptr || writer->log_pages() < state_->options.checkpoint_pages || writer->stopped())
    return {};
  int left = writer->log_pages();
  for (int round = 0; round < kRounds && left > state_->options.checkpoint_pages / 4; ++round) {
    const std::scoped_lock lock(writer->checkpoints());
    if (state_->checkpointer == nullptr) {
      LIGAMENT_TRY(state_->checkpointer, Connection::open(connection_options(state_->options)));
      state_->checkpointer->leave_files_alone();
    }
    const Result<int> copied = checkpoint(*state_->checkpointer, false);
    if (!copied.has_value()) {
      writer->stop(copied.error());
      return fail(copied.error());
    }
    left = writer->log_pages() - *copied;
  }
  if (left <= state_->options.checkpoint_pages) writer->copy_rest();
  return {};
}

Status SqliteStore::backup(const std::string& destination) {
  LIGAMENT_TRY(const std::unique_ptr<Connection> source,
               Connection::open(connection_options(state_->options)));
  source->leave_files_alone();
  LIGAMENT_CHECK(make_private_file(destination));
  ConnectionOptions target_options;
  target_options.path = destination;
  LIGAMENT_TRY(const std::unique_ptr<Connection> target, Connection::open(target_options));
  sqlite3_backup* const copy = sqlite3_backup_init(target->handle(), "main", source->handle(), "main");
  if (copy == nullptr) return fail(ErrorCode::kUnavailable, "the copy cannot begin");
  sqlite3_backup_step(copy, -1);  // all pages of one snapshot; writers go on
  const int result = sqlite3_backup_finish(copy);
  if (result != SQLITE_OK) return fail(target->failure(result));
  return {};
}

bool SqliteStore::takes_writes() const {
  return state_->writer != nullptr && !state_->writer->stopped();
}

int SqliteStore::log_pages() const {
  return state_->writer == nullptr ? 0 : state_->writer->log_pages();
}

}  // namespace gateway::store_sqlite
