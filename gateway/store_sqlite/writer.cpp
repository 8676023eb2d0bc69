#include "gateway/store_sqlite/writer.hpp"

#include <algorithm>
#include <sqlite3.h>

namespace gateway::store_sqlite {

using fhir::Error;
using fhir::ErrorCode;
using fhir::fail;
using fhir::Status;
using store::GroupOutcome;
using store::Unit;

namespace {

/// After these nothing more may be written through the connection.
bool is_fatal(ErrorCode code) {
  return code == ErrorCode::kUnavailable || code == ErrorCode::kCorrupt;
}

GroupOutcome all(std::size_t units, const Error& error) {
  GroupOutcome outcome;
  for (std::size_t i = 0; i < units; ++i)
    outcome.units.emplace_back(fail(error));
  return outcome;
}

int remember_pages(void* pages, sqlite3* /*db*/, const char* /*name*/, int count) {
  *static_cast<std::atomic<int>*>(pages) = count;
  return SQLITE_OK;
}

}  // namespace

fhir::Result<int> checkpoint(Connection& connection, bool wait_for_readers) {
  const int mode = wait_for_readers ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE;
  int pages = 0;
  int copied = 0;
  const int result = sqlite3_wal_checkpoint_v2(connection.handle(), nullptr, mode, &pages, &copied);
  if (result == SQLITE_OK || (result & 0xFF) == SQLITE_BUSY) return copied;
  return fail(connection.failure(result));
}

SqliteStore::Writer::Writer(std::unique_ptr<Connection> connection, int wal_limit_pages)
    : connection_(std::move(connection)),
      names_(std::make_unique<Names>(*connection_)),
      wal_limit_pages_(wal_limit_pages) {
  sqlite3_wal_hook(connection_->handle(), remember_pages, &log_pages_);
}

GroupOutcome SqliteStore::Writer::write(std::span<const Unit> units) {
  const std::scoped_lock lock(mutex_);
  GroupOutcome outcome = write_locked(units);
  if (stopped_) close();
  return outcome;
}

GroupOutcome SqliteStore::Writer::write_locked(std::span<const Unit> units) {
  if (std::optional<GroupOutcome> outcome = write_together(units)) return std::move(*outcome);
  return write_apart(units);
}

std::optional<GroupOutcome> SqliteStore::Writer::write_together(std::span<const Unit> units) {
  const Status begun = begin();
  if (!begun.has_value()) return all(units.size(), begun.error());
  for (const Unit& unit : units) {
    connection_->forgive();
    names_->begin_unit();
    const Status done = apply(unit);
    if (done.has_value()) continue;
    const Error& error = done.error();
    roll_back();
    if (!is_fatal(error.code)) return std::nullopt;
    stop_locked(error);
    return all(units.size(), error);
  }
  const Status committed = commit();
  GroupOutcome outcome;
  outcome.units.assign(units.size(), committed);
  if (committed.has_value()) outcome.sequence = store::CommitSeq(commit_seq_);
  return outcome;
}

GroupOutcome SqliteStore::Writer::write_apart(std::span<const Unit> units) {
  const Status begun = begin();
  if (!begun.has_value()) return all(units.size(), begun.error());

  GroupOutcome outcome;
  for (const Unit& unit : units) {
    outcome.units.push_back(run_unit(unit));
    // A fatal failure, or one after which SQLite rolled everything back, takes the units before it along.
    const Status& last = outcome.units.back();
    if (last.has_value() || (connection_->in_transaction() && !is_fatal(last.error().code))) continue;
    Error error = last.error();
    roll_back();
    if (is_fatal(error.code)) stop_locked(error);
    return all(units.size(), error);
  }
  if (std::ranges::none_of(outcome.units, [](const Status& unit) { return unit.has_value(); })) {
    roll_back();
    return outcome;
  }
  const Status committed = commit();
  if (committed.has_value()) {
    outcome.sequence = store::CommitSeq(commit_seq_);
    return outcome;
  }
  for (Status& unit : outcome.units) {
    if (unit.has_value()) unit = committed;
  }
  return outcome;
}

Status SqliteStore::Writer::begin() {
  if (stopped_) return fail(*stopped_);
  LIGAMENT_CHECK(hold_back());
  connection_->forgive();
  Status begun = connection_->prepared(Sql::kBeginImmediate).run();
  if (!begun.has_value()) {
    if (is_fatal(begun.error().code)) stop_locked(begun.error());
    return begun;
  }
  Statement select = connection_->prepared(Sql::kStateRead);
  const fhir::Result<bool> row = select.step();
  if (row.has_value() && *row) {
    // Another process may have written in between, so the head is read anew each time.
    commit_seq_ = select.integer(0);
    head_ = {store::AuditSeq(select.integer(1)), select.digest(2)};
    return {};
  }
  Error error = row.has_value() ? Error{ErrorCode::kCorrupt, "the state row is missing"} : row.error();
  roll_back();
  if (is_fatal(error.code)) stop_locked(error);
  return fail(std::move(error));
}

Status SqliteStore::Writer::hold_back() {
  if (log_pages_ < wal_limit_pages_ && !rest_asked_.exchange(false)) return {};
  const std::scoped_lock lock(checkpoints_);
  const fhir::Result<int> copied = checkpoint(*connection_, log_pages_ > 2 * wal_limit_pages_);
  if (copied.has_value()) return {};
  if (is_fatal(copied.error().code)) stop_locked(copied.error());
  return fail(copied.error());
}

Status SqliteStore::Writer::run_unit(const Unit& unit) {
  connection_->forgive();
  LIGAMENT_CHECK(connection_->prepared(Sql::kSavepoint).run());
  names_->begin_unit();
  return keep_or_undo(apply(unit));
}

Status SqliteStore::Writer::apply(const Unit& unit) {
  Session session{*connection_, *names_, store::Kind::kWrite, unit.caller, head_};
  Status done = run(session, unit.work);
  if (done.has_value()) head_ = session.head;
  return done;
}

Status SqliteStore::Writer::keep_or_undo(Status done) {
  if (!done.has_value()) {
    names_->roll_back_unit();
    if (!connection_->in_transaction()) return done;
    LIGAMENT_CHECK(connection_->prepared(Sql::kSavepointRollback).run());
  }
  LIGAMENT_CHECK(connection_->prepared(Sql::kSavepointRelease).run());
  return done;
}

Status SqliteStore::Writer::commit() {
  connection_->forgive();
  Status done =
      connection_->prepared(Sql::kStateWrite).bind(commit_seq_ + 1, head_.seq, blob(head_.hash)).run();
  const bool sent = done.has_value();
  if (sent) done = connection_->prepared(Sql::kCommit).run();
  if (done.has_value()) {
    ++commit_seq_;
    return {};
  }
  Error error = done.error();
  names_->forget();
  const bool full = error.detail.find(sqlite3_errstr(SQLITE_FULL)) != std::string::npos;
  if (error.code == ErrorCode::kBusy || !sent || full) {
    // The commit record is the last thing written to the log: out of room means it was not written whole.
    roll_back();
    if (is_fatal(error.code)) stop_locked(error);
    return fail(std::move(error));
  }
  // The commit record may have reached the disk although the sync failed.
  stop_locked(error);
  return fail(ErrorCode::kCommitUnknown, "the commit failed on its way to the disk");
}

void SqliteStore::Writer::roll_back() {
  names_->forget();
  if (!connection_->in_transaction()) return;
  const Status done = connection_->prepared(Sql::kRollback).run();
  if (!done.has_value() && connection_->in_transaction()) stop_locked(done.error());
}

void SqliteStore::Writer::stop(Error error) {
  const std::scoped_lock lock(mutex_);
  stop_locked(std::move(error));
  close();
}

void SqliteStore::Writer::close() {
  names_.reset();
  connection_.reset();
}

void SqliteStore::Writer::stop_locked(Error error) {
  if (stopped_) return;
  stopped_ = Error{ErrorCode::kUnavailable, "the store stopped taking writes: " + error.detail};
  connection_->leave_files_alone();
}

bool SqliteStore::Writer::stopped() const {
  const std::scoped_lock lock(mutex_);
  return stopped_.has_value();
}

}  // namespace gateway::store_sqlite
