// A compiled FHIRPath condition over a message, behind two small ports, so that the rule data does not depend
// on the engine.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "fhir/base/instant.hpp"
#include "fhir/base/result.hpp"
#include "fhir/tree/tree.hpp"

namespace gateway::services {

/// FHIRPath has three answers; unknown also means that evaluation failed. A rule whose condition is unknown
/// holds the message.
enum class Truth : std::uint8_t { kNo, kYes, kUnknown };

/// Immutable; any thread.
class Condition {
 public:
  Condition() = default;
  Condition(const Condition&) = delete;
  Condition& operator=(const Condition&) = delete;
  virtual ~Condition() = default;
  /// `bundle` is %resource and the input; `now` is what now() and today() give. An empty collection is kNo.
  /// Never throws.
  [[nodiscard]] virtual Truth evaluate(fhir::tree::Node bundle, fhir::Instant now) const = 0;
};
using ConditionPtr = std::shared_ptr<const Condition>;

class ConditionCompiler {
 public:
  ConditionCompiler() = default;
  ConditionCompiler(const ConditionCompiler&) = delete;
  ConditionCompiler& operator=(const ConditionCompiler&) = delete;
  virtual ~ConditionCompiler() = default;
  /// kMalformed with the reason when the text is no FHIRPath expression.
  [[nodiscard]] virtual fhir::Result<ConditionPtr> compile(const std::string& expression) const = 0;
};

}  // namespace gateway::services
