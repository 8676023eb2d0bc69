#include "gateway/referral/deadlines.hpp"

#include <cstddef>

namespace gateway::referral {
namespace {
constexpr std::array<std::string_view, kPriorityCount> kPriorities = {"routine", "urgent", "asap", "stat"};
}

std::string_view to_code(Priority priority) noexcept {
  return kPriorities[static_cast<std::size_t>(priority)];
}

std::optional<Priority> parse_priority(std::string_view code) noexcept {
  for (std::size_t i = 0; i < kPriorities.size(); ++i) {
    if (kPriorities[i] == code) return static_cast<Priority>(i);
  }
  return std::nullopt;
}

Deadlines default_deadlines() {
  using std::chrono::hours;
  using std::chrono::minutes;
  constexpr hours day(24);
  Deadlines deadlines{};
  deadlines.set(DeadlineKind::kHubAcknowledges, {day, hours(4), hours(2), minutes(30)});
  deadlines.set(DeadlineKind::kReviewerActs, {hours(8), hours(2), hours(1), minutes(15)});
  deadlines.set(DeadlineKind::kPersonConfirms, {minutes(15), minutes(15), minutes(15), minutes(15)});
  deadlines.set(DeadlineKind::kTriageDecision, {2 * day, day, hours(4), hours(1)});
  deadlines.set(DeadlineKind::kAnswer, {10 * day, 2 * day, day, hours(4)});
  deadlines.set(DeadlineKind::kNextStepOffered, {5 * day, 2 * day, day, hours(4)});
  deadlines.set(DeadlineKind::kOfferAnswered, {5 * day, 2 * day, day, hours(4)});
  deadlines.set(DeadlineKind::kAppointment, {126 * day, 14 * day, 7 * day, day});
  deadlines.set(DeadlineKind::kDecision, {5 * day, 2 * day, day, day});
  deadlines.set(DeadlineKind::kNextContact, {84 * day, 28 * day, 14 * day, 7 * day});
  deadlines.set(DeadlineKind::kHolderCloses, {2 * day, 2 * day, 2 * day, 2 * day});
  deadlines.set(DeadlineKind::kLetterDelivered, {7 * day, 7 * day, 7 * day, 7 * day});
  deadlines.set(DeadlineKind::kGpTold, {day, hours(4), hours(1), minutes(15)});
  return deadlines;
}

}  // namespace gateway::referral
