// Where blocking work goes: database calls, file reads, anything that would stop the I/O thread.
//
//   const Result<Row> row = co_await pool.run(load_row);    // load_row() returns Result<Row>; runs on a pool
//   thread
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "gateway/async/asio.hpp"

namespace gateway::async {

/// Port. ThreadPool (app) has real threads, InlinePool (simulation) runs the job on the executor's thread.
class BlockingPool {
 public:
  BlockingPool() = default;
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;
  virtual ~BlockingPool() = default;

  /// Runs `fn`, which returns Result<T> or Status, and resumes on the caller's executor. kBusy when the queue
  /// is full, kUnavailable after stop; `fn` did not run then. kInternal when `fn` threw. Cancellation does
  /// not interrupt a job: the caller resumes when it is done. `fn` is copied; what it refers to outlives the
  /// call.
  template <class F>
  [[nodiscard]] awaitable<std::invoke_result_t<F&>> run(F fn);

  /// Queued and running jobs.
  [[nodiscard]] virtual std::size_t load() const = 0;

  using Job = std::function<void()>;

 private:
  /// Resumes after `job` ran; an error says that it did not run, or threw.
  [[nodiscard]] virtual awaitable<fhir::Status> run_job(Job job) = 0;
};

/// `threads` named threads and a queue of `capacity` jobs. Jobs start in the order given.
class ThreadPool final : public BlockingPool {
 public:
  ThreadPool(std::string name, std::size_t threads, std::size_t capacity);
  /// Stops.
  ~ThreadPool() override;
  /// Refuses new jobs, runs the queued ones, joins. Blocks; any thread but the pool's own.
  void stop();
  [[nodiscard]] std::size_t load() const override;

 private:
  class Work;
  [[nodiscard]] awaitable<fhir::Status> run_job(Job job) override;
  std::shared_ptr<Work> work_;
  std::vector<std::thread> threads_;
};

/// Runs each job as one completion of the caller's executor, after what was ready before it.
class InlinePool final : public BlockingPool {
 public:
  [[nodiscard]] std::size_t load() const override { return 0; }

 private:
  [[nodiscard]] awaitable<fhir::Status> run_job(Job job) override;
};

template <class F>
awaitable<std::invoke_result_t<F&>> BlockingPool::run(F fn) {
  using Outcome = std::invoke_result_t<F&>;
  struct State {
    F fn;
    std::optional<Outcome> outcome;
  };
  // Shared, because a dying io_context may destroy this frame while the job still runs.
  auto state = std::make_shared<State>(State{std::move(fn), std::nullopt});
  Job job = [state] { state->outcome.emplace(state->fn()); };
  fhir::Status ran = co_await run_job(std::move(job));
  if (!ran.has_value()) co_return fhir::fail(std::move(ran).error());
  co_return std::move(*state->outcome);
}

}  // namespace gateway::async
