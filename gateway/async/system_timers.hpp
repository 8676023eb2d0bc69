// Timers on the machine's monotonic clock.
#pragma once

#include "gateway/async/timers.hpp"

namespace gateway::async {

/// Completions run on `executor`. Pending waits keep the io_context running.
class SystemTimers final : public Timers {
 public:
  /// `clock` outlives it; its monotonic side must be that of the machine (std::chrono::steady_clock), its
  /// wall side may be any.
  SystemTimers(Executor executor, const fhir::Clock& clock) : executor_(std::move(executor)), clock_(clock) {}
  [[nodiscard]] const fhir::Clock& clock() const override { return clock_; }
  void async_wait(fhir::Monotonic when, WaitHandler handler) override;

 private:
  Executor executor_;
  const fhir::Clock& clock_;
};

}  // namespace gateway::async
