#include "gateway/store_sqlite/ports.hpp"

namespace gateway::store_sqlite {

using fhir::ErrorCode;
using fhir::fail;
using fhir::Instant;
using fhir::Result;
using fhir::Status;
using store::WorkRow;
using store::WorkSeq;
using store::WorkState;

namespace {

WorkRow read_row(const Statement& row) {
  return {.seq = WorkSeq(row.integer(0)),
          .kind = row.text(1),
          .referral = row.maybe_id<store::ReferralSeq>(2),
          .message = row.maybe_id<store::MessageSeq>(3),
          .owner_role = row.text(4),
          .reason = row.text(5),
          .step = static_cast<int>(row.integer(6)),
          .next_step_at = row.maybe_instant(7),
          .created_at = row.instant(8),
          .state = static_cast<WorkState>(row.integer(9)),
          .confirmed_by = row.text(10),
          .confirmed_at = row.maybe_instant(11),
          .closed_at = row.maybe_instant(12)};
}

}  // namespace

Result<WorkSeq> SqliteWorkStore::open(const store::NewWork& work) {
  LIGAMENT_CHECK(session_->writing());
  LIGAMENT_CHECK(session_->prepared(Sql::kWorkInsert)
                     .bind(work.kind, work.referral, work.message, work.owner_role, work.reason, work.step,
                           work.next_step_at, work.created_at)
                     .run());
  return WorkSeq(session_->connection.last_row());
}

Result<std::vector<WorkRow>> SqliteWorkStore::due(Instant now, std::size_t limit) {
  Statement select = session_->prepared(Sql::kWorkDue);
  return rows_of<WorkRow>(select.bind(now, limit_of(limit)), read_row);
}

Status SqliteWorkStore::changed(WorkSeq seq, Status ran) {
  LIGAMENT_CHECK(std::move(ran));
  if (session_->connection.changes() == 1) return {};
  Statement select = session_->prepared(Sql::kWorkState);
  LIGAMENT_TRY(const bool row, select.bind(seq).step());
  if (!row) return fail(ErrorCode::kNotFound, "no such work item");
  const auto state = static_cast<WorkState>(select.integer(0));
  return fail(ErrorCode::kConflict, "the work item is " + std::string(to_text(state)));
}

Status SqliteWorkStore::advance(WorkSeq seq, int step, std::string_view owner_role,
                                std::optional<Instant> next) {
  LIGAMENT_CHECK(session_->writing());
  return changed(seq, session_->prepared(Sql::kWorkAdvance).bind(seq, step, owner_role, next).run());
}

Status SqliteWorkStore::confirm(WorkSeq seq, std::string_view by, Instant at) {
  LIGAMENT_CHECK(session_->writing());
  return changed(seq, session_->prepared(Sql::kWorkConfirm).bind(seq, by, at).run());
}

Status SqliteWorkStore::close(WorkSeq seq, Instant at) {
  LIGAMENT_CHECK(session_->writing());
  return changed(seq, session_->prepared(Sql::kWorkClose).bind(seq, at).run());
}

Result<std::optional<WorkRow>> SqliteWorkStore::find(WorkSeq seq) {
  Statement select = session_->prepared(Sql::kWorkFind);
  return row_of<WorkRow>(select.bind(seq), read_row);
}

Result<std::vector<WorkRow>> SqliteWorkStore::list(const store::WorkFilter& filter,
                                                   std::optional<WorkSeq> after, std::size_t limit) {
  Statement select = session_->prepared(Sql::kWorkList);
  return rows_of<WorkRow>(select.bind(after ? after->value() : std::int64_t{0}, filter.state, filter.kind,
                                      filter.owner_role, filter.referral, limit_of(limit)),
                          read_row);
}

}  // namespace gateway::store_sqlite
