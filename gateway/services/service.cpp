#include "gateway/services/service.hpp"

#include <algorithm>

namespace gateway::services {

std::string_view to_code(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::kRoute: return "route";
    case Outcome::kUrgent: return "urgent";
    case Outcome::kRedirect: return "redirect";
    case Outcome::kRefuse: return "refuse";
    case Outcome::kHold: return "hold";
  }
  return {};
}

std::string_view to_code(ReferrerKind kind) noexcept {
  switch (kind) {
    case ReferrerKind::kClinician: return "clinician";
    case ReferrerKind::kFirstContact: return "first-contact";
    case ReferrerKind::kSelf: return "self";
  }
  return {};
}

DateRange Contract::live() const {
  DateRange range = dates;
  if (extension == Extension::kExercised && extension_years && range.to) {
    range.to = add_years(*range.to, *extension_years);
  }
  return range;
}

const Hub* Service::hub_on(Date date) const noexcept {
  const auto found = std::ranges::find_if(hubs, [&](const Hub& hub) { return hub.dates.contains(date); });
  return found == hubs.end() ? nullptr : &*found;
}

bool Service::needs_calendar() const noexcept {
  if (week.every_day) return false;
  const auto counts = [](const auto& rule) {
    return rule.routine.working_days != 0 || rule.urgent.working_days != 0;
  };
  return counts(triage) || (advice && counts(*advice)) || std::ranges::any_of(waits, counts);
}

const Wait* Service::wait(Moment from, Moment to) const noexcept {
  const auto found =
      std::ranges::find_if(waits, [&](const Wait& wait) { return wait.from == from && wait.to == to; });
  return found == waits.end() ? nullptr : &*found;
}

std::vector<const RuleId*> rule_ids(const Service& service) {
  std::vector<const RuleId*> all;
  const auto take = [&](const RuleId& rule) {
    if (!rule.id.empty()) all.push_back(&rule);
  };
  const auto take_all = [&](const auto& parts) {
    for (const auto& part : parts)
      take(part.id);
  };
  take_all(service.sources);
  take(service.area.rule);
  take_all(service.ages);
  for (const Specialty& specialty : service.specialties)
    take(specialty.rule);
  take_all(service.exclusions);
  take(service.red_flag_rule);
  take(service.cancer_rule);
  take(service.triage.id);
  take_all(service.waits);
  take(service.choice.id);
  if (service.advice) take(service.advice->id);
  take_all(service.pathways);
  take_all(service.rules);
  take_all(service.contracts);
  take_all(service.kpis);
  return all;
}

}  // namespace gateway::services
