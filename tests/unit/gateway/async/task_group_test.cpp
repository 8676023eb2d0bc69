#include "gateway/async/task_group.hpp"

#include <gtest/gtest.h>
#include <stdexcept>
#include <vector>

#include "gateway/async/shutdown.hpp"
#include "tests/unit/gateway/async/simulation.hpp"

namespace gateway::async {
namespace {

using namespace std::chrono_literals;
using testing::Simulation;

awaitable<void> sleep_then(Timers& timers, std::chrono::nanoseconds delay, bool& done) {
  const fhir::Status slept = co_await timers.sleep_for(delay);
  done = slept.has_value();
}

awaitable<void> fail_after(Timers& timers, std::chrono::nanoseconds delay) {
  const fhir::Status slept = co_await timers.sleep_for(delay);
  if (slept.has_value()) throw std::runtime_error("a secret");
}

/// Ignores the wish to stop until its time is over.
awaitable<void> stay(Timers& timers, fhir::Monotonic until) {
  while (timers.clock().monotonic() < until) {
    auto op = timers.sleep_until(until);
    const fhir::Status slept = co_await std::move(op);
    if (!slept.has_value()) break;
  }
}

TEST(TaskGroup, StartsOutsideTheCall) {
  Simulation simulation;
  TaskGroup group(simulation.executor);
  bool done = false;
  group.spawn("short", sleep_then(simulation.timers, 0s, done));
  EXPECT_FALSE(done);
  EXPECT_EQ(group.running(), 1u);
  simulation.timers.run_until_idle();
  EXPECT_TRUE(done);
  EXPECT_EQ(group.running(), 0u);
}

TEST(TaskGroup, WaitEndsWithTheLastTask) {
  Simulation simulation;
  TaskGroup group(simulation.executor);
  bool first = false;
  bool second = false;
  group.spawn("first", sleep_then(simulation.timers, 1s, first));
  group.spawn("second", sleep_then(simulation.timers, 3s, second));
  const auto waited = simulation.run(group.wait(simulation.timers, Deadline::never()));
  EXPECT_TRUE(waited.has_value());
  EXPECT_TRUE(first && second);
  EXPECT_EQ(simulation.clock.monotonic().time_since_epoch(), 3s);
}

TEST(TaskGroup, WaitNamesWhoIsStillRunningAtTheDeadline) {
  Simulation simulation;
  TaskGroup group(simulation.executor);
  group.spawn("lane gp-1", stay(simulation.timers, simulation.clock.monotonic() + 1h));
  const auto waited = simulation.run(group.wait(simulation.timers, Deadline::after(simulation.clock, 2s)));
  ASSERT_FALSE(waited.has_value());
  EXPECT_EQ(waited.error().code, fhir::ErrorCode::kTimedOut);
  EXPECT_NE(waited.error().detail.find("lane gp-1"), std::string::npos);
  group.cancel();
  simulation.timers.run_until_idle();
  EXPECT_EQ(group.running(), 0u);
}

TEST(TaskGroup, CancelReachesTasksNowAndLater) {
  Simulation simulation;
  TaskGroup group(simulation.executor);
  bool now = true;
  bool later = true;
  group.spawn("now", sleep_then(simulation.timers, 1h, now));
  simulation.timers.run_until_idle();
  group.cancel();
  group.spawn("later", sleep_then(simulation.timers, 1h, later));
  simulation.timers.run_until_idle();
  EXPECT_EQ(group.running(), 0u);
  EXPECT_FALSE(now);
  EXPECT_FALSE(later);
}

TEST(TaskGroup, CountsAnExceptionAndTellsOnlyTheName) {
  Simulation simulation;
  std::vector<std::string> failed;
  TaskGroup group(simulation.executor, [&](std::string_view name) { failed.emplace_back(name); });
  group.spawn("lane", fail_after(simulation.timers, 1s));
  simulation.timers.run_for(2s);
  EXPECT_EQ(group.failures(), 1u);
  EXPECT_EQ(failed, std::vector<std::string>{"lane"});
  EXPECT_EQ(group.running(), 0u);
}

awaitable<fhir::Status> note_stage(std::vector<std::string>& order, std::string name, bool fails) {
  order.push_back(name);
  if (fails) co_return fhir::fail(fhir::ErrorCode::kTimedOut, "still busy");
  co_return fhir::Status();
}

TEST(StopSequence, RunsEveryStageInOrderAndKeepsTheFirstFailure) {
  Simulation simulation;
  std::vector<std::string> order;
  StopSequence sequence;
  sequence.add("accept", [&](Deadline) { return note_stage(order, "accept", false); });
  sequence.add("drain", [&](Deadline) { return note_stage(order, "drain", true); });
  sequence.add("close", [&](Deadline) { return note_stage(order, "close", true); });
  const auto stopped = simulation.run(sequence.run(Deadline::never()));
  EXPECT_EQ(order, (std::vector<std::string>{"accept", "drain", "close"}));
  ASSERT_FALSE(stopped.has_value());
  EXPECT_EQ(stopped.error().detail, "drain: still busy");
}

}  // namespace
}  // namespace gateway::async
