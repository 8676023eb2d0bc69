#include "gateway/store/audit_chain.hpp"
#include "gateway/store_sqlite/ports.hpp"

namespace gateway::store_sqlite {

using fhir::Result;
using fhir::Status;
using store::AuditEntry;
using store::AuditHead;
using store::AuditSeq;

namespace {

AuditEntry read_row(const Statement& row) {
  AuditEntry entry;
  entry.seq = AuditSeq(row.integer(0));
  entry.what.at = row.instant(1);
  entry.caller = {row.text(2), row.text(3), row.text(4)};
  entry.what.action = static_cast<store::AuditAction>(row.integer(5));
  entry.what.event = row.text(6);
  entry.what.subject = row.text(7);
  entry.what.referral = row.maybe_id<store::ReferralSeq>(8);
  entry.what.message = row.maybe_id<store::MessageSeq>(9);
  entry.what.outcome = static_cast<store::AuditOutcome>(row.integer(10));
  entry.hash = row.digest(11);
  return entry;
}

}  // namespace

Result<AuditSeq> SqliteAuditLog::append(const store::NewAudit& what) {
  LIGAMENT_CHECK(session_->writing());
  const store::Caller& caller = session_->caller;
  AuditEntry entry{AuditSeq(session_->head.seq.value() + 1), caller, what, {}};
  entry.hash = store::audit_hash(session_->head.hash, entry);
  LIGAMENT_CHECK(session_->prepared(Sql::kAuditInsert)
                     .bind(entry.seq, what.at, caller.partner, caller.ods, caller.role, what.action,
                           what.event, what.subject, what.referral, what.message, what.outcome,
                           blob(entry.hash))
                     .run());
  session_->head = {entry.seq, entry.hash};
  return entry.seq;
}

Result<AuditHead> SqliteAuditLog::head() {
  return session_->head;
}

Result<store::AuditVerdict> SqliteAuditLog::verify(const AuditHead& from) {
  store::AuditCheck check(from);
  Statement select = session_->prepared(Sql::kAuditList);
  select.bind(from.seq, std::int64_t{-1});
  for (;;) {
    LIGAMENT_TRY(const bool row, select.step());
    if (!row || !check.feed(read_row(select))) break;
  }
  return check.finish(session_->head);
}

Result<std::vector<AuditEntry>> SqliteAuditLog::list(std::optional<AuditSeq> after, std::size_t limit) {
  Statement select = session_->prepared(Sql::kAuditList);
  return rows_of<AuditEntry>(select.bind(after ? after->value() : std::int64_t{0}, limit_of(limit)),
                             read_row);
}

Result<std::optional<std::string>> SqliteSettings::get(std::string_view name) {
  Statement select = session_->prepared(Sql::kSettingGet);
  return row_of<std::string>(select.bind(name), [](const Statement& row) { return row.text(0); });
}

Status SqliteSettings::set(std::string_view name, std::string_view value) {
  LIGAMENT_CHECK(session_->writing());
  return session_->prepared(Sql::kSettingSet).bind(name, value).run();
}

}  // namespace gateway::store_sqlite
