#include "gateway/async/blocking_pool.hpp"

#include <future>
#include <gtest/gtest.h>
#include <stdexcept>

#include "tests/unit/gateway/async/simulation.hpp"

namespace gateway::async {
namespace {

using testing::Simulation;

struct Outcome {
  fhir::Result<int> result = fhir::fail(fhir::ErrorCode::kInternal, "not set");
  std::thread::id resumed_on;
};

template <class F>
awaitable<void> run_on(BlockingPool& pool, F fn, Outcome& outcome) {
  outcome.result = co_await pool.run(fn);
  outcome.resumed_on = std::this_thread::get_id();
}

TEST(ThreadPool, RunsElsewhereAndResumesHere) {
  boost::asio::io_context io(1);
  ThreadPool pool("store", 1, 4);
  TaskGroup tasks(io.get_executor());
  Outcome outcome;
  std::thread::id ran_on;
  auto fn = [&]() -> fhir::Result<int> {
    ran_on = std::this_thread::get_id();
    return 42;
  };
  tasks.spawn("caller", run_on(pool, fn, outcome));
  io.run();
  EXPECT_EQ(*outcome.result, 42);
  EXPECT_NE(ran_on, std::this_thread::get_id());
  EXPECT_EQ(outcome.resumed_on, std::this_thread::get_id());
}

TEST(ThreadPool, IsBusyWhenTheQueueIsFullAndRunsWhatWasQueued) {
  boost::asio::io_context io(1);
  ThreadPool pool("store", 1, 1);
  TaskGroup tasks(io.get_executor());
  std::promise<void> started;
  std::promise<void> release;
  auto gate = release.get_future().share();
  auto block = [&started, gate]() -> fhir::Result<int> {
    started.set_value();
    gate.wait();
    return 1;
  };
  auto quick = []() -> fhir::Result<int> { return 2; };
  Outcome blocked;
  Outcome queued;
  Outcome refused;
  tasks.spawn("blocked", run_on(pool, block, blocked));
  io.poll();
  started.get_future().wait();
  tasks.spawn("queued", run_on(pool, quick, queued));
  tasks.spawn("refused", run_on(pool, quick, refused));
  while (tasks.running() > 2)
    io.run_one();
  EXPECT_EQ(refused.result.error().code, fhir::ErrorCode::kBusy);
  EXPECT_EQ(pool.load(), 2u);
  release.set_value();
  io.run();
  EXPECT_EQ(*blocked.result, 1);
  EXPECT_EQ(*queued.result, 2);
}

TEST(ThreadPool, RefusesAfterStop) {
  boost::asio::io_context io(1);
  ThreadPool pool("store", 2, 4);
  pool.stop();
  TaskGroup tasks(io.get_executor());
  Outcome outcome;
  tasks.spawn("late", run_on(
                          pool, []() -> fhir::Result<int> { return 1; }, outcome));
  io.run();
  EXPECT_EQ(outcome.result.error().code, fhir::ErrorCode::kUnavailable);
}

TEST(ThreadPool, TurnsAnExceptionIntoInternal) {
  boost::asio::io_context io(1);
  ThreadPool pool("store", 1, 4);
  TaskGroup tasks(io.get_executor());
  Outcome outcome;
  tasks.spawn("thrower", run_on(
                             pool, []() -> fhir::Result<int> { throw std::runtime_error("x"); }, outcome));
  io.run();
  EXPECT_EQ(outcome.result.error().code, fhir::ErrorCode::kInternal);
  EXPECT_EQ(outcome.result.error().detail.find('x'), std::string::npos);
}

TEST(InlinePool, RunsOnTheCallersThreadInOrder) {
  Simulation simulation;
  InlinePool pool;
  auto fn = []() -> fhir::Result<int> { return 3; };
  EXPECT_EQ(*simulation.run(pool.run(fn)), 3);
}

}  // namespace
}  // namespace gateway::async
