#include "gateway/store_sqlite/readers.hpp"

namespace gateway::store_sqlite {

using fhir::ErrorCode;
using fhir::fail;
using fhir::Result;
using fhir::Status;

namespace {

Result<store::AuditHead> read_head(Connection& connection) {
  Statement select = connection.prepared(Sql::kStateRead);
  LIGAMENT_TRY(const bool row, select.step());
  if (!row) return fail(ErrorCode::kCorrupt, "the state row is missing");
  return store::AuditHead{store::AuditSeq(select.integer(1)), select.digest(2)};
}

Status read_unit(Connection& connection, Names& names, const store::Caller& caller, const store::Work& work) {
  LIGAMENT_TRY(const store::AuditHead head, read_head(connection));
  names.begin_unit();
  Session session{connection, names, store::Kind::kRead, caller, head};
  return run(session, work);
}

}  // namespace

Status SqliteStore::Readers::read(const store::Caller& caller, const store::Work& work) {
  LIGAMENT_TRY(Reader reader, take());
  Connection& connection = *reader.connection;
  connection.forgive();
  Status done = connection.prepared(Sql::kBegin).run();
  if (done.has_value()) done = read_unit(connection, *reader.names, caller, work);
  Status ended;
  if (connection.in_transaction()) ended = connection.prepared(Sql::kRollback).run();
  if (connection.spent()) {
    lose();  // whatever is wrong with it, a fresh one starts clean
  } else {
    give_back(std::move(reader));
  }
  return done.has_value() ? ended : done;
}

Result<SqliteStore::Readers::Reader> SqliteStore::Readers::take() {
  {
    std::unique_lock lock(mutex_);
    freed_.wait(lock, [this] { return !free_.empty() || open_ < most_; });
    if (!free_.empty()) {
      Reader reader = std::move(free_.back());
      free_.pop_back();
      return reader;
    }
    ++open_;
  }
  Result<std::unique_ptr<Connection>> opened = Connection::open(options_);
  if (!opened.has_value()) {
    lose();
    return fail(std::move(opened).error());
  }
  Reader reader;
  reader.connection = std::move(*opened);
  reader.connection->leave_files_alone();  // only the writer, closing last and well, may tidy the log away
  reader.names = std::make_unique<Names>(*reader.connection);
  return reader;
}

void SqliteStore::Readers::give_back(Reader reader) {
  {
    const std::scoped_lock lock(mutex_);
    free_.push_back(std::move(reader));
  }
  freed_.notify_one();
}

void SqliteStore::Readers::lose() {
  {
    const std::scoped_lock lock(mutex_);
    --open_;
  }
  freed_.notify_one();
}

}  // namespace gateway::store_sqlite
