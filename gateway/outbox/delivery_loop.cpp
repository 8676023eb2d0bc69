#include "gateway/outbox/delivery_loop.hpp"

#include <utility>
#include <vector>

#include "gateway/outbox/backoff.hpp"

namespace gateway::outbox {
namespace {

const store::Caller& system_caller() {
  static const store::Caller kCaller{"ligament", "", "system"};
  return kCaller;
}

using Rows = fhir::Result<std::vector<store::DeliveryRow>>;

}  // namespace

DeliveryLoop::DeliveryLoop(Parts parts, DeliverySettings settings)
    : parts_(std::move(parts)), settings_(settings), tasks_(parts_.executor), wake_(parts_.executor) {}

DeliveryLoop::~DeliveryLoop() = default;

void DeliveryLoop::start() {
  tasks_.spawn("outbox", run());
  tasks_.spawn("outbox-rest", wake_after_rest());
}

void DeliveryLoop::notify() {
  due_again_ = true;
  wake_.notify_one();
}

async::awaitable<fhir::Status> DeliveryLoop::stop(async::Deadline deadline) {
  stopping_ = true;
  wake_.notify_all();
  // The loops wait for time or news; what is being sent may finish within the deadline.
  while (!in_flight_.empty() && !deadline.passed(parts_.timers.clock())) {
    const fhir::Status slept = co_await parts_.timers.sleep_for(std::chrono::milliseconds(5));
    if (!slept.has_value()) break;
  }
  tasks_.cancel();
  co_return co_await tasks_.wait(parts_.timers, deadline);
}

DeliveryFigures DeliveryLoop::figures() const {
  DeliveryFigures figures = figures_;
  figures.in_flight = in_flight_.size();
  return figures;
}

async::awaitable<void> DeliveryLoop::wake_after_rest() {
  while (!stopping_) {
    const fhir::Status slept = co_await parts_.timers.sleep_for(settings_.longest_rest);
    if (!slept.has_value()) co_return;
    notify();
  }
}

async::awaitable<void> DeliveryLoop::run() {
  while (!stopping_) {
    due_again_ = false;
    // A store that does not answer shows in health and logs of its own; the loop looks again after its rest.
    const fhir::Status revived = co_await revive_unanswered();
    const fhir::Status started = co_await start_what_is_due();
    const bool failed = !revived.has_value() || !started.has_value();
    if (due_again_ && !failed) continue;
    due_again_ = false;
    const fhir::Status woken = co_await wake_.wait();
    if (!woken.has_value()) co_return;
  }
}

async::awaitable<fhir::Status> DeliveryLoop::start_what_is_due() {
  if (in_flight_.size() >= settings_.total) co_return fhir::Status();
  const fhir::Instant now = parts_.timers.clock().now();
  const std::size_t limit = settings_.total + in_flight_.size();
  const std::size_t per_destination = settings_.window;
  auto read_due = [&store = parts_.store, now, limit, per_destination] {
    return store::value_of(store, store::Kind::kRead, system_caller(), [&](store::Transaction& tx) -> Rows {
      return tx.outbox().due(now, limit, per_destination);
    });
  };
  Rows due = co_await parts_.pool.run(std::move(read_due));
  if (!due.has_value()) co_return fhir::fail(std::move(due).error());
  for (store::DeliveryRow& row : *due) {
    if (stopping_ || in_flight_.size() >= settings_.total) break;
    std::size_t& to_destination = in_flight_to_[row.destination];
    if (to_destination >= settings_.window || !in_flight_.insert(row.seq).second) continue;
    ++to_destination;
    tasks_.spawn("deliver", deliver(std::move(row)));
  }
  co_return fhir::Status();
}

async::awaitable<fhir::Status> DeliveryLoop::revive_unanswered() {
  const fhir::Instant now = parts_.timers.clock().now();
  const std::size_t limit = settings_.total;
  auto read_overdue = [&store = parts_.store, now, limit] {
    return store::value_of(store, store::Kind::kRead, system_caller(), [&](store::Transaction& tx) -> Rows {
      return tx.outbox().overdue_answers(now, limit);
    });
  };
  Rows overdue = co_await parts_.pool.run(std::move(read_overdue));
  if (!overdue.has_value()) co_return fhir::fail(std::move(overdue).error());
  for (store::DeliveryRow& row : *overdue) {
    if (in_flight_.contains(row.seq)) continue;
    // Asking again with the same ids is how silence is resolved: the partner answers, or says duplicate.
    Answer silence{Verdict::kRetry, "no-business-answer-in-time", {}};
    const fhir::Status recorded = co_await record(std::move(row), std::move(silence));
    if (!recorded.has_value()) co_return recorded;
  }
  co_return fhir::Status();
}

async::awaitable<void> DeliveryLoop::deliver(store::DeliveryRow delivery) {
  const store::OutboxSeq seq = delivery.seq;
  auto read_body = [&store = parts_.store, seq] {
    return store::value_of(store, store::Kind::kRead, system_caller(),
                           [&](store::Transaction& tx) { return tx.outbox().read_body(seq); });
  };
  fhir::Result<std::string> body = co_await parts_.pool.run(std::move(read_body));
  bool recorded = false;
  std::chrono::milliseconds rest = settings_.longest_rest;
  if (body.has_value()) {
    const async::Deadline deadline =
        async::Deadline::after(parts_.timers.clock(), parts_.policy.attempt_timeout);
    Answer answer = co_await parts_.courier.deliver(delivery, std::move(*body), deadline);
    if (answer.code == fhir::traits(fhir::ErrorCode::kCancelled).name) {
      finish(delivery);
      co_return;
    }
    // Busy is our own word, of too few connections to an endpoint that several destinations share: nothing
    // was sent, so it is no attempt.
    if (answer.code == fhir::traits(fhir::ErrorCode::kBusy).name) {
      rest = settings_.busy_rest;
    } else {
      const fhir::Status done = co_await record(delivery, std::move(answer));
      recorded = done.has_value();
    }
  }
  if (!recorded) {
    // Not recorded means not known: the delivery stays pending, and goes again with the same ids. Not at
    // once, or a store that takes no writes would have us send the same message as fast as the partner
    // answers.
    const fhir::Status rested = co_await parts_.timers.sleep_for(rest);
    static_cast<void>(rested);
  }
  finish(delivery);
}

async::awaitable<fhir::Status> DeliveryLoop::record(store::DeliveryRow delivery, Answer answer) {
  const fhir::Instant now = parts_.timers.clock().now();
  const int finished = delivery.attempts + 1;
  Attempt attempt;
  attempt.dead = answer.verdict == Verdict::kDead ||
                 (answer.verdict == Verdict::kRetry && finished >= static_cast<int>(parts_.policy.attempts));
  attempt.at = now;
  std::chrono::milliseconds delay = backoff(parts_.policy, finished, parts_.random);
  if (answer.retry_after) delay = std::max<std::chrono::milliseconds>(delay, *answer.retry_after);
  const fhir::Instant next = now + delay;
  const fhir::Instant answer_deadline = now + parts_.policy.answer_deadline;
  attempt.delivery = std::move(delivery);
  attempt.answer = std::move(answer);

  store::Unit unit;
  unit.caller = system_caller();
  unit.bytes = 512;
  unit.work = [attempt, next, answer_deadline, &sink = parts_.sink](store::Transaction& tx) {
    const store::OutboxSeq seq = attempt.delivery.seq;
    fhir::Status moved;
    if (attempt.dead) {
      moved = sink.undeliverable(tx, attempt.delivery, attempt.answer.code, attempt.at);
    } else if (attempt.answer.verdict == Verdict::kDelivered) {
      moved = sink.delivered(tx, attempt.delivery, attempt.at);
    } else if (attempt.answer.verdict == Verdict::kAwaitingAnswer) {
      moved = tx.outbox().mark_sent(seq, answer_deadline);
    } else {
      moved = tx.outbox().retry(seq, next, attempt.answer.code);
    }
    // The business answer, or a person, may have been quicker than this record.
    if (!moved.has_value() && moved.error().code == fhir::ErrorCode::kConflict) return fhir::Status();
    return moved;
  };
  const fhir::Result<commit::Committed> committed = co_await parts_.committer.commit(std::move(unit));
  if (!committed.has_value()) co_return fhir::fail(committed.error());
  count(attempt);
  parts_.sink.recorded(attempt);
  co_return fhir::Status();
}

void DeliveryLoop::count(const Attempt& attempt) {
  ++figures_.attempts;
  if (attempt.dead) {
    ++figures_.dead;
  } else if (attempt.answer.verdict == Verdict::kDelivered) {
    ++figures_.delivered;
  } else if (attempt.answer.verdict == Verdict::kRetry) {
    ++figures_.retried;
  }
}

void DeliveryLoop::finish(const store::DeliveryRow& delivery) {
  in_flight_.erase(delivery.seq);
  const auto to_destination = in_flight_to_.find(delivery.destination);
  if (to_destination != in_flight_to_.end() && --to_destination->second == 0)
    in_flight_to_.erase(to_destination);
  notify();
}

}  // namespace gateway::outbox
