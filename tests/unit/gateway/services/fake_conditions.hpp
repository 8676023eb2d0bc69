// Conditions without the FHIRPath engine: the text says what they answer.
#pragma once

#include <string>

#include "gateway/services/condition.hpp"

namespace gateway::services {

class FixedCondition final : public Condition {
 public:
  explicit FixedCondition(Truth truth) : truth_(truth) {}
  [[nodiscard]] Truth evaluate(fhir::tree::Node, fhir::Instant) const override { return truth_; }

 private:
  Truth truth_;
};

/// `yes`, `unknown` and `broken` do what they say; everything else is a condition that is not met.
class FakeConditions final : public ConditionCompiler {
 public:
  [[nodiscard]] fhir::Result<ConditionPtr> compile(const std::string& text) const override {
    if (text == "broken") return fhir::fail(fhir::ErrorCode::kMalformed, "unexpected end");
    const Truth truth = text == "yes" ? Truth::kYes : text == "unknown" ? Truth::kUnknown : Truth::kNo;
    return ConditionPtr(std::make_shared<FixedCondition>(truth));
  }
};

}  // namespace gateway::services
