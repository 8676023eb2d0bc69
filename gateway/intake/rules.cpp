#include "gateway/intake/rules.hpp"

#include <utility>

namespace gateway::intake {

referral::Deadlines deadlines_of(const config::Deadlines& configured, services::CalendarPtr calendar) {
  using referral::DeadlineKind;
  referral::Deadlines deadlines = referral::default_deadlines();
  deadlines.calendar = std::move(calendar);
  const auto set = [&](DeadlineKind kind, const config::Deadlines::ByPriority& by) {
    if (!by.routine.empty() && !by.urgent.empty())
      deadlines.set(kind, {by.routine, by.urgent, by.urgent, by.urgent});
  };
  set(DeadlineKind::kHubAcknowledges, configured.hub_acknowledges);
  set(DeadlineKind::kReviewerActs, configured.reviewer_acts);
  set(DeadlineKind::kPersonConfirms, configured.person_confirms);
  set(DeadlineKind::kTriageDecision, configured.triage_decision);
  set(DeadlineKind::kAnswer, configured.information_given);
  set(DeadlineKind::kNextStepOffered, configured.next_step_offered);
  set(DeadlineKind::kOfferAnswered, configured.offer_answered);
  set(DeadlineKind::kNextContact, configured.next_contact);
  set(DeadlineKind::kLetterDelivered, configured.letter_delivered);
  return deadlines;
}

RulesPtr make_rules(std::shared_ptr<const config::Config> config, services::CalendarPtr calendar,
                    std::shared_ptr<const OutwardForms> forms) {
  Rules rules;
  rules.deadlines = deadlines_of(config->deadlines, std::move(calendar));
  rules.config = std::move(config);
  rules.forms = std::move(forms);
  return std::make_shared<const Rules>(std::move(rules));
}

}  // namespace gateway::intake
