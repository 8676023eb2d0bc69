// The ports of one unit of work over a session.
#pragma once

#include "gateway/store_sqlite/ports.hpp"

namespace gateway::store_sqlite {

class SqliteTransaction final : public store::Transaction {
 public:
  explicit SqliteTransaction(Session& session)
      : session_(&session),
        messages_(session),
        resources_(session),
        referrals_(session),
        outbox_(session),
        work_(session),
        audit_(session),
        settings_(session) {}
  [[nodiscard]] const store::Caller& caller() const noexcept override { return session_->caller; }
  [[nodiscard]] store::MessageLog& messages() noexcept override { return messages_; }
  [[nodiscard]] store::ResourceStore& resources() noexcept override { return resources_; }
  [[nodiscard]] store::ReferralStore& referrals() noexcept override { return referrals_; }
  [[nodiscard]] store::OutboxStore& outbox() noexcept override { return outbox_; }
  [[nodiscard]] store::WorkStore& work() noexcept override { return work_; }
  [[nodiscard]] store::AuditLog& audit() noexcept override { return audit_; }
  [[nodiscard]] store::Settings& settings() noexcept override { return settings_; }

 private:
  Session* session_;
  SqliteMessageLog messages_;
  SqliteResourceStore resources_;
  SqliteReferralStore referrals_;
  SqliteOutboxStore outbox_;
  SqliteWorkStore work_;
  SqliteAuditLog audit_;
  SqliteSettings settings_;
};

/// Runs the work over the session. What it returns, or the failure that spent the session's connection, or
/// kInternal when it threw.
[[nodiscard]] inline fhir::Status run(Session& session, const store::Work& work) {
  session.connection.forgive();
  SqliteTransaction transaction(session);
  fhir::Status done;
  try {
    done = work(transaction);
    if (done.has_value()) done = session.write_timelines();
    if (done.has_value()) done = session.write_values();
  } catch (...) {
    done = fhir::fail(fhir::ErrorCode::kInternal, "a unit of work threw");
  }
  if (session.connection.spent()) return fhir::fail(*session.connection.spent());
  return done;
}

}  // namespace gateway::store_sqlite
