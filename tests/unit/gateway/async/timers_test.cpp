#include <gtest/gtest.h>
#include <vector>

#include "gateway/async/alarm.hpp"
#include "gateway/async/notifier.hpp"
#include "gateway/async/system_timers.hpp"
#include "gateway/async/within.hpp"
#include "tests/unit/gateway/async/simulation.hpp"

namespace gateway::async {
namespace {

using namespace std::chrono_literals;
using testing::Simulation;

awaitable<int> note_after(Timers& timers, std::chrono::nanoseconds delay, int id, std::vector<int>& order) {
  const fhir::Status slept = co_await timers.sleep_for(delay);
  order.push_back(slept.has_value() ? id : -id);
  co_return id;
}

awaitable<fhir::Result<int>> answer_after(Timers& timers, std::chrono::nanoseconds delay, int answer) {
  fhir::Status slept = co_await timers.sleep_for(delay);
  if (!slept.has_value()) co_return fhir::fail(std::move(slept).error());
  co_return answer;
}

TEST(SimulatedTimers, CompleteInOrderOfTimeThenOfCall) {
  Simulation simulation;
  std::vector<int> order;
  simulation.start(note_after(simulation.timers, 2s, 1, order));
  simulation.start(note_after(simulation.timers, 1s, 2, order));
  simulation.start(note_after(simulation.timers, 2s, 3, order));
  EXPECT_TRUE(order.empty());
  simulation.timers.run_for(2s);
  EXPECT_EQ(order, (std::vector{2, 1, 3}));
  EXPECT_EQ(simulation.clock.monotonic().time_since_epoch(), 2s);
}

TEST(SimulatedTimers, AdvanceToNextIsFalseWithoutTimers) {
  Simulation simulation;
  EXPECT_FALSE(simulation.timers.advance_to_next());
}

TEST(SimulatedTimers, RunToEndStopsAtTheLimit) {
  Simulation simulation;
  std::vector<int> order;
  simulation.start(note_after(simulation.timers, 1h, 1, order));
  EXPECT_FALSE(simulation.timers.run_to_end(1min));
  EXPECT_TRUE(simulation.timers.run_to_end(2h));
  EXPECT_EQ(order, std::vector{1});
}

TEST(Within, GivesTheResultBeforeTheDeadline) {
  Simulation simulation;
  const Deadline deadline = Deadline::after(simulation.clock, 2s);
  const auto result =
      simulation.run(within(simulation.timers, deadline, answer_after(simulation.timers, 1s, 7)));
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(*result, 7);
  EXPECT_EQ(simulation.timers.pending(), 0u) << "the deadline's timer must not stay";
}

TEST(Within, TimesOutAndCancelsTheOperation) {
  Simulation simulation;
  const Deadline deadline = Deadline::after(simulation.clock, 1s);
  const auto result =
      simulation.run(within(simulation.timers, deadline, answer_after(simulation.timers, 5s, 7)));
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, fhir::ErrorCode::kTimedOut);
  EXPECT_EQ(simulation.clock.monotonic().time_since_epoch(), 1s);
  EXPECT_EQ(simulation.timers.pending(), 0u);
}

TEST(Within, PassesTheCallersCancellationOn) {
  Simulation simulation;
  const Deadline deadline = Deadline::after(simulation.clock, 10s);
  const auto outcome =
      simulation.start(within(simulation.timers, deadline, answer_after(simulation.timers, 5s, 7)));
  simulation.tasks.cancel();
  simulation.timers.run_until_idle();
  ASSERT_TRUE(outcome->has_value());
  EXPECT_EQ((*outcome)->error().code, fhir::ErrorCode::kCancelled);
}

TEST(Within, NestsWithTheEarlierDeadlineWinning) {
  Simulation simulation;
  auto inner = within(simulation.timers, Deadline::after(simulation.clock, 9s),
                      answer_after(simulation.timers, 20s, 7));
  const auto result =
      simulation.run(within(simulation.timers, Deadline::after(simulation.clock, 3s), std::move(inner)));
  EXPECT_EQ(result.error().code, fhir::ErrorCode::kTimedOut);
  EXPECT_EQ(simulation.clock.monotonic().time_since_epoch(), 3s);
}

TEST(Alarm, RingsOnceAtTheLastDeadlineSet) {
  Simulation simulation;
  int rung = 0;
  Alarm alarm(simulation.timers, [&] { ++rung; });
  alarm.set(Deadline::after(simulation.clock, 1s));
  alarm.set(Deadline::after(simulation.clock, 3s));
  simulation.timers.run_for(2s);
  EXPECT_EQ(rung, 0);
  simulation.timers.run_for(1s);
  EXPECT_EQ(rung, 1);
  simulation.timers.run_for(10s);
  EXPECT_EQ(rung, 1);
}

TEST(Alarm, RingsEarlierWhenMovedEarlierAndNotWhenOff) {
  Simulation simulation;
  int rung = 0;
  Alarm alarm(simulation.timers, [&] { ++rung; });
  alarm.set(Deadline::after(simulation.clock, 10s));
  alarm.set(Deadline::after(simulation.clock, 1s));
  simulation.timers.run_for(1s);
  EXPECT_EQ(rung, 1);
  alarm.set(Deadline::after(simulation.clock, 1s));
  alarm.set(Deadline::never());
  simulation.timers.run_for(10s);
  EXPECT_EQ(rung, 1);
}

TEST(Alarm, IsSilentOnceDestroyed) {
  Simulation simulation;
  int rung = 0;
  {
    Alarm alarm(simulation.timers, [&] { ++rung; });
    alarm.set(Deadline::after(simulation.clock, 1s));
  }
  simulation.timers.run_for(10s);
  EXPECT_EQ(rung, 0);
  EXPECT_EQ(simulation.timers.pending(), 0u);
}

TEST(BoundedQueue, RefusesWhenFullAndDrainsWhenClosed) {
  Simulation simulation;
  BoundedQueue<int> queue(simulation.executor, 2);
  EXPECT_TRUE(queue.try_push(1));
  EXPECT_TRUE(queue.try_push(2));
  EXPECT_FALSE(queue.try_push(3));
  queue.close();
  EXPECT_FALSE(queue.try_push(4));
  EXPECT_EQ(*simulation.run(queue.pop()), 1);
  EXPECT_EQ(*simulation.run(queue.pop()), 2);
  EXPECT_EQ(simulation.run(queue.pop()).error().code, fhir::ErrorCode::kUnavailable);
}

TEST(BoundedQueue, WakesTheTaskThatWaits) {
  Simulation simulation;
  BoundedQueue<int> queue(simulation.executor, 2);
  const auto outcome = simulation.start(queue.pop());
  EXPECT_FALSE(outcome->has_value());
  EXPECT_TRUE(queue.try_push(5));
  simulation.timers.run_until_idle();
  ASSERT_TRUE(outcome->has_value());
  EXPECT_EQ(***outcome, 5);
}

TEST(Permits, CountAndRefuse) {
  Permits permits(10);
  EXPECT_TRUE(permits.try_acquire(7));
  EXPECT_FALSE(permits.try_acquire(4));
  EXPECT_TRUE(permits.try_acquire(3));
  permits.release(7);
  EXPECT_EQ(permits.used(), 3u);
}

awaitable<void> sleep_twice(Timers& timers, std::vector<int>& order) {
  co_await note_after(timers, 1ms, 1, order);
  co_await note_after(timers, 1000h, 2, order);
}

awaitable<void> stop_later(Timers& timers, TaskGroup& tasks, std::vector<int>& order) {
  while (order.empty())
    co_await note_after(timers, 1ms, 3, order);
  co_await note_after(timers, 5ms, 4, order);
  tasks.cancel();
}

TEST(SystemTimers, CompleteAndCancel) {
  boost::asio::io_context io(1);
  const fhir::SystemClock clock;
  SystemTimers timers(io.get_executor(), clock);
  std::vector<int> order;
  TaskGroup tasks(io.get_executor());
  tasks.spawn("sleeper", sleep_twice(timers, order));
  TaskGroup others(io.get_executor());
  others.spawn("stopper", stop_later(timers, tasks, order));
  io.run();
  EXPECT_EQ(order.back(), -2);
  EXPECT_EQ(tasks.running(), 0u);
}

}  // namespace
}  // namespace gateway::async
