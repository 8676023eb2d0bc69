#include "gateway/routing/router.hpp"

#include <algorithm>
#include <utility>

#include "fhir/tree/expression.hpp"

namespace gateway::routing {

using fhir::tree::Node;
using services::Service;

Decision decide(const RoutingInput& input) {
  return Router(input).run();
}

Decision Router::run() {
  decision_.catalogue = input_.catalogue.digest();
  decision_.practice_ods = message_.practice();
  decision_.referrer = message_.referrer();
  const bool dated = !find_date();
  if (dated) {
    find_candidates();
    narrow();
  }
  // The gate comes first: neither a missing date nor an unknown service may hold a red flag up.
  if (leave_by_urgent_route() || leave_by_cancer_route()) return std::move(decision_);
  if (!dated) return std::move(decision_);
  const bool decided = need_request() || need_one_service() || check_use_case() || check_source() ||
                       check_age() || check_codes() || check_area() || check_advice() || find_specialties() ||
                       check_exclusions() || apply_rules() || check_choice();
  if (!decided) choose_destination();
  return std::move(decision_);
}

bool Router::hold(RuleId rule, std::string reason, std::string text, Node place) {
  decision_.outcome = Outcome::kHold;
  decision_.reason = std::move(reason);
  decision_.text = std::move(text);
  if (place) decision_.place = fhir::tree::expression(place);
  fire(std::move(rule));
  return true;
}

bool Router::redirect(RuleId rule, const services::Redirect& to, Node place) {
  decision_.outcome = Outcome::kRedirect;
  decision_.reason = to.reason;
  decision_.text = to.text;
  decision_.destination = to.destination;
  decision_.contact = to.contact;
  if (place) decision_.place = fhir::tree::expression(place);
  fire(std::move(rule));
  return true;
}

bool Router::find_date() {
  const auto today = services::london_date(input_.received);
  if (today) {
    today_ = *today;
    return false;
  }
  return hold({"core.local-date", "1", "SX-02"}, "no-local-date",
              "The local date of receipt cannot be computed on this machine; a person decides.");
}

void Router::find_candidates() {
  const auto destinations = message_.destinations();
  std::vector<const Service*> named;
  for (const Service& service : input_.catalogue.services()) {
    const bool match = std::ranges::any_of(destinations, [&](const config::ServiceId& id) {
      return std::ranges::find(service.service_ids, id) != service.service_ids.end();
    });
    if (match) named.push_back(&service);
  }
  const bool for_us =
      input_.gateway && std::ranges::find(destinations, *input_.gateway) != destinations.end();
  if (named.empty() && (for_us || input_.destination == DestinationCheck::kAny)) named = in_area();
  for (const Service* service : named) {
    if (service->dates.contains(today_)) candidates_.push_back(service);
  }
  named_but_not_in_effect_ = !named.empty() && candidates_.empty();
}

bool Router::asks(const Service& service) const {
  for (const UsedCoding& used : message_.codings()) {
    if (used.use != CodingUse::kRequest && used.use != CodingUse::kFunction) continue;
    const services::Coded code{std::string(used.coding.system), std::string(used.coding.code)};
    const bool offered = std::ranges::any_of(service.specialties, [&](const services::Specialty& specialty) {
      return std::ranges::find(specialty.requests, code) != specialty.requests.end();
    });
    if (offered || std::ranges::find(service.general_requests, code) != service.general_requests.end())
      return true;
  }
  return false;
}

/// Several services may answer to one door; what is asked for may tell them apart. Nothing else is guessed.
void Router::narrow() {
  if (candidates_.size() > 1) {
    std::vector<const Service*> asked;
    std::ranges::copy_if(candidates_, std::back_inserter(asked),
                         [&](const Service* service) { return asks(*service); });
    if (!asked.empty()) candidates_ = std::move(asked);
  }
  if (candidates_.size() != 1) return;
  service_ = candidates_.front();
  decision_.service = service_->id;
  decision_.week = service_->week;
  decision_.triage = {service_->triage.routine, service_->triage.urgent};
  using services::Moment;
  if (const services::Wait* wait = service_->wait(Moment::kTriaged, Moment::kOffered))
    decision_.offer = {wait->routine, wait->urgent};
  if (const services::Hub* hub = service_->hub_on(today_)) decision_.hub_ods = hub->ods;
}

bool Router::leave_by_urgent_route() {
  const gate::GateResult& gate = input_.gate;
  if (!gate.raised() || !gate.route) return false;
  // Coded as suspected cancer and flagged for nothing else: the cancer route says it better.
  const bool cancer_only = std::ranges::all_of(
      gate.flags, [](const gate::RaisedFlag& flag) { return flag.condition == "suspected-cancer"; });
  if (cancer_only && gate.cancer_priority && service_ != nullptr && !service_->takes_cancer) return false;
  decision_.outcome = Outcome::kUrgent;
  decision_.reason = "red-flag";
  decision_.destination = gate.route->id;
  decision_.text = gate.route->text;
  decision_.time_limit = gate.route->time_limit;
  decision_.place = gate.flags.front().place;
  if (gate.contradiction()) decision_.text += " The referral was coded routine: the higher urgency holds.";
  const bool structured = std::ranges::any_of(
      gate.flags, [](const gate::RaisedFlag& flag) { return flag.level == gate::FlagLevel::kRaised; });
  if (!structured) decision_.text += " Found in text: a person reads it now and confirms or clears it.";
  if (service_ == nullptr) {
    fire({"gate.red-flag", "1", gate.flags.front().requirement});
    return true;
  }
  fire(service_->red_flag_rule);
  const auto own = std::ranges::find(service_->urgent, gate.route->id, &services::UrgentDestination::route);
  if (own != service_->urgent.end()) {
    decision_.destination = own->destination;
    decision_.contact = own->contact;
  }
  return true;
}

bool Router::leave_by_cancer_route() {
  if (!input_.gate.cancer_priority || service_ == nullptr || service_->takes_cancer) return false;
  return redirect(service_->cancer_rule, service_->cancer, message_.request());
}

bool Router::need_request() {
  if (message_.request()) return false;
  const bool several = message_.request_count() > 1;
  return hold({"core.one-request", "1", "H03"}, several ? "several-requests" : "no-request",
              several
                  ? "The message holds several requests and does not say which is meant; a person decides."
                  : "The message holds no request; a person decides.",
              message_.bundle());
}

bool Router::need_one_service() {
  if (service_ != nullptr) return false;
  const Node place = message_.header().child("destination");
  if (candidates_.size() > 1) {
    return hold({"core.one-service", "1", "H03"}, "several-services",
                "More than one service could take this referral; a person decides which.", place);
  }
  if (named_but_not_in_effect_) {
    return hold({"core.service-in-effect", "1", "H03"}, "service-not-in-effect",
                "The service named is not in effect on the date of receipt; a person decides.", place);
  }
  return hold(
      {"core.one-service", "1", "H03"}, "no-service",
      "No service here answers to the destination of this message, or has the patient's practice in its "
      "area; a person decides.",
      place);
}

bool Router::check_use_case() {
  const auto kinds = message_.categories("message-category");
  if (!kinds.empty() && std::ranges::find(kinds, "referral") == kinds.end()) {
    return hold({"core.use-case", "1", "SX-22"}, "not-a-referral",
                "The message is no referral; a person decides what becomes of it.",
                message_.request().child("category"));
  }
  const auto& accepted = service_->use_cases.empty() ? input_.use_cases : service_->use_cases;
  const auto codes = message_.categories("usecases-categories");
  const bool taken =
      codes.empty() || accepted.empty() || std::ranges::any_of(codes, [&](std::string_view code) {
        return std::ranges::find(accepted, code) != accepted.end();
      });
  if (taken) return false;
  return hold({"core.use-case", "1", "SX-22"}, "other-use-case",
              "The message is of a use case that no service here takes; a person sends it on.",
              message_.request().child("category"));
}

}  // namespace gateway::routing
