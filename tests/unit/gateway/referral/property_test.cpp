// Random lives of referrals: whatever happens, in whatever order, from whomever.
#include <cstdint>
#include <gtest/gtest.h>

#include "fhir/base/random.hpp"
#include "tests/unit/gateway/referral/scenes.hpp"

namespace gateway::referral {
namespace {

constexpr int kLives = 4000;
constexpr int kEventsInALife = 40;

TransitionCaller random_caller(fhir::SeededRandom& random) {
  const auto role = static_cast<CallerRole>(random.below(kCallerRoleCount));
  TransitionCaller by = caller(role);
  if (random.below(6) == 0) by.ods = "RELSE";
  return by;
}

/// Half the time something this caller may do, so that lives get somewhere; else anything.
EventKind random_kind(fhir::SeededRandom& random, const ReferralState& referral, const TransitionCaller& by) {
  const std::vector<EventKind> actions = allowed_actions(referral, by);
  if (actions.empty() || random.below(2) == 0) return static_cast<EventKind>(random.below(kEventCount));
  return actions[random.below(actions.size())];
}

Event random_event(fhir::SeededRandom& random, const ReferralState& referral, const TransitionCaller& by,
                   int step) {
  Event event = complete(random_kind(random, referral, by));
  if (random.below(8) == 0) event.reason = {};
  if (random.below(8) == 0) event.decided_by = {};
  if (random.below(4) == 0) event.destination = Organisation{"RELSE", "Elsewhere"};
  event.priority = static_cast<Priority>(random.below(kPriorityCount));
  if (random.below(3) == 0) event.occurred = hour(step - static_cast<int>(random.below(5)));
  if (random.below(3) == 0) event.outcome = AttendanceOutcome::kDischarged;
  if (random.below(4) == 0) event.asked = static_cast<PartyRole>(1 + random.below(3));
  if (random.below(2) == 0) event.deadline = referral.deadline_kind;
  return event;
}

void check(const ReferralState& before, const ReferralState& after, const Event& event) {
  if (is_open(after)) {
    ASSERT_NE(after.holder, PartyRole::kNobody);
    const Organisation* holder = organisation(after, after.holder);
    ASSERT_NE(holder, nullptr);
    ASSERT_FALSE(holder->ods.empty()) << "nobody holds";
    ASSERT_NE(after.deadline_kind, DeadlineKind::kNone);
    ASSERT_NE(after.owner, PartyRole::kNobody);
    ASSERT_NE(deadline_owner(after), PartyRole::kNobody);
  } else {
    ASSERT_FALSE(after.abort_pending);
  }
  ASSERT_TRUE(!before.red_flag || after.red_flag) << "a red flag was lowered";
  ASSERT_TRUE(!before.deceased || after.deceased);
  ASSERT_TRUE(is_open(before) || before.state == after.state) << "a closed referral moved";
  ASSERT_TRUE(is_open(before) || before.holder == after.holder);
  ASSERT_GT(after.version, before.version);
  if (after.priority < before.priority) {
    ASSERT_EQ(event.kind, EventKind::kPriorityChanged);
    ASSERT_FALSE(event.decided_by.name.empty());
    ASSERT_FALSE(event.reason.empty());
  }
  if (task_status(before) == "in-progress" && task_status(after) == "cancelled") {
    ASSERT_EQ(event.kind, EventKind::kAbortAccepted);
  }
  if (before.holder != after.holder) {
    ASSERT_NE(event.kind, EventKind::kOnwardLeg) << "an offer moved the holder";
    ASSERT_NE(event.kind, EventKind::kInformationAsked);
  }
}

TEST(TransitionProperty, OneHolderAndOneDeadlineWhateverHappens) {
  std::array<int, kStateCount> seen{};
  for (std::uint64_t seed = 1; seed <= kLives; ++seed) {
    fhir::SeededRandom random(seed);
    const auto verdict = static_cast<IntakeVerdict>(random.below(3));
    ReferralState referral = fresh(verdict, static_cast<Priority>(random.below(kPriorityCount)));
    for (int step = 1; step <= kEventsInALife; ++step) {
      const TransitionCaller by = random_caller(random);
      const Event event = random_event(random, referral, by, step);
      const Outcome outcome = transition(referral, event, by, default_deadlines(), hour(step * 30));
      ++seen[static_cast<std::size_t>(referral.state)];
      if (const auto* ignored = std::get_if<Ignored>(&outcome)) {
        ASSERT_EQ(find_effect<SetTask>(ignored->effects), nullptr);
        continue;
      }
      const auto* accepted = std::get_if<Accepted>(&outcome);
      if (accepted == nullptr) continue;
      check(referral, accepted->state, event);
      if (HasFatalFailure())
        FAIL() << "seed " << seed << " step " << step << " " << to_text(event.kind) << " in "
               << to_text(referral.state);
      referral = accepted->state;
    }
  }
  for (const State state : all_states())
    EXPECT_GT(seen[static_cast<std::size_t>(state)], 50) << "rarely reached: " << to_text(state);
}

}  // namespace
}  // namespace gateway::referral
