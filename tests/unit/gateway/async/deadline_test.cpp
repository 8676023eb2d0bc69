#include "gateway/async/deadline.hpp"

#include <gtest/gtest.h>

namespace gateway::async {
namespace {

using namespace std::chrono_literals;

TEST(Deadline, NeverPassesAndComparesLast) {
  fhir::ManualClock clock(fhir::Instant{});
  clock.advance(1000h);
  EXPECT_FALSE(Deadline::never().passed(clock));
  EXPECT_EQ(Deadline::never().remaining(clock), std::chrono::nanoseconds::max());
  EXPECT_EQ(Deadline::earlier_of(Deadline::never(), Deadline::after(clock, 5s)), Deadline::after(clock, 5s));
  EXPECT_TRUE(Deadline::after(clock, std::chrono::nanoseconds::max()).is_never());
}

TEST(Deadline, PassesAtItsInstant) {
  fhir::ManualClock clock(fhir::Instant{});
  const Deadline deadline = Deadline::after(clock, 5s);
  clock.advance(5s - 1ns);
  EXPECT_FALSE(deadline.passed(clock));
  EXPECT_EQ(deadline.remaining(clock), 1ns);
  clock.advance(1ns);
  EXPECT_TRUE(deadline.passed(clock));
  clock.advance(1s);
  EXPECT_EQ(deadline.remaining(clock), 0ns);
}

TEST(Deadline, OfAnElapsedDurationHasPassed) {
  fhir::ManualClock clock(fhir::Instant{});
  EXPECT_TRUE(Deadline::after(clock, 0ns).passed(clock));
  EXPECT_TRUE(Deadline::after(clock, -1s).passed(clock));
}

}  // namespace
}  // namespace gateway::async
