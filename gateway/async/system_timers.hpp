// Timers on the machine's monotonic clock.
#pragma once

#include "gateway/async/timers.hpp"

namespace gateway::async {

/// Completions run on `executor`. Pending waits keep the io_context running.
class SystemTimers final : public Timers {
 public:
  explicit SystemTimers(Executor executor) : executor_(std::move(executor)) {}
  [[nodiscard]] const fhir::Clock& clock() const override { return clock_; }
  void async_wait(fhir::Monotonic when, WaitHandler handler) override;

 private:
  Executor executor_;
  fhir::SystemClock clock_;
};

}  // namespace gateway::async
