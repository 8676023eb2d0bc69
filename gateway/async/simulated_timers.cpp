#include "gateway/async/simulated_timers.hpp"

#include <utility>

#include "gateway/async/pending.hpp"

namespace gateway::async {

/// Shared with the cancellation slots of its waits, which may outlive the timers.
class SimulatedTimers::Waits : public std::enable_shared_from_this<Waits> {
 public:
  explicit Waits(boost::asio::io_context& io) : io_(io) {}

  void add(fhir::Monotonic when, WaitHandler handler) {
    const Key key{when, next_++};
    auto wait = std::make_shared<PendingOperation<>>(Executor(io_.get_executor()));
    waits_.emplace(key, wait);
    wait->hold(std::move(handler), [weak = weak_from_this(), key] {
      if (const auto self = weak.lock()) self->waits_.erase(key);
    });
  }

  void complete_due(fhir::Monotonic now) {
    while (!waits_.empty() && waits_.begin()->first.first <= now) {
      const auto wait = std::move(waits_.begin()->second);
      waits_.erase(waits_.begin());
      wait->complete(error_code());
    }
  }

  [[nodiscard]] fhir::Monotonic next() const {
    return waits_.empty() ? fhir::Monotonic::max() : waits_.begin()->first.first;
  }
  [[nodiscard]] std::size_t size() const { return waits_.size(); }

 private:
  using Key = std::pair<fhir::Monotonic, std::uint64_t>;
  boost::asio::io_context& io_;
  std::map<Key, std::shared_ptr<PendingOperation<>>> waits_;
  std::uint64_t next_ = 0;
};

SimulatedTimers::SimulatedTimers(boost::asio::io_context& io, fhir::ManualClock& clock)
    : io_(io), clock_(clock), waits_(std::make_shared<Waits>(io)) {}

SimulatedTimers::~SimulatedTimers() = default;

void SimulatedTimers::async_wait(fhir::Monotonic when, WaitHandler handler) {
  waits_->add(when, std::move(handler));
}

std::size_t SimulatedTimers::run_until_idle(std::size_t max_completions) {
  std::size_t total = 0;
  while (total < max_completions) {
    io_.restart();
    waits_->complete_due(clock_.monotonic());
    std::size_t ran = 0;
    while (total + ran < max_completions && io_.poll_one() != 0)
      ++ran;
    total += ran;
    if (ran == 0) break;
  }
  return total;
}

bool SimulatedTimers::advance_to_next() {
  run_until_idle();
  const fhir::Monotonic when = next();
  if (when == fhir::Monotonic::max()) return false;
  if (when > clock_.monotonic()) clock_.advance(when - clock_.monotonic());
  run_until_idle();
  return true;
}

void SimulatedTimers::run_until(fhir::Monotonic when) {
  run_until_idle();
  while (next() <= when && advance_to_next()) {
  }
  if (when > clock_.monotonic()) clock_.advance(when - clock_.monotonic());
  run_until_idle();
}

void SimulatedTimers::run_for(std::chrono::nanoseconds duration) {
  run_until(clock_.monotonic() + duration);
}

bool SimulatedTimers::run_to_end(std::chrono::nanoseconds limit) {
  const fhir::Monotonic end = clock_.monotonic() + limit;
  run_until_idle();
  while (next() != fhir::Monotonic::max()) {
    if (next() > end) return false;
    advance_to_next();
  }
  return true;
}

std::size_t SimulatedTimers::pending() const {
  return waits_->size();
}

fhir::Monotonic SimulatedTimers::next() const {
  return waits_->next();
}

}  // namespace gateway::async
