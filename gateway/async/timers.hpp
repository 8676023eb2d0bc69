// Waiting for time to pass. The one way anything in the gateway sleeps.
#pragma once

#include <chrono>

#include "fhir/base/instant.hpp"
#include "gateway/async/asio.hpp"
#include "gateway/async/deadline.hpp"

namespace gateway::async {

/// Port. SystemTimers (app) waits on the machine's clock, SimulatedTimers (tests, simulation) on a
/// ManualClock. Used from the thread of its executor only.
class Timers {
 public:
  Timers() = default;
  Timers(const Timers&) = delete;
  Timers& operator=(const Timers&) = delete;
  virtual ~Timers() = default;

  /// The clock the instants below are on.
  [[nodiscard]] virtual const fhir::Clock& clock() const = 0;

  /// Completes at or soon after `when`; never inside this call. Supports terminal cancellation through the
  /// handler's slot.
  virtual void async_wait(fhir::Monotonic when, WaitHandler handler) = 0;

  /// kCancelled when the task was cancelled. `Monotonic::max()` waits for cancellation alone.
  [[nodiscard]] awaitable<fhir::Status> sleep_until(fhir::Monotonic when);
  [[nodiscard]] awaitable<fhir::Status> sleep_for(std::chrono::nanoseconds duration);
};

}  // namespace gateway::async
