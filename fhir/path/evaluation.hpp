// One run of one plan: the state the evaluator and the functions share. Internal; see evaluate.hpp for the
// way in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/path/equality.hpp"
#include "fhir/path/evaluate.hpp"
#include "fhir/path/plan_body.hpp"
#include "fhir/path/value.hpp"

namespace fhir::path {

/// Where results go. Any Collection; appended to.
using Sink = boost::container::small_vector_base<Value>;

/// A collection for intermediate results.
using Scratch = boost::container::small_vector<Value, 6>;

inline Items items_of(const Sink& items) noexcept {
  return {items.data(), items.size()};
}

/// What an expression sees. The spans outlive the evaluation of the expression.
struct Frame {
  Items focus;                   ///< $this, and what a bare name starts from.
  std::int64_t index = -1;       ///< $index; -1 outside of an iteration.
  const Items* total = nullptr;  ///< $total within aggregate().
};

/// The three values of FHIRPath logic.
enum class Truth : std::uint8_t { kFalse, kTrue, kEmpty };

[[nodiscard]] inline Truth truth(bool value) noexcept {
  return value ? Truth::kTrue : Truth::kFalse;
}

class Evaluation {
 public:
  Evaluation(const PlanBody& body, const EvalContext& context)
      : body_(body), context_(context), steps_(context.limits.max_steps), root_value_(context.root) {}
  Evaluation(const Evaluation&) = delete;
  Evaluation& operator=(const Evaluation&) = delete;

  /// Appends the result of `node`. False after a failure. Recursion is bounded by the depth of the plan.
  [[nodiscard]] bool evaluate(NodeId node, const Frame& frame, Sink& out);
  /// The result of `node` as a condition: FHIRPath 2.0, 4.5. Makes no collection for logic, comparison and
  /// existence.
  [[nodiscard]] bool evaluate_truth(NodeId node, const Frame& frame, Truth& out);

  /// The result of `node` for reading only: constants and $this are not copied. `scratch` outlives the
  /// result.
  [[nodiscard]] bool evaluate_items(NodeId node, const Frame& frame, Scratch& scratch, Items& out);

  /// The truth of one item or none. `at` is blamed for several.
  [[nodiscard]] bool truth_of(Items items, const PlanNode& at, Truth& out);

  /// Children of an element, or properties of a System value, with one name.
  [[nodiscard]] bool append_member(const Value& item, const PlanName& name, const PlanNode& at, Sink& out);

  /// Counts `steps` against the budget.
  [[nodiscard]] bool spend(std::size_t steps, const PlanNode& at) {
    if (steps > steps_) return fail(at, "the step budget is spent");
    steps_ -= steps;
    return true;
  }
  /// Records the first failure; always false.
  bool fail(const PlanNode& at, std::string message, FailureKind kind = FailureKind::kExecution);

  [[nodiscard]] const PlanBody& body() const noexcept { return body_; }
  [[nodiscard]] const EvalContext& context() const noexcept { return context_; }
  [[nodiscard]] const Failure& failure() const noexcept { return failure_; }
  [[nodiscard]] Frame root_frame() const noexcept;

  /// The instant of the whole run. Empty without a clock.
  [[nodiscard]] std::optional<Instant> now();
  /// Makes `%name` visible to the steps that follow in the same path. False if it is there already.
  [[nodiscard]] bool define_variable(std::string name, Items value);

 private:
  [[nodiscard]] bool path(const PlanNode& node, const Frame& frame, Sink& out);
  [[nodiscard]] bool path_truth(const PlanNode& node, const Frame& frame, Truth& out);
  [[nodiscard]] bool steps(std::span<const NodeId> steps, const Frame& frame, Items input, Sink& out);
  [[nodiscard]] bool apply_step(const PlanNode& step, const Frame& frame, Items input, Sink& out);
  [[nodiscard]] bool index(const PlanNode& step, const Frame& frame, Items input, Sink& out);
  [[nodiscard]] bool call_function(const PlanNode& node, const Frame& frame, Items input, Sink& out);
  [[nodiscard]] bool root_member(const PlanNode& node, const Frame& frame, Sink& out);
  [[nodiscard]] bool external(const PlanNode& node, Sink& out);
  [[nodiscard]] bool union_of(const PlanNode& node, const Frame& frame, Sink& out);
  [[nodiscard]] bool concatenation(const PlanNode& node, const Frame& frame, Sink& out);
  [[nodiscard]] bool operand(NodeId node, const Frame& frame, std::optional<Value>& out);
  [[nodiscard]] bool logic(const PlanNode& node, const Frame& frame, Truth& out);
  [[nodiscard]] bool comparison(const PlanNode& node, const Frame& frame, Truth& out);
  [[nodiscard]] bool binary(const PlanNode& node, const Frame& frame, Sink& out);
  [[nodiscard]] bool unary(const PlanNode& node, const Frame& frame, Sink& out);
  [[nodiscard]] bool type_operation(const PlanNode& node, const Frame& frame, Sink& out);

  void push_read(tree::Node node, Sink& out) const;
  /// What a name means to maps when no element has it; else fails for a choice named with its type.
  [[nodiscard]] bool append_mapped(tree::Node node, const PlanName& name, tree::NameId id, const PlanNode& at,
                                   Sink& out);

  struct DefinedVariable {
    std::string name;
    Collection value;
  };
  const PlanBody& body_;
  const EvalContext& context_;
  std::size_t steps_;
  Failure failure_;
  Value root_value_;
  std::optional<Instant> now_;
  std::vector<DefinedVariable> defined_;
};

}  // namespace fhir::path
