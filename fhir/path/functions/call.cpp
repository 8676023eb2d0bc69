#include <utility>

#include "fhir/path/function.hpp"

namespace fhir::path {

bool Call::fail(std::string message, FailureKind kind) {
  return run.fail(node, std::string(node.function->name).append("(): ").append(message), kind);
}

bool Call::single_argument(std::size_t index, std::optional<Value>& value) {
  Scratch scratch;
  Items items;
  if (!run.evaluate_items(argument_node(index), frame, scratch, items)) return false;
  if (items.size() > 1) return fail("an argument has several items");
  if (!items.empty()) value = as_system(items[0]);
  return true;
}

bool Call::string_argument(std::size_t index, std::optional<std::string>& value) {
  std::optional<Value> found;
  if (!single_argument(index, found)) return false;
  if (!found) return true;
  if (!found->is(ValueType::kString)) return fail("an argument is no string");
  value = found->string();
  return true;
}

bool Call::integer_argument(std::size_t index, std::optional<std::int64_t>& value) {
  std::optional<Value> found;
  if (!single_argument(index, found)) return false;
  if (!found) return true;
  if (!found->is_integral()) return fail("an argument is no integer");
  value = found->integer();
  return true;
}

bool Call::single_input(std::optional<Value>& value) {
  if (input.size() > 1) return fail("the input has several items");
  if (!input.empty()) value = as_system(input[0]);
  return true;
}

bool Call::string_input(std::optional<std::string>& value) {
  if (input.size() > 1) return fail("the input has several items");
  if (input.empty()) return true;
  if (const auto text = string_of(input[0])) {
    value = std::string(*text);
    return true;
  }
  if (input[0].is_node() && is_primitive_type(input[0].node().type())) {
    // A primitive without a value is empty; a date or number is read by its text.
    if (input[0].node().has_value()) value = std::string(input[0].node().text());
    return true;
  }
  std::string type(type_of(input[0]).name);
  return fail("the input is no string but " + type, FailureKind::kSemantic);
}

bool Call::push_string(std::string text) {
  if (text.size() > run.context().limits.max_string_bytes) return fail("the string grows past the limit");
  return push(Value(std::move(text)));
}

const FunctionRow* find_function(std::string_view name) noexcept {
  for (const auto group :
       {existence_functions(), filtering_functions(), subsetting_functions(), combining_functions(),
        conversion_functions(), string_functions(), encoding_functions(), math_functions(), tree_functions(),
        date_time_functions(), type_functions(), fhir_functions()}) {
    for (const FunctionRow& row : group) {
      if (row.name == name) return &row;
    }
  }
  return nullptr;
}

}  // namespace fhir::path
