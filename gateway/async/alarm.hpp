// A deadline that is moved often and rarely passes, as each phase of a connection has one.
#pragma once

#include <functional>
#include <memory>

#include "gateway/async/deadline.hpp"
#include "gateway/async/timers.hpp"

namespace gateway::async {

/// Calls a function when its deadline passes. Moving the deadline later costs a store; one timer is pending
/// at most. One thread. `timers` outlives it. The function may set the alarm again.
class Alarm {
 public:
  Alarm(Timers& timers, std::function<void()> ring);
  ~Alarm();
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;

  /// Replaces the deadline; never() turns the alarm off.
  void set(Deadline deadline);

 private:
  class Bell;
  std::shared_ptr<Bell> bell_;
};

}  // namespace gateway::async
