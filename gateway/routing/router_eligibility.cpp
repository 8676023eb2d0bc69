// Who may be referred, and by whom.
#include <algorithm>
#include <utility>

#include "gateway/routing/router.hpp"

namespace gateway::routing {

using fhir::tree::Node;

namespace {

using services::Date;

struct BirthRange {
  Date earliest;
  Date latest;
};

/// `1980-05-17`, `1980-05` or `1980`: a year alone is any day of it.
std::optional<BirthRange> birth_range(std::string_view text) {
  if (const auto day = config::parse_date(text)) return BirthRange{*day, *day};
  if (text.size() != 4 && text.size() != 7) return std::nullopt;
  const std::string from = std::string(text) + (text.size() == 4 ? "-01-01" : "-01");
  const auto first = config::parse_date(from);
  if (!first) return std::nullopt;
  const auto last_month = text.size() == 4 ? std::chrono::December : first->month();
  const Date last(std::chrono::year_month_day_last(first->year(), std::chrono::month_day_last(last_month)));
  return BirthRange{*first, last};
}

bool matches(std::string_view pattern, std::string_view code) {
  if (pattern.ends_with('*')) return code.starts_with(pattern.substr(0, pattern.size() - 1));
  return pattern == code;
}

enum class Membership : std::uint8_t { kIn, kEnded, kNotListed };

Membership membership(const std::vector<services::Organisation>& listed, std::string_view code, Date date) {
  Membership best = Membership::kNotListed;
  for (const services::Organisation& organisation : listed) {
    if (code.empty() || !matches(organisation.ods, code)) continue;
    if (organisation.dates.contains(date)) return Membership::kIn;
    best = Membership::kEnded;
  }
  return best;
}

}  // namespace

bool Router::check_source() {
  if (service_->sources.empty() || input_.sender.partner.empty()) return false;
  const auto source = std::ranges::find_if(service_->sources, [&](const services::Source& candidate) {
    return candidate.role == input_.sender.role && candidate.dates.contains(today_);
  });
  if (source == service_->sources.end()) {
    return hold({"core.source", "1", "SX-17"}, "source-not-accepted",
                "This service takes no referrals from a partner of this kind; a person decides.");
  }
  fire(source->id);
  return false;
}

bool Router::check_age() {
  const auto rule = std::ranges::find_if(
      service_->ages, [&](const services::AgeRule& age) { return age.dates.contains(today_); });
  if (rule == service_->ages.end()) return false;
  const Node patient = message_.patient();
  const Node born = patient.child("birthDate");
  const Node place = born ? born : patient ? patient : message_.request().child("subject");
  const auto range = birth_range(born.text());
  if (!range) {
    return hold(
        rule->id, "age-unknown",
        "The date of birth is missing or no date, so that the age rule cannot be applied; a person decides.",
        place);
  }
  const auto oldest = services::age_in_years(range->earliest, today_);
  const auto youngest = services::age_in_years(range->latest, today_);
  if (!oldest) {
    return hold(rule->id, "age-unknown", "The date of birth is after the date of receipt; a person decides.",
                place);
  }
  if (*oldest > 130)
    return hold(rule->id, "age-unknown", "The date of birth is not believable; a person decides.", place);
  const int low = youngest.value_or(0);
  if (rule->min_years && *oldest < *rule->min_years) return redirect(rule->id, rule->younger, place);
  if (rule->max_years && low > *rule->max_years) return redirect(rule->id, rule->older, place);
  const bool unsure =
      (rule->min_years && low < *rule->min_years) || (rule->max_years && *oldest > *rule->max_years);
  if (unsure) {
    return hold(rule->id, "age-unknown",
                "The date of birth is not exact enough for the age rule; a person decides.", place);
  }
  fire(rule->id);
  return false;
}

bool Router::check_area() {
  const services::Area& area = service_->area;
  if (area.practices.empty() && area.commissioners.empty()) return false;
  std::string practice = message_.practice();
  if (practice.empty() && input_.sender.role == config::PartnerRole::kGp) {
    // A practice that does not name itself as the patient's refers its own patients.
    practice = input_.sender.ods.empty() ? message_.sender() : input_.sender.ods;
  }
  const Membership by_practice = membership(area.practices, practice, today_);
  const Membership by_commissioner = membership(area.commissioners, message_.managing_organisation(), today_);
  const Node patient = message_.patient();
  if (by_practice == Membership::kIn || by_commissioner == Membership::kIn) {
    fire(area.rule);
    return false;
  }
  if (by_practice == Membership::kEnded || by_commissioner == Membership::kEnded) {
    return redirect(area.rule, area.outside, patient);
  }
  return hold(
      area.rule, practice.empty() ? "practice-unknown" : "practice-not-listed",
      practice.empty()
          ? "The patient's practice is not stated, so that eligibility cannot be told; a person decides."
          : "The patient's practice is not one this service lists; a person decides or sends it on.",
      patient);
}

}  // namespace gateway::routing
