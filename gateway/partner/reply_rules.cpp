#include "gateway/partner/reply_rules.hpp"

#include "fhir/path/evaluate.hpp"

namespace gateway::partner {

bool holds(const fhir::path::Plan& when, fhir::tree::Node bundle, const fhir::Clock& clock) {
  if (!bundle) return false;
  fhir::path::EvalContext context;
  context.root = bundle;
  context.clock = &clock;
  context.limits.max_steps = 2'000'000;
  const auto result = fhir::path::evaluate_boolean(when, context);
  return result.has_value() && result->value_or(false);
}

const ReplyRule* ReplyRules::choose(fhir::tree::Node bundle, const fhir::Clock& clock) {
  for (std::size_t at = 0; at < rules_.size(); ++at) {
    const ReplyRule& rule = rules_[at];
    if (rule.times && used_[at] >= *rule.times) continue;
    if (rule.when && !holds(*rule.when, bundle, clock)) continue;
    ++used_[at];
    return &rule;
  }
  return nullptr;
}

}  // namespace gateway::partner
