// Timers on a ManualClock, and the loop that drives a simulation: run everything that is ready, then move
// time to the next timer. Nothing waits in real time.
//
//   boost::asio::io_context io;
//   fhir::ManualClock clock(start);
//   SimulatedTimers timers(io, clock);
//   ... spawn tasks ...
//   timers.run_for(30s);           // 30 simulated seconds
#pragma once

#include <chrono>
#include <map>
#include <memory>

#include <boost/asio/io_context.hpp>

#include "gateway/async/timers.hpp"

namespace gateway::async {

/// Timers due at the same instant complete in the order of their waits, so that a run repeats exactly. One
/// thread. Waits still pending at destruction are dropped without completing; destroy it after the tasks or
/// with the io_context.
class SimulatedTimers final : public Timers {
 public:
  SimulatedTimers(boost::asio::io_context& io, fhir::ManualClock& clock);
  ~SimulatedTimers() override;

  [[nodiscard]] const fhir::Clock& clock() const override { return clock_; }
  void async_wait(fhir::Monotonic when, WaitHandler handler) override;

  /// Runs what is ready without moving time. Returns the number of completions run; stops after
  /// `max_completions`, which a test compares to find a task that spins.
  std::size_t run_until_idle(std::size_t max_completions = 10'000'000);
  /// Runs what is ready, moves time to the earliest timer and completes it. False if there was none.
  bool advance_to_next();
  /// Runs what is ready at every timer on the way to `when`, and ends with the clock there.
  void run_until(fhir::Monotonic when);
  void run_for(std::chrono::nanoseconds duration);
  /// Until no task is ready and no timer is pending, or `limit` of simulated time passed. True if it became
  /// idle.
  bool run_to_end(std::chrono::nanoseconds limit);

  [[nodiscard]] std::size_t pending() const;
  /// The earliest timer, or `Monotonic::max()`.
  [[nodiscard]] fhir::Monotonic next() const;

 private:
  class Waits;
  boost::asio::io_context& io_;
  fhir::ManualClock& clock_;
  std::shared_ptr<Waits> waits_;
};

}  // namespace gateway::async
