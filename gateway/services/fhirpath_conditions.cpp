#include "gateway/services/fhirpath_conditions.hpp"

#include <utility>

#include "fhir/path/evaluate.hpp"
#include "fhir/path/plan.hpp"

namespace gateway::services {

namespace {

class FhirPathCondition final : public Condition {
 public:
  explicit FhirPathCondition(fhir::path::PlanPtr plan) : plan_(std::move(plan)) {}

  [[nodiscard]] Truth evaluate(fhir::tree::Node bundle, fhir::Instant now) const override {
    const fhir::ManualClock clock(now);
    fhir::path::EvalContext context;
    context.root = bundle;
    context.clock = &clock;
    context.limits.max_steps = kMaxSteps;
    const auto result = fhir::path::evaluate_boolean(*plan_, context);
    if (!result.has_value()) return Truth::kUnknown;
    return result->value_or(false) ? Truth::kYes : Truth::kNo;
  }

 private:
  static constexpr std::size_t kMaxSteps = 2'000'000;
  fhir::path::PlanPtr plan_;
};

}  // namespace

fhir::Result<ConditionPtr> FhirPathConditions::compile(const std::string& expression) const {
  fhir::path::CompileOptions options;
  options.max_bytes = 4096;
  options.max_depth = 60;
  auto plan = fhir::path::Plan::compile(expression, table_, options);
  if (!plan.has_value()) {
    return fhir::fail(fhir::ErrorCode::kMalformed, fhir::path::to_text(plan.error()));
  }
  return ConditionPtr(std::make_shared<FhirPathCondition>(std::move(*plan)));
}

}  // namespace gateway::services
