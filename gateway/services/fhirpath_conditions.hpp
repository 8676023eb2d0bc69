// Conditions in FHIRPath, by the engine every other part uses.
#pragma once

#include "fhir/tree/type_table.hpp"
#include "gateway/services/condition.hpp"

namespace gateway::services {

/// Compiles against one type table, which outlives the conditions. A run is bounded: a condition that costs
/// too much, fails, or gives several items is kUnknown, and so holds the message. Any thread.
class FhirPathConditions final : public ConditionCompiler {
 public:
  explicit FhirPathConditions(const fhir::tree::TypeTable& table) : table_(table) {}
  [[nodiscard]] fhir::Result<ConditionPtr> compile(const std::string& expression) const override;

 private:
  const fhir::tree::TypeTable& table_;
};

}  // namespace gateway::services
