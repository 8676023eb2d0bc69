#include <algorithm>
#include <tuple>

#include "gateway/store_sqlite/bodies.hpp"
#include "gateway/store_sqlite/ports.hpp"

namespace gateway::store_sqlite {

using fhir::ErrorCode;
using fhir::fail;
using fhir::Instant;
using fhir::Result;
using fhir::Status;
using store::DeliveryRow;
using store::OutboxSeq;
using store::OutboxState;

namespace {

DeliveryRow read_row(const Statement& row) {
  return {.seq = OutboxSeq(row.integer(0)),
          .referral = row.maybe_id<store::ReferralSeq>(1),
          .lane = row.text(2),
          .destination = row.text(3),
          .kind = row.text(4),
          .media_type = row.text(5),
          .request_id = row.text(6),
          .correlation_id = row.text(7),
          .business_id = row.text(8),
          .priority = static_cast<int>(row.integer(9)),
          .state = static_cast<OutboxState>(row.integer(10)),
          .attempts = static_cast<int>(row.integer(11)),
          .created_at = row.instant(12),
          .next_attempt_at = row.instant(13),
          .answer_deadline = row.maybe_instant(14),
          .finished_at = row.maybe_instant(15),
          .last_error = row.text(16)};
}

template <class... Values>
Result<std::vector<DeliveryRow>> select_rows(Session& session, Sql sql, const Values&... values) {
  Statement select = session.prepared(sql);
  return rows_of<DeliveryRow>(select.bind(values...), read_row);
}

template <class... Values>
Result<std::optional<DeliveryRow>> select_row(Session& session, Sql sql, const Values&... values) {
  Statement select = session.prepared(sql);
  return row_of<DeliveryRow>(select.bind(values...), read_row);
}

Result<std::optional<std::string>> next_destination(Session& session, const std::string& after) {
  Statement select = session.prepared(Sql::kOutboxNextDestination);
  LIGAMENT_TRY(const bool row, select.bind(after).step());
  if (!row || select.is_null(0)) return std::nullopt;
  return select.text(0);
}

}  // namespace

Result<OutboxSeq> SqliteOutboxStore::enqueue(const store::NewDelivery& delivery) {
  LIGAMENT_CHECK(session_->writing());
  if (delivery.priority < store::kRoutine || delivery.priority > store::kEmergency || delivery.lane.empty() ||
      delivery.destination.empty()) {
    return fail(ErrorCode::kInvalidRequest,
                "a delivery needs a lane, a destination and a priority of 1 to 3");
  }
  LIGAMENT_TRY(const std::optional<std::string> inserts,
               encode_inserts(*session_, delivery.body.size(), delivery.inserts));
  LIGAMENT_CHECK(session_->prepared(Sql::kOutboxInsert)
                     .bind(delivery.referral, delivery.lane, delivery.destination, delivery.kind,
                           delivery.media_type, delivery.request_id, delivery.correlation_id,
                           delivery.business_id, delivery.priority, delivery.created_at, delivery.not_before,
                           delivery.answer_deadline)
                     .run());
  const OutboxSeq seq(session_->connection.last_row());
  LIGAMENT_CHECK(
      session_->prepared(Sql::kOutboxBodyInsert).bind(seq, Blob{delivery.body}, maybe_blob(inserts)).run());
  return seq;
}

Result<std::vector<DeliveryRow>> SqliteOutboxStore::due(Instant now, std::size_t limit,
                                                        std::size_t per_destination,
                                                        const store::UnderWay& under_way) {
  std::vector<DeliveryRow> rows;
  std::string destination;
  for (;;) {
    LIGAMENT_TRY(std::optional<std::string> next, next_destination(*session_, destination));
    if (!next) break;
    destination = std::move(*next);
    const std::size_t most = rows.size() + std::min(limit, under_way.room(destination, per_destination));
    for (int priority = store::kEmergency; priority >= store::kRoutine && rows.size() < most; --priority) {
      Statement select = session_->prepared(Sql::kOutboxDue);
      select.bind(destination, priority, now);
      while (rows.size() < most) {
        LIGAMENT_TRY(const bool row, select.step());
        if (!row) break;
        if (!std::ranges::binary_search(under_way.deliveries, OutboxSeq(select.integer(0))))
          rows.push_back(read_row(select));
      }
    }
  }
  std::ranges::sort(rows, {}, [](const DeliveryRow& row) {
    return std::tuple(-row.priority, row.next_attempt_at, row.seq);
  });
  rows.resize(std::min(limit, rows.size()));
  return rows;
}

Result<std::vector<DeliveryRow>> SqliteOutboxStore::overdue_answers(Instant now, std::size_t limit) {
  return select_rows(*session_, Sql::kOutboxOverdue, now, limit_of(limit));
}

Status SqliteOutboxStore::changed(OutboxSeq seq, Status ran) {
  LIGAMENT_CHECK(std::move(ran));
  if (session_->connection.changes() == 1) return {};
  Statement select = session_->prepared(Sql::kOutboxState);
  LIGAMENT_TRY(const bool row, select.bind(seq).step());
  if (!row) return fail(ErrorCode::kNotFound, "no such delivery");
  const auto state = static_cast<OutboxState>(select.integer(0));
  return fail(ErrorCode::kConflict, "the delivery is " + std::string(to_text(state)));
}

Status SqliteOutboxStore::retry(OutboxSeq seq, Instant next, std::string_view error_code) {
  LIGAMENT_CHECK(session_->writing());
  return changed(seq, session_->prepared(Sql::kOutboxRetry).bind(seq, next, error_code).run());
}

Status SqliteOutboxStore::mark_sent(OutboxSeq seq, std::optional<Instant> answer_deadline) {
  LIGAMENT_CHECK(session_->writing());
  return changed(seq, session_->prepared(Sql::kOutboxSent).bind(seq, answer_deadline).run());
}

Status SqliteOutboxStore::mark_delivered(OutboxSeq seq, Instant at) {
  LIGAMENT_CHECK(session_->writing());
  return changed(seq, session_->prepared(Sql::kOutboxDelivered).bind(seq, at).run());
}

Result<OutboxSeq> SqliteOutboxStore::mark_delivered(std::string_view destination,
                                                    std::string_view business_id, Instant at) {
  LIGAMENT_TRY(const std::optional<DeliveryRow> row, find_unfinished(destination, business_id));
  if (!row) return fail(ErrorCode::kNotFound, "nothing unfinished has this business id");
  LIGAMENT_CHECK(mark_delivered(row->seq, at));
  return row->seq;
}

Status SqliteOutboxStore::mark_dead(OutboxSeq seq, Instant at, std::string_view error_code) {
  LIGAMENT_CHECK(session_->writing());
  return changed(seq, session_->prepared(Sql::kOutboxDead).bind(seq, at, error_code).run());
}

Status SqliteOutboxStore::park(OutboxSeq seq) {
  LIGAMENT_CHECK(session_->writing());
  return changed(seq, session_->prepared(Sql::kOutboxPark).bind(seq).run());
}

Status SqliteOutboxStore::release(OutboxSeq seq, Instant at) {
  LIGAMENT_CHECK(session_->writing());
  return changed(seq, session_->prepared(Sql::kOutboxRelease).bind(seq, at).run());
}

Status SqliteOutboxStore::abandon(OutboxSeq seq, Instant at, std::string_view reason_code) {
  LIGAMENT_CHECK(session_->writing());
  return changed(seq, session_->prepared(Sql::kOutboxAbandon).bind(seq, at, reason_code).run());
}

Result<std::optional<DeliveryRow>> SqliteOutboxStore::find(OutboxSeq seq) {
  return select_row(*session_, Sql::kOutboxFind, seq);
}

Result<std::optional<DeliveryRow>> SqliteOutboxStore::find_unfinished(std::string_view destination,
                                                                      std::string_view business_id) {
  return select_row(*session_, Sql::kOutboxFindBusiness, destination, business_id);
}

Result<std::string> SqliteOutboxStore::read_body(OutboxSeq seq) {
  Statement select = session_->prepared(Sql::kOutboxBody);
  LIGAMENT_TRY(const bool row, select.bind(seq).step());
  if (!row) return fail(ErrorCode::kNotFound, "no such delivery");
  return whole_body(*session_, select.view(0), select.view(1));
}

Result<std::vector<DeliveryRow>> SqliteOutboxStore::list(const store::OutboxFilter& filter,
                                                         std::optional<OutboxSeq> after, std::size_t limit) {
  const Sql sql = filter.referral ? Sql::kOutboxListReferral : Sql::kOutboxList;
  return select_rows(*session_, sql, after ? after->value() : std::int64_t{0}, filter.state,
                     filter.destination, filter.referral, limit_of(limit));
}

Result<std::vector<store::OutboxCount>> SqliteOutboxStore::counts() {
  Statement select = session_->prepared(Sql::kOutboxCounts);
  return rows_of<store::OutboxCount>(select, [](const Statement& row) {
    return store::OutboxCount{row.text(0), static_cast<OutboxState>(row.integer(1)), row.integer(2)};
  });
}

}  // namespace gateway::store_sqlite
