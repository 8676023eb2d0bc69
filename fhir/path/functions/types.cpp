// FHIRPath 2.0, 6.3 (types) and 10 (reflection).
#include "fhir/path/function.hpp"

namespace fhir::path {
namespace {

const TypeSpec* known_type(Call& call) {
  const TypeSpec& spec = call.run.body().types[call.node.type];
  if (spec.known) return &spec;
  call.fail("no type '" + spec.name + "'");
  return nullptr;
}

bool is(Call& call, Truth& out) {
  const TypeSpec* spec = known_type(call);
  if (spec == nullptr) return false;
  if (call.input.size() > 1) return call.fail("the input has several items");
  out = call.input.empty() ? Truth::kEmpty : truth(is_type(call.input[0], *spec));
  return true;
}

bool as(Call& call) {
  const TypeSpec* spec = known_type(call);
  if (spec == nullptr) return false;
  if (call.input.size() > 1 && !call.run.body().as_filters) return call.fail("the input has several items");
  for (const Value& item : call.input) {
    if (is_type_for_cast(item, *spec)) call.out.push_back(item);
  }
  return true;
}

bool type(Call& call) {
  for (const Value& item : call.input)
    call.out.push_back(Value(type_of(item)));
  return true;
}

constexpr FunctionRow kRows[] = {
    {"is", 1, 1, push_truth<is>, ArgumentShape::kType, is},
    {"as", 1, 1, as, ArgumentShape::kType},
    {"type", 0, 0, type},
};

}  // namespace

std::span<const FunctionRow> type_functions() {
  return kRows;
}

}  // namespace fhir::path
