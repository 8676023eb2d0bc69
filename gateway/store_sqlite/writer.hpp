// The one writer of a store: groups of units, each in its savepoint, one durable commit.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <span>

#include "gateway/store_sqlite/sqlite_store.hpp"
#include "gateway/store_sqlite/sqlite_transaction.hpp"

namespace gateway::store_sqlite {

class SqliteStore::Writer {
 public:
  Writer(std::unique_ptr<Connection> connection, int wal_limit_pages);
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() = default;

  /// Any thread; groups take turns.
  [[nodiscard]] store::GroupOutcome write(std::span<const store::Unit> units);
  /// No write after this.
  void stop(fhir::Error error);
  [[nodiscard]] bool stopped() const;
  [[nodiscard]] int log_pages() const noexcept { return log_pages_; }
  /// Little of the log is left to copy: the next write copies it first, so that the log begins anew.
  void copy_rest() noexcept { rest_asked_ = true; }
  /// Held while a checkpoint runs, on whatever connection.
  [[nodiscard]] std::mutex& checkpoints() noexcept { return checkpoints_; }

 private:
  [[nodiscard]] store::GroupOutcome write_locked(std::span<const store::Unit> units);
  [[nodiscard]] fhir::Status begin();
  [[nodiscard]] fhir::Status hold_back();
  /// All units or none, without savepoints: a savepoint keeps a copy of every page its unit touches, and
  /// units hardly ever fail. Empty when one failed and everything was undone.
  [[nodiscard]] std::optional<store::GroupOutcome> write_together(std::span<const store::Unit> units);
  /// Each unit in its own savepoint.
  [[nodiscard]] store::GroupOutcome write_apart(std::span<const store::Unit> units);
  [[nodiscard]] fhir::Status run_unit(const store::Unit& unit);
  [[nodiscard]] fhir::Status apply(const store::Unit& unit);
  [[nodiscard]] fhir::Status keep_or_undo(fhir::Status done);
  [[nodiscard]] fhir::Status commit();
  void roll_back();
  void stop_locked(fhir::Error error);
  void close();

  mutable std::mutex mutex_;                // guards what follows
  std::unique_ptr<Connection> connection_;  // gone once stopped
  std::unique_ptr<Names> names_;
  std::optional<fhir::Error> stopped_;
  store::AuditHead head_;
  std::int64_t commit_seq_ = 0;

  std::mutex checkpoints_;
  std::atomic<int> log_pages_ = 0;
  std::atomic<bool> rest_asked_ = false;
  int wal_limit_pages_;
};

/// Copies the log into the file as far as readers allow, and says how many of its pages are copied now.
/// kUnavailable or kCorrupt: the writer must stop.
[[nodiscard]] fhir::Result<int> checkpoint(Connection& connection, bool wait_for_readers);

}  // namespace gateway::store_sqlite
