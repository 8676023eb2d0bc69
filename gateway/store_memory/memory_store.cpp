#include "gateway/store_memory/memory_store.hpp"

#include <mutex>

#include "gateway/store_memory/ports.hpp"

namespace gateway::store_memory {

using fhir::ErrorCode;
using fhir::fail;
using fhir::Status;

struct MemoryStore::State {
  std::mutex mutex;
  Tables tables;
  std::int64_t commits = 0;
};

namespace {

class MemoryTransaction final : public store::Transaction {
 public:
  explicit MemoryTransaction(Context& context)
      : context_(&context),
        messages_(context),
        resources_(context),
        referrals_(context),
        outbox_(context),
        work_(context),
        audit_(context),
        settings_(context) {}
  [[nodiscard]] const store::Caller& caller() const noexcept override { return context_->caller; }
  [[nodiscard]] store::MessageLog& messages() noexcept override { return messages_; }
  [[nodiscard]] store::ResourceStore& resources() noexcept override { return resources_; }
  [[nodiscard]] store::ReferralStore& referrals() noexcept override { return referrals_; }
  [[nodiscard]] store::OutboxStore& outbox() noexcept override { return outbox_; }
  [[nodiscard]] store::WorkStore& work() noexcept override { return work_; }
  [[nodiscard]] store::AuditLog& audit() noexcept override { return audit_; }
  [[nodiscard]] store::Settings& settings() noexcept override { return settings_; }

 private:
  Context* context_;
  MemoryMessageLog messages_;
  MemoryResourceStore resources_;
  MemoryReferralStore referrals_;
  MemoryOutboxStore outbox_;
  MemoryWorkStore work_;
  MemoryAuditLog audit_;
  MemorySettings settings_;
};

/// Runs one unit and takes it back when it fails.
Status run(Tables& tables, store::Kind kind, const store::Caller& caller, const store::Work& work) {
  Journal journal;
  Context context{tables, journal, kind, caller};
  MemoryTransaction transaction(context);
  Status done;
  try {
    done = work(transaction);
  } catch (...) {
    done = fail(ErrorCode::kInternal, "a unit of work threw");
  }
  if (done.has_value() && context.wrote_in_read) {
    done = fail(ErrorCode::kInternal, "write in a read transaction");
  }
  if (!done.has_value()) journal.roll_back(0);
  return done;
}

}  // namespace

MemoryStore::MemoryStore() : state_(std::make_unique<State>()) {}
MemoryStore::~MemoryStore() = default;

Status MemoryStore::transact(store::Kind kind, const store::Caller& caller, const store::Work& work) {
  const std::scoped_lock lock(state_->mutex);
  Status done = run(state_->tables, kind, caller, work);
  if (done.has_value() && kind == store::Kind::kWrite) ++state_->commits;
  return done;
}

store::GroupOutcome MemoryStore::transact_group(std::span<const store::Unit> units) {
  const std::scoped_lock lock(state_->mutex);
  store::GroupOutcome outcome;
  bool any = false;
  for (const store::Unit& unit : units) {
    outcome.units.push_back(run(state_->tables, store::Kind::kWrite, unit.caller, unit.work));
    any = any || outcome.units.back().has_value();
  }
  if (any) outcome.sequence = store::CommitSeq(++state_->commits);
  return outcome;
}

Status MemoryStore::backup(const std::string& /*destination*/) {
  return fail(ErrorCode::kUnsupported, "a store in memory has no file to copy");
}

}  // namespace gateway::store_memory
