#include "gateway/outbox/delivery_loop.hpp"

#include <algorithm>
#include <memory>
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

fhir::Status write_end(store::Transaction& tx, DeliverySink& sink, const Attempt& attempt, fhir::Instant next,
                       fhir::Instant answer_deadline) {
  const store::OutboxSeq seq = attempt.delivery.seq;
  if (attempt.dead) return sink.undeliverable(tx, attempt.delivery, attempt.answer.code, attempt.at);
  switch (attempt.answer.verdict) {
    case Verdict::kDelivered: return sink.delivered(tx, attempt.delivery, attempt.at);
    case Verdict::kAwaitingAnswer: return tx.outbox().mark_sent(seq, answer_deadline);
    default: return tx.outbox().retry(seq, next, attempt.answer.code);
  }
}

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
    silence_due_ = true;
    notify();
  }
}

async::awaitable<void> DeliveryLoop::run() {
  while (!stopping_) {
    due_again_ = false;
    const fhir::Monotonic next_look = parts_.timers.clock().monotonic() + settings_.pace;
    // A store that does not answer shows in health and logs of its own; the loop looks again after its rest.
    fhir::Status revived;
    if (std::exchange(silence_due_, false)) revived = co_await revive_unanswered();
    const fhir::Status started = co_await start_what_is_due();
    const bool failed = !revived.has_value() || !started.has_value();
    if (!due_again_ || failed) {
      due_again_ = false;
      const fhir::Status woken = co_await wake_.wait();
      if (!woken.has_value()) co_return;
    }
    if (parts_.timers.clock().monotonic() >= next_look) continue;
    const fhir::Status paced = co_await parts_.timers.sleep_until(next_look);
    if (!paced.has_value()) co_return;
  }
}

bool DeliveryLoop::has_room() const {
  return !stopping_ && unrecorded_ == 0 && sending_ < settings_.total &&
         in_flight_.size() < sending_ + settings_.recording;
}

async::awaitable<fhir::Status> DeliveryLoop::start_what_is_due() {
  if (!has_room()) co_return fhir::Status();
  const fhir::Instant now = parts_.timers.clock().now();
  const std::size_t limit = settings_.total - sending_;
  const std::size_t window = settings_.window;
  store::UnderWay under_way{{in_flight_.begin(), in_flight_.end()}, in_flight_to_};
  auto read_due = [&store = parts_.store, now, limit, window, under_way = std::move(under_way)] {
    return store::value_of(store, store::Kind::kRead, system_caller(),
                           [&](store::Transaction& tx) -> fhir::Result<std::vector<Ready>> {
                             LIGAMENT_TRY(std::vector<store::DeliveryRow> rows,
                                          tx.outbox().due(now, limit, window, under_way));
                             std::vector<Ready> ready;
                             ready.reserve(rows.size());
                             for (store::DeliveryRow& row : rows) {
                               fhir::Result<std::string> body = tx.outbox().read_body(row.seq);
                               ready.push_back({std::move(row), std::move(body)});
                             }
                             return ready;
                           });
  };
  fhir::Result<std::vector<Ready>> due = co_await parts_.pool.run(std::move(read_due));
  if (!due.has_value()) co_return fhir::fail(std::move(due).error());
  for (Ready& ready : *due) {
    if (!has_room()) break;
    begin(ready.delivery);
    tasks_.spawn("deliver", deliver(std::move(ready)));
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
    const fhir::Status recorded = co_await record(row, std::move(silence));
    if (!recorded.has_value()) co_return recorded;
  }
  co_return fhir::Status();
}

async::awaitable<void> DeliveryLoop::deliver(Ready ready) {
  const store::DeliveryRow delivery = std::move(ready.delivery);
  Answer answer;
  std::chrono::milliseconds rest = settings_.longest_rest;
  bool sent = false;
  if (ready.body.has_value()) {
    const async::Deadline deadline =
        async::Deadline::after(parts_.timers.clock(), parts_.policy.attempt_timeout);
    answer = co_await parts_.courier.deliver(delivery, std::move(*ready.body), deadline);
    // Busy is our own word, of too few connections to an endpoint that several destinations share: nothing
    // was sent, so it is no attempt.
    sent = answer.code != fhir::traits(fhir::ErrorCode::kBusy).name;
    if (!sent) rest = settings_.busy_rest;
  }
  if (sent) {
    free_place(delivery);
    co_await end(delivery, std::move(answer));
  } else {
    const fhir::Status rested = co_await parts_.timers.sleep_for(rest);
    static_cast<void>(rested);
    free_place(delivery);
  }
  in_flight_.erase(delivery.seq);
  notify();
}

async::awaitable<void> DeliveryLoop::end(const store::DeliveryRow& delivery, Answer answer) {
  if (answer.code == fhir::traits(fhir::ErrorCode::kCancelled).name) co_return;
  const fhir::Status recorded = co_await record(delivery, std::move(answer));
  if (recorded.has_value()) co_return;
  // Not recorded means not known: the delivery stays pending, and goes again with the same ids. Not at once,
  // or a store that takes no writes would have us send as fast as the partners answer.
  ++unrecorded_;
  const fhir::Status rested = co_await parts_.timers.sleep_for(settings_.longest_rest);
  static_cast<void>(rested);
  --unrecorded_;
}

async::awaitable<fhir::Status> DeliveryLoop::record(const store::DeliveryRow& delivery, Answer answer) {
  const fhir::Instant now = parts_.timers.clock().now();
  const int finished = delivery.attempts + 1;
  auto attempt = std::make_shared<Attempt>();
  attempt->dead = answer.verdict == Verdict::kDead ||
                  (answer.verdict == Verdict::kRetry && finished >= static_cast<int>(parts_.policy.attempts));
  attempt->at = now;
  std::chrono::milliseconds delay = backoff(parts_.policy, finished, parts_.random);
  if (answer.retry_after) delay = std::max<std::chrono::milliseconds>(delay, *answer.retry_after);
  const fhir::Instant next = now + delay;
  const fhir::Instant answer_deadline = now + parts_.policy.answer_deadline;
  attempt->delivery = delivery;
  attempt->answer = std::move(answer);

  store::Unit unit;
  unit.caller = system_caller();
  unit.bytes = 512;
  unit.work = [attempt, next, answer_deadline, &sink = parts_.sink](store::Transaction& tx) {
    fhir::Status moved = write_end(tx, sink, *attempt, next, answer_deadline);
    // The business answer, or a person, may have been quicker than this record.
    if (!moved.has_value() && moved.error().code == fhir::ErrorCode::kConflict) return fhir::Status();
    return moved;
  };
  const fhir::Result<commit::Committed> committed = co_await parts_.committer.commit(std::move(unit));
  if (!committed.has_value()) co_return fhir::fail(committed.error());
  count(*attempt);
  parts_.sink.recorded(*attempt);
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

void DeliveryLoop::begin(const store::DeliveryRow& delivery) {
  in_flight_.insert(delivery.seq);
  ++in_flight_to_[delivery.destination];
  ++sending_;
}

void DeliveryLoop::free_place(const store::DeliveryRow& delivery) {
  const auto to_destination = in_flight_to_.find(delivery.destination);
  const bool was_full = to_destination->second == settings_.window || sending_ == settings_.total;
  if (--to_destination->second == 0) in_flight_to_.erase(to_destination);
  --sending_;
  if (was_full) notify();
}

}  // namespace gateway::outbox
