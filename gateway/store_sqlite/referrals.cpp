#include <algorithm>

#include "gateway/store_sqlite/ports.hpp"
#include "gateway/store_sqlite/timeline.hpp"

namespace gateway::store_sqlite {

using fhir::ErrorCode;
using fhir::fail;
using fhir::Instant;
using fhir::Result;
using fhir::Status;
using store::BusinessIdentifier;
using store::ReferralEvent;
using store::ReferralRow;
using store::ReferralSeq;

namespace {

ReferralRow read_row(const Statement& row) {
  ReferralRow referral{.seq = ReferralSeq(row.integer(0)),
                       .parent = row.maybe_id<ReferralSeq>(1),
                       .service_request_id = row.text(2),
                       .task_id = row.text(3),
                       .state = row.text(4),
                       .open = row.integer(5) != 0,
                       .task_version = row.integer(6),
                       .holder_ods = row.text(7),
                       .owner_ods = row.text(8),
                       .owner_role = row.text(9),
                       .deadline = std::nullopt,
                       .correlation_id = row.text(13),
                       .service = row.text(14),
                       .destination = row.text(15),
                       .priority = row.text(16),
                       .flags = static_cast<std::uint32_t>(row.integer(17)),
                       .patient_key = std::nullopt,
                       .received_at = row.instant(19),
                       .received_on = row.text(20),
                       .sender_partner = row.text(21),
                       .memory = row.text(23),
                       .version = row.integer(22)};
  if (!row.is_null(10))
    referral.deadline = store::ReferralDeadline{row.instant(10), row.text(11), row.text(12)};
  if (!row.is_null(18)) referral.patient_key = row.digest(18);
  return referral;
}

/// The three columns of a deadline.
struct DeadlineColumns {
  explicit DeadlineColumns(const ReferralRow& row) {
    if (!row.deadline) return;
    at = row.deadline->at;
    what = row.deadline->what;
    role = row.deadline->owner_role;
  }
  std::optional<Instant> at;
  std::string_view what;
  std::string_view role;
};

std::optional<Blob> patient_blob(const ReferralRow& row) {
  return row.patient_key ? std::optional(blob(*row.patient_key)) : std::nullopt;
}

template <class... Values>
Result<std::vector<ReferralRow>> select_rows(Session& session, Sql sql, const Values&... values) {
  Statement select = session.prepared(sql);
  return rows_of<ReferralRow>(select.bind(values...), read_row);
}

template <class... Values>
Result<std::optional<ReferralRow>> select_row(Session& session, Sql sql, const Values&... values) {
  Statement select = session.prepared(sql);
  return row_of<ReferralRow>(select.bind(values...), read_row);
}

}  // namespace

Result<ReferralSeq> SqliteReferralStore::insert(const ReferralRow& row,
                                                const std::vector<BusinessIdentifier>& identifiers) {
  LIGAMENT_CHECK(session_->writing());
  const DeadlineColumns deadline(row);
  std::string column;
  for (auto at = identifiers.begin(); at != identifiers.end(); ++at) {
    if (std::find(identifiers.begin(), at, *at) == at) append_identifier(column, *at);
  }
  LIGAMENT_CHECK(session_->prepared(Sql::kReferralInsert)
                     .bind(row.parent, row.service_request_id, row.task_id, row.state, row.open,
                           row.task_version, row.holder_ods, row.owner_ods, row.owner_role, deadline.at,
                           deadline.what, deadline.role, row.correlation_id, row.service, row.destination,
                           row.priority, row.flags, patient_blob(row), row.received_at, row.received_on,
                           row.sender_partner, row.memory, Blob{column})
                     .run());
  const ReferralSeq seq(session_->connection.last_row());
  session_->inserted = seq;
  for (const BusinessIdentifier& identifier : identifiers) {
    LIGAMENT_CHECK(
        session_->prepared(Sql::kIdentifierInsert).bind(identifier.value, identifier.system, seq).run());
  }
  return seq;
}

Result<std::int64_t> SqliteReferralStore::update(const ReferralRow& row) {
  LIGAMENT_CHECK(session_->writing());
  const DeadlineColumns deadline(row);
  LIGAMENT_CHECK(session_->prepared(Sql::kReferralUpdate)
                     .bind(row.seq, row.version, row.state, row.open, row.task_version, row.holder_ods,
                           row.owner_ods, row.owner_role, deadline.at, deadline.what, deadline.role,
                           row.service, row.destination, row.priority, row.flags, patient_blob(row),
                           row.memory)
                     .run());
  if (session_->connection.changes() == 1) return row.version + 1;
  LIGAMENT_CHECK(session_->known(row.seq));
  return fail(ErrorCode::kConflict, "the referral moved on");
}

Status SqliteReferralStore::add_identifier(ReferralSeq seq, const BusinessIdentifier& identifier) {
  LIGAMENT_CHECK(session_->writing());
  LIGAMENT_TRY(const std::vector<BusinessIdentifier> known, identifiers(seq));
  if (std::ranges::find(known, identifier) != known.end()) return {};
  std::string column;
  for (const BusinessIdentifier& one : known)
    append_identifier(column, one);
  append_identifier(column, identifier);
  LIGAMENT_CHECK(session_->prepared(Sql::kIdentifiersSet).bind(seq, Blob{column}).run());
  return session_->prepared(Sql::kIdentifierInsert).bind(identifier.value, identifier.system, seq).run();
}

Result<std::vector<BusinessIdentifier>> SqliteReferralStore::identifiers(ReferralSeq seq) {
  Statement select = session_->prepared(Sql::kIdentifiers);
  LIGAMENT_TRY(const bool row, select.bind(seq).step());
  if (!row) return fail(ErrorCode::kNotFound, "no such referral");
  std::optional<std::vector<BusinessIdentifier>> list = decode_identifiers(select.view(0));
  if (!list) return fail(ErrorCode::kCorrupt, "the identifiers of a referral cannot be read");
  return std::move(*list);
}

Result<std::optional<ReferralRow>> SqliteReferralStore::find(ReferralSeq seq) {
  return select_row(*session_, Sql::kReferralFind, seq);
}

Result<std::optional<ReferralRow>> SqliteReferralStore::find_by_task(std::string_view task_id) {
  return select_row(*session_, Sql::kReferralFindTask, task_id);
}

Result<std::vector<ReferralRow>> SqliteReferralStore::find_by_service_request(std::string_view id) {
  return select_rows(*session_, Sql::kReferralFindRequest, id);
}

Result<std::vector<ReferralRow>> SqliteReferralStore::find_by_correlation(std::string_view correlation_id) {
  return select_rows(*session_, Sql::kReferralFindCorrelation, correlation_id);
}

Result<std::vector<ReferralRow>> SqliteReferralStore::find_by_identifier(
    const BusinessIdentifier& identifier) {
  return select_rows(*session_, Sql::kReferralFindIdentifier, identifier.value, identifier.system);
}

Result<std::vector<ReferralRow>> SqliteReferralStore::children(ReferralSeq parent) {
  return select_rows(*session_, Sql::kReferralChildren, parent);
}

Result<std::vector<ReferralRow>> SqliteReferralStore::open_of_patient(const store::Digest& patient_key) {
  return select_rows(*session_, Sql::kReferralOfPatient, blob(patient_key));
}

Result<std::vector<ReferralRow>> SqliteReferralStore::due(Instant now, std::size_t limit) {
  return select_rows(*session_, Sql::kReferralDue, now, limit_of(limit));
}

Result<std::vector<ReferralRow>> SqliteReferralStore::list(std::optional<ReferralSeq> after,
                                                           std::size_t limit) {
  return select_rows(*session_, Sql::kReferralList, after ? after->value() : std::int64_t{0},
                     limit_of(limit));
}

Result<std::vector<store::StateCount>> SqliteReferralStore::counts() {
  Statement select = session_->prepared(Sql::kReferralCounts);
  return rows_of<store::StateCount>(select, [](const Statement& row) {
    return store::StateCount{row.text(0), row.integer(1) != 0, row.integer(2)};
  });
}

Status SqliteReferralStore::append_event(ReferralSeq seq, const ReferralEvent& event) {
  LIGAMENT_CHECK(session_->writing());
  LIGAMENT_CHECK(session_->known(seq));
  if (event.message) LIGAMENT_CHECK(session_->known(*event.message));
  store_sqlite::append_event(session_->timelines[seq], event);
  return {};
}

Result<std::vector<ReferralEvent>> SqliteReferralStore::events(ReferralSeq seq) {
  LIGAMENT_CHECK(session_->known(seq));
  LIGAMENT_CHECK(session_->write_timelines());
  std::vector<ReferralEvent> events;
  Statement select = session_->prepared(Sql::kEventList);
  select.bind(seq);
  for (;;) {
    LIGAMENT_TRY(const bool row, select.step());
    if (!row) return events;
    std::optional<std::vector<ReferralEvent>> some = decode_events(select.view(0));
    if (!some) return fail(ErrorCode::kCorrupt, "the timeline of a referral cannot be read");
    std::ranges::move(*some, std::back_inserter(events));
  }
}

}  // namespace gateway::store_sqlite
