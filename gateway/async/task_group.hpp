// The one place where tasks are started. A task belongs to a group; a group is stopped and awaited by its
// owner.
//
//   TaskGroup lanes(executor, [&](std::string_view name) { failures.increment(name); });
//   lanes.spawn("deliver", lane.run());
//   ...
//   lanes.cancel();
//   co_await lanes.wait(timers, deadline);
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/async/asio.hpp"
#include "gateway/async/deadline.hpp"
#include "gateway/async/timers.hpp"

namespace gateway::async {

/// One thread. Inside a task cancellation shows as kCancelled from the operation it waits in, not as an
/// exception. An exception that leaves a task is a fault of ours: it is caught here, counted, and told to
/// `on_failure` by the task's name (the text of an exception may hold patient data, so it goes no further).
class TaskGroup {
 public:
  using FailureSink = std::function<void(std::string_view name)>;
  explicit TaskGroup(Executor executor, FailureSink on_failure = {});
  /// Tasks still running are cancelled and go on unowned until they end; wait first.
  ~TaskGroup();
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  /// Starts on the executor, not inside this call. After cancel() the task starts cancelled.
  void spawn(std::string name, awaitable<void> task);
  /// Asks every task, now and later, to stop.
  void cancel();
  /// Until no task runs. kTimedOut with the names of those that still do.
  [[nodiscard]] awaitable<fhir::Status> wait(Timers& timers, Deadline deadline);

  [[nodiscard]] std::size_t running() const;
  [[nodiscard]] std::size_t failures() const;

 private:
  class Tasks;
  std::shared_ptr<Tasks> tasks_;
};

}  // namespace gateway::async
