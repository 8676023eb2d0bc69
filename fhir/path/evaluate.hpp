// Runs a plan. Everything a run needs comes in with the context; the plan is not changed.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "fhir/base/instant.hpp"
#include "fhir/path/host.hpp"
#include "fhir/path/plan.hpp"
#include "fhir/path/value.hpp"
#include "fhir/tree/tree.hpp"

namespace fhir::path {

/// Bounds of one run. Passing one is an execution failure.
struct EvalLimits {
  std::size_t max_steps = 10'000'000;        ///< Operations, plus items looked at.
  std::size_t max_items = 1'000'000;         ///< In any one collection.
  std::size_t max_string_bytes = 16u << 20;  ///< Of any one string made.
};

/// A value for `%name`. Views outlive the run.
struct Variable {
  std::string_view name;  ///< Without the percent sign.
  std::span<const Value> value;
};

/// Is told each element with a value that a step of a path reaches.
class ReadObserver {
 public:
  ReadObserver() = default;
  ReadObserver(const ReadObserver&) = delete;
  ReadObserver& operator=(const ReadObserver&) = delete;
  virtual ~ReadObserver() = default;
  virtual void read(tree::Node node) = 0;
};

/// What the functions of CompileOptions::functions find in the context; they know the derived class.
class Surroundings {
 public:
  Surroundings() = default;
  Surroundings(const Surroundings&) = delete;
  Surroundings& operator=(const Surroundings&) = delete;
  virtual ~Surroundings() = default;
};

/// The circumstances of a run. References and views outlive it; a context may serve many runs.
struct EvalContext {
  /// `%resource`, and `%rootResource` unless given below. The input unless `focus` is given.
  tree::Node root;
  /// The input collection and `%context`, when it is not the root.
  std::optional<std::span<const Value>> focus = std::nullopt;
  tree::Node root_resource = {};
  std::span<const Variable> variables = {};
  /// now(), today(), timeOfDay(). One run sees one instant. Without a clock these fail.
  const Clock* clock = nullptr;
  /// East of UTC; the offset in which now(), today() and timeOfDay() answer.
  int utc_offset_minutes = 0;
  /// resolve(), memberOf(), conformsTo(), htmlChecks(), trace(). May be null: these fail then, trace() is
  /// silent.
  Host* host = nullptr;
  ReadObserver* reads = nullptr;
  Surroundings* surroundings = nullptr;
  EvalLimits limits = {};
};

/// Failures are execution, or semantic where the operand types can never fit. Any thread. Cost: bounded by
/// the limits.
[[nodiscard]] Outcome<Collection> evaluate(const Plan& plan, const EvalContext& context);

/// The result as a condition (FHIRPath 2.0, 4.5): its single boolean, true for one item of another type,
/// empty for an empty collection. Several items are an execution failure. An invariant holds only if this is
/// true.
[[nodiscard]] Outcome<std::optional<bool>> evaluate_boolean(const Plan& plan, const EvalContext& context);

}  // namespace fhir::path
