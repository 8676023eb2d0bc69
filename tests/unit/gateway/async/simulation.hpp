// One thread, a clock that moves only when told, and tasks that run until they wait.
#pragma once

#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "gateway/async/simulated_network.hpp"
#include "gateway/async/simulated_timers.hpp"
#include "gateway/async/task_group.hpp"

namespace gateway::async::testing {

struct Simulation {
  boost::asio::io_context io{1};
  fhir::ManualClock clock{fhir::Instant{}};
  SimulatedTimers timers{io, clock};
  Executor executor = io.get_executor();
  SimulatedNetwork network{executor, timers};

  /// Starts `task`; its outcome appears in the returned holder when it ends. An exception leaves the holder
  /// empty.
  template <class T>
  std::shared_ptr<std::optional<T>> start(awaitable<T> task) {
    auto outcome = std::make_shared<std::optional<T>>();
    tasks.spawn("test", keep(std::move(task), outcome));
    timers.run_until_idle();
    return outcome;
  }

  /// Runs `task` to its end over at most an hour of simulated time.
  template <class T>
  T run(awaitable<T> task) {
    auto outcome = start(std::move(task));
    for (int i = 0; i < 100'000 && !outcome->has_value(); ++i) {
      if (!timers.advance_to_next()) break;
    }
    if (!outcome->has_value()) throw std::logic_error("the task did not end");
    return std::move(**outcome);
  }

  TaskGroup tasks{executor};

 private:
  template <class T>
  static awaitable<void> keep(awaitable<T> task, std::shared_ptr<std::optional<T>> outcome) {
    outcome->emplace(co_await std::move(task));
  }
};

}  // namespace gateway::async::testing
