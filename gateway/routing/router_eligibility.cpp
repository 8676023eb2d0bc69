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

std::string Router::practice() const {
  std::string practice = message_.practice();
  const bool of_its_own =
      input_.sender.role == config::PartnerRole::kGp && message_.referrer() != services::ReferrerKind::kSelf;
  // A practice that does not name itself as the patient's refers its own patients.
  if (practice.empty() && of_its_own)
    practice = input_.sender.ods.empty() ? message_.sender() : input_.sender.ods;
  return practice;
}

/// The services whose area has the patient; those that had, or will have, when none has today. The only
/// service of an installation is asked whatever the area: its own rules say what it thinks of that.
std::vector<const services::Service*> Router::in_area() const {
  const auto& all = input_.catalogue.services();
  if (all.size() == 1) return {&all.front()};
  std::vector<const services::Service*> in;
  std::vector<const services::Service*> ended;
  const std::string code = practice();
  const std::string commissioner = message_.managing_organisation();
  for (const services::Service& service : all) {
    const services::Area& area = service.area;
    const bool open = area.practices.empty() && area.commissioners.empty();
    const Membership by_practice = membership(area.practices, code, today_);
    const Membership by_commissioner = membership(area.commissioners, commissioner, today_);
    if (open || by_practice == Membership::kIn || by_commissioner == Membership::kIn) {
      in.push_back(&service);
    } else if (by_practice == Membership::kEnded || by_commissioner == Membership::kEnded) {
      ended.push_back(&service);
    }
  }
  return in.empty() ? ended : in;
}

bool Router::check_source() {
  using services::ReferrerKind;
  const ReferrerKind kind = decision_.referrer;
  const bool unknown_sender = input_.sender.partner.empty();
  const auto find = [&](ReferrerKind wanted) {
    return std::ranges::find_if(service_->sources, [&](const services::Source& source) {
      return source.kind == wanted && source.dates.contains(today_) &&
             (unknown_sender || source.role == input_.sender.role);
    });
  };
  auto source = find(kind);
  if (source == service_->sources.end() && kind == ReferrerKind::kFirstContact)
    source = find(ReferrerKind::kClinician);
  const bool plain = kind != ReferrerKind::kSelf;
  if (plain && (service_->sources.empty() || (unknown_sender && source == service_->sources.end())))
    return false;
  if (source == service_->sources.end()) {
    return hold(
        {"core.source", "1", "SX-17"}, plain ? "source-not-accepted" : "self-referral-not-accepted",
        plain ? "This service takes no referrals from a partner of this kind; a person decides."
              : "This service takes no self-referrals on this date; a person decides and tells the patient.",
        plain ? Node() : message_.request().child("requester"));
  }
  // A role that nobody has proved says nothing; only what the message itself says of its author counts.
  if (!unknown_sender || source->kind != ReferrerKind::kClinician) fire(source->id);
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
  const std::string practice = this->practice();
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
