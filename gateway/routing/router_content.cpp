// What is asked for: codes that mean what they say, specialties, exclusions, and the rules of the data.
#include <algorithm>
#include <utility>

#include "gateway/routing/router.hpp"
#include "gateway/services/clinical_code.hpp"

namespace gateway::routing {

using services::CodeCheck;
using services::Truth;

services::Truth Router::evaluate(const services::ConditionPtr& condition) const {
  return condition == nullptr ? Truth::kNo : condition->evaluate(message_.bundle(), input_.received);
}

bool Router::check_codes() {
  for (const UsedCoding& used : message_.codings()) {
    const CodingView& coding = used.coding;
    switch (services::check_coding(coding.system, coding.code, coding.display)) {
      case CodeCheck::kAgrees:
      case CodeCheck::kUnknown:
      case CodeCheck::kUnsure: break;
      case CodeCheck::kMismatch:
        return hold({"core.code-integrity", "1", "H03"}, "code-display-mismatch",
                    "A code and its display name different things; a person asks the sender which is meant.",
                    coding.node);
      case CodeCheck::kImpossible:
        return hold({"core.code-integrity", "1", "H03"}, "code-impossible",
                    "A code is no identifier of its system; a person asks the sender what is meant.",
                    coding.node);
    }
  }
  return false;
}

bool Router::check_advice() {
  if (!message_.asks_advice()) return false;
  if (!service_->advice || !service_->advice->dates.contains(today_)) {
    return hold({"core.advice", "1", "BD-07"}, "advice-not-offered",
                "This service answers no questions for advice through the gateway; a person decides.",
                message_.request().child("code"));
  }
  decision_.purpose = message_.may_convert() ? Purpose::kConvertibleAdvice : Purpose::kAdvice;
  decision_.triage = {service_->advice->routine, service_->advice->urgent};
  fire(service_->advice->id);
  return false;
}

bool Router::find_specialties() {
  const auto take = [&](const services::Specialty& specialty) {
    if (std::ranges::find(specialties_, &specialty) == specialties_.end()) {
      specialties_.push_back(&specialty);
      fire(specialty.rule);
    }
  };
  for (const UsedCoding& used : message_.codings()) {
    if (used.use == CodingUse::kReason || used.use == CodingUse::kCondition) continue;
    const services::Coded code{std::string(used.coding.system), std::string(used.coding.code)};
    const bool function = services::is_treatment_function_system(code.system);
    bool offered = is_advice_code(code.system, code.code) ||
                   std::ranges::find(service_->general_requests, code) != service_->general_requests.end();
    for (const services::Specialty& specialty : service_->specialties) {
      if (!specialty.dates.contains(today_)) continue;
      const auto& codes = used.use == CodingUse::kServiceType ? specialty.service_types : specialty.requests;
      const bool match = function ? std::ranges::find(specialty.treatment_functions, code.code) !=
                                        specialty.treatment_functions.end()
                                  : std::ranges::find(codes, code) != codes.end();
      // The receiving service may list all it does; only what is asked for selects a specialty.
      if (match && used.use != CodingUse::kServiceType) take(specialty);
      offered = offered || match;
    }
    const bool excluded =
        std::ranges::any_of(service_->exclusions, [&](const services::Exclusion& exclusion) {
          return std::ranges::find(exclusion.codes, code) != exclusion.codes.end();
        });
    const bool known = services::find_code(code.system, code.code) != nullptr;
    if (!offered && !excluded && known && used.use != CodingUse::kServiceType) {
      return hold({"core.request-offered", "1", "SX-03"}, "request-not-offered",
                  "The referral asks for something this service does not offer; a person sends it on.",
                  used.coding.node);
    }
  }
  if (specialties_.size() == 1) decision_.specialty = specialties_.front()->id;
  return false;
}

bool Router::excluded_by_code(const services::Exclusion& exclusion) const {
  return std::ranges::any_of(message_.codings(), [&](const UsedCoding& used) {
    if (used.use == CodingUse::kServiceType || used.use == CodingUse::kCondition) return false;
    const bool function = services::is_treatment_function_system(used.coding.system);
    const std::string_view system = function ? services::kTreatmentFunction : used.coding.system;
    return std::ranges::any_of(exclusion.codes, [&](const services::Coded& code) {
      return code.system == system && code.code == used.coding.code;
    });
  });
}

bool Router::check_exclusions() {
  for (const services::Exclusion& exclusion : service_->exclusions) {
    if (!exclusion.dates.contains(today_)) continue;
    // With no specialty asked for, triage could choose any: the exclusion stands for all.
    const bool concerned =
        exclusion.specialties.empty() || specialties_.empty() ||
        std::ranges::any_of(specialties_, [&](const services::Specialty* specialty) {
          return std::ranges::find(exclusion.specialties, specialty->id) != exclusion.specialties.end();
        });
    if (!concerned) continue;
    if (excluded_by_code(exclusion)) return redirect(exclusion.id, exclusion.redirect, message_.request());
    switch (evaluate(exclusion.condition)) {
      case Truth::kNo: break;
      case Truth::kYes: return redirect(exclusion.id, exclusion.redirect, message_.request());
      case Truth::kUnknown:
        return hold(exclusion.id, "condition-unknown",
                    "A rule could not be evaluated on this message; a person decides.", message_.request());
    }
  }
  return false;
}

/// On exactly one template, or on none: triage chooses between two.
void Router::find_pathway() {
  const services::Pathway* found = nullptr;
  for (const services::Pathway& pathway : service_->pathways) {
    if (!pathway.dates.contains(today_)) continue;
    const bool asked =
        specialties_.empty() || std::ranges::any_of(specialties_, [&](const services::Specialty* specialty) {
          return specialty->id == pathway.specialty;
        });
    const bool coded = std::ranges::any_of(message_.codings(), [&](const UsedCoding& used) {
      return std::ranges::any_of(pathway.codes, [&](const services::Coded& code) {
        return code.system == used.coding.system && code.code == used.coding.code;
      });
    });
    if (!asked || !coded) continue;
    if (found != nullptr) return;
    found = &pathway;
  }
  if (found == nullptr) return;
  decision_.pathway = found->id;
  fire(found->id);
}

bool Router::apply_rules() {
  for (const services::Rule& rule : service_->rules) {
    if (!rule.dates.contains(today_)) continue;
    const Truth truth = evaluate(rule.condition);
    if (truth == Truth::kNo) continue;
    if (truth == Truth::kUnknown) {
      return hold(rule.id, "condition-unknown",
                  "A rule could not be evaluated on this message; a person decides.", message_.request());
    }
    if (rule.outcome == Outcome::kRoute) {
      fire(rule.id);
      return false;  // accepted; a destination is still to be found
    }
    if (rule.redirect) {
      redirect(rule.id, *rule.redirect, message_.request());
    } else {
      hold(rule.id, rule.reason, rule.text, message_.request());
    }
    decision_.outcome = rule.outcome;
    return true;
  }
  return false;
}

}  // namespace gateway::routing
