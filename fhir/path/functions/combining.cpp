// FHIRPath 2.0, 5.4; coalesce() of the 3.0 draft.
#include "fhir/path/function.hpp"

namespace fhir::path {
namespace {

bool combine(Call& call) {
  call.out.insert(call.out.end(), call.input.begin(), call.input.end());
  return call.argument(0, call.out);
}

bool union_with(Call& call) {
  Scratch other;
  if (!call.argument(0, other) || !call.run.spend(other.size() + call.input.size(), call.node)) return false;
  ItemSet seen;
  for (const Items items : {call.input, items_of(other)}) {
    for (const Value& item : items) {
      if (seen.insert(item)) call.out.push_back(item);
    }
  }
  return true;
}

bool coalesce(Call& call) {
  for (std::size_t i = 0; i < call.argument_count(); ++i) {
    Scratch items;
    if (!call.argument(i, items)) return false;
    if (items.empty()) continue;
    call.out.insert(call.out.end(), items.begin(), items.end());
    return true;
  }
  return true;
}

constexpr FunctionRow kRows[] = {
    {"combine", 1, 1, combine},
    {"union", 1, 1, union_with},
    {"coalesce", 1, 16, coalesce},
};

}  // namespace

std::span<const FunctionRow> combining_functions() {
  return kRows;
}

}  // namespace fhir::path
