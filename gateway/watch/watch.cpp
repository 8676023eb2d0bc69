#include "gateway/watch/watch.hpp"

#include <utility>

namespace gateway::watch {
namespace {

/// Acts of one look; what is left is found by the next.
constexpr std::size_t kBatch = 100;

store::Caller system_caller() {
  return {"ligament", "", "system"};
}

store::Unit unit_of(store::Work work) {
  store::Unit unit;
  unit.caller = system_caller();
  unit.bytes = 4096;
  unit.work = std::move(work);
  return unit;
}

}  // namespace

Watch::Watch(Parts parts, std::chrono::milliseconds interval)
    : parts_(parts), interval_(interval), tasks_(parts_.executor) {}

Watch::~Watch() = default;

void Watch::start() {
  tasks_.spawn("watch", run());
}

async::awaitable<fhir::Status> Watch::stop(async::Deadline deadline) {
  tasks_.cancel();
  co_return co_await tasks_.wait(parts_.timers, deadline);
}

async::awaitable<void> Watch::run() {
  while (true) {
    fhir::Result<Due> due = co_await look();
    if (due.has_value()) {
      for (store::WorkRow& work : due->work)
        co_await take_step(std::move(work));
      for (store::ReferralRow& referral : due->referrals)
        co_await pass_deadline(std::move(referral));
    } else {
      ++figures_.failures;
    }
    const fhir::Status slept = co_await parts_.timers.sleep_for(interval_);
    if (!slept.has_value()) co_return;
  }
}

async::awaitable<fhir::Result<Watch::Due>> Watch::look() {
  const fhir::Instant now = parts_.timers.clock().now();
  auto read = [&store = parts_.store, now] {
    return store::value_of(store, store::Kind::kRead, system_caller(),
                           [&](store::Transaction& tx) -> fhir::Result<Due> {
                             Due due;
                             LIGAMENT_TRY(due.referrals, tx.referrals().due(now, kBatch));
                             LIGAMENT_TRY(due.work, tx.work().due(now, kBatch));
                             return due;
                           });
  };
  co_return co_await parts_.pool.run(std::move(read));
}

async::awaitable<void> Watch::pass_deadline(store::ReferralRow referral) {
  const fhir::Instant now = parts_.timers.clock().now();
  auto act = [&sink = parts_.sink, seq = referral.seq, now](store::Transaction& tx) -> fhir::Status {
    LIGAMENT_TRY(const std::optional<store::ReferralRow> current, tx.referrals().find(seq));
    // It may have moved on since the look.
    if (!current || !current->open || !current->deadline || current->deadline->at > now) return {};
    return sink.deadline_passed(tx, *current, now);
  };
  store::Unit unit = unit_of(std::move(act));
  const fhir::Result<commit::Committed> committed = co_await parts_.committer.commit(std::move(unit));
  if (!committed.has_value()) {
    ++figures_.failures;
    co_return;
  }
  ++figures_.deadlines;
  parts_.sink.silence(referral);
}

async::awaitable<void> Watch::take_step(store::WorkRow work) {
  const fhir::Instant now = parts_.timers.clock().now();
  auto act = [&sink = parts_.sink, seq = work.seq, now](store::Transaction& tx) -> fhir::Status {
    LIGAMENT_TRY(const std::optional<store::WorkRow> current, tx.work().find(seq));
    if (!current || current->state != store::WorkState::kOpen || !current->next_step_at ||
        *current->next_step_at > now) {
      return {};
    }
    return sink.next_step(tx, *current, now);
  };
  store::Unit unit = unit_of(std::move(act));
  const fhir::Result<commit::Committed> committed = co_await parts_.committer.commit(std::move(unit));
  if (!committed.has_value()) {
    ++figures_.failures;
    co_return;
  }
  ++figures_.pushes;
  parts_.sink.escalated(work);
}

}  // namespace gateway::watch
