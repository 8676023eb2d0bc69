// How a FHIRPath function is written and found. Each group of functions gives its rows; the compiler looks
// names up there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "fhir/path/evaluation.hpp"

namespace fhir::path {

/// One call while it runs. Functions append their result to `out`, and return false after run.fail().
class Call {
 public:
  Call(Evaluation& run_now, const PlanNode& node_called, const Frame& caller_frame, Items input_items,
       Sink& sink)
      : run(run_now), node(node_called), frame(caller_frame), input(input_items), out(sink) {}

  Evaluation& run;
  const PlanNode& node;
  const Frame& frame;  ///< Of the caller: plain arguments see its $this.
  const Items input;
  Sink& out;

  [[nodiscard]] std::size_t argument_count() const noexcept { return node.count; }
  [[nodiscard]] NodeId argument_node(std::size_t index) const noexcept {
    return run.body().children(node)[index];
  }
  /// Appends the items of a plain argument.
  [[nodiscard]] bool argument(std::size_t index, Sink& items) {
    return run.evaluate(argument_node(index), frame, items);
  }
  /// A plain argument of at most one item, as a System value.
  [[nodiscard]] bool single_argument(std::size_t index, std::optional<Value>& value);
  /// A plain argument that is one string; empty argument: empty.
  [[nodiscard]] bool string_argument(std::size_t index, std::optional<std::string>& value);
  [[nodiscard]] bool integer_argument(std::size_t index, std::optional<std::int64_t>& value);
  /// The input as one System value; empty when there is none or it has no value. Several items fail.
  [[nodiscard]] bool single_input(std::optional<Value>& value);
  /// The input as one string. An item that is no string fails as semantic.
  [[nodiscard]] bool string_input(std::optional<std::string>& value);

  /// The frame in which an argument runs for one input item.
  [[nodiscard]] Frame item_frame(const Value& item, std::size_t index) const noexcept {
    Frame inner = frame;
    inner.focus = Items(&item, 1);
    inner.index = static_cast<std::int64_t>(index);
    return inner;
  }

  bool push(Value value) {
    out.push_back(std::move(value));
    return true;
  }
  /// A string result, within the limit.
  bool push_string(std::string text);
  bool fail(std::string message, FailureKind kind = FailureKind::kExecution);
};

/// What of its arguments the compiler must know.
enum class ArgumentShape : std::uint8_t {
  kPlain,
  kType,     ///< The argument names a type.
  kPattern,  ///< The first argument is a regular expression.
};

struct FunctionRow {
  std::string_view name;
  std::uint8_t min_arguments = 0;
  std::uint8_t max_arguments = 0;
  bool (*call)(Call&) = nullptr;
  ArgumentShape shape = ArgumentShape::kPlain;
  bool (*truth)(Call&,
                Truth&) = nullptr;  ///< The same as a condition, without making a collection; may be null.
};

/// The call of a function that has a truth form.
template <bool (*kTruth)(Call&, Truth&)>
bool push_truth(Call& call) {
  Truth result = Truth::kEmpty;
  if (!kTruth(call, result)) return false;
  if (result != Truth::kEmpty) call.out.push_back(Value(result == Truth::kTrue));
  return true;
}

[[nodiscard]] std::span<const FunctionRow> existence_functions();
[[nodiscard]] std::span<const FunctionRow> filtering_functions();
[[nodiscard]] std::span<const FunctionRow> subsetting_functions();
[[nodiscard]] std::span<const FunctionRow> combining_functions();
[[nodiscard]] std::span<const FunctionRow> conversion_functions();
[[nodiscard]] std::span<const FunctionRow> string_functions();
[[nodiscard]] std::span<const FunctionRow> encoding_functions();
[[nodiscard]] std::span<const FunctionRow> math_functions();
[[nodiscard]] std::span<const FunctionRow> tree_functions();
[[nodiscard]] std::span<const FunctionRow> date_time_functions();
[[nodiscard]] std::span<const FunctionRow> type_functions();
[[nodiscard]] std::span<const FunctionRow> fhir_functions();

/// Functions of FHIR R4 2.9.1.5 that need profiles and are not offered; compiling one says so by name.
inline constexpr std::string_view kNotOffered[] = {"elementDefinition", "slice"};

/// The row of a function, or null.
[[nodiscard]] const FunctionRow* find_function(std::string_view name) noexcept;

}  // namespace fhir::path
