// An operation with a deadline of its own.
#pragma once

#include <optional>
#include <utility>

#include "gateway/async/asio.hpp"
#include "gateway/async/deadline.hpp"
#include "gateway/async/timers.hpp"

namespace gateway::async {

enum class Ended : std::uint8_t { kCompleted, kDeadlinePassed };

/// Runs `op` to its end, and cancels it when the deadline passes first. It is awaited either way: nothing
/// runs on afterwards. Cancelling the caller cancels `op`. An exception of `op` is rethrown.
[[nodiscard]] awaitable<Ended> run_before(Timers& timers, Deadline deadline, awaitable<void> op);

template <class T>
[[nodiscard]] awaitable<void> keep_outcome(awaitable<fhir::Result<T>> op,
                                           std::optional<fhir::Result<T>>& outcome) {
  outcome.emplace(co_await std::move(op));
}

/// The result of `op`, or kTimedOut when the deadline passed before it had one. A value that arrived despite
/// the deadline is given, so that nothing that happened is reported as not having happened. `timers` outlives
/// the call.
template <class T>
[[nodiscard]] awaitable<fhir::Result<T>> within(Timers& timers, Deadline deadline,
                                                awaitable<fhir::Result<T>> op) {
  if (deadline.is_never()) co_return co_await std::move(op);
  std::optional<fhir::Result<T>> outcome;
  const Ended ended = co_await run_before(timers, deadline, keep_outcome(std::move(op), outcome));
  if (ended == Ended::kDeadlinePassed && !(outcome && outcome->has_value())) {
    co_return fhir::fail(fhir::ErrorCode::kTimedOut, "the deadline passed");
  }
  if (!outcome) co_return fhir::fail(fhir::ErrorCode::kCancelled);
  co_return std::move(*outcome);
}

}  // namespace gateway::async
