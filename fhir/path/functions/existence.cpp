// FHIRPath 2.0, 5.1, and not() of 6.5.
#include "fhir/path/function.hpp"

namespace fhir::path {
namespace {

bool is_empty(Call& call, Truth& out) {
  out = truth(call.input.empty());
  return true;
}

/// Whether some item, or with `kEvery` every item, meets the criterion.
template <bool kEvery>
bool any_item(Call& call, Truth& out) {
  out = truth(kEvery);
  for (std::size_t i = 0; i < call.input.size(); ++i) {
    Truth met = Truth::kEmpty;
    if (!call.run.evaluate_truth(call.argument_node(0), call.item_frame(call.input[i], i), met)) return false;
    if ((met == Truth::kTrue) == kEvery) continue;
    out = truth(!kEvery);
    return true;
  }
  return true;
}

bool exists(Call& call, Truth& out) {
  if (call.argument_count() == 1) return any_item<false>(call, out);
  out = truth(!call.input.empty());
  return true;
}

/// allTrue and its like: `kWanted` in every item, or in some.
template <bool kWanted, bool kEvery>
bool booleans(Call& call, Truth& out) {
  bool found = kEvery;
  for (const Value& item : call.input) {
    const auto value = as_system(item);
    if (!value || !value->is(ValueType::kBoolean)) return call.fail("an item is no boolean");
    if ((value->boolean() == kWanted) != kEvery) found = !kEvery;
  }
  out = truth(found);
  return true;
}

/// Whether all of `part` are among `whole`.
bool within(Call& call, Items part, Items whole, Truth& out) {
  if (!call.run.spend(part.size() + whole.size(), call.node)) return false;
  ItemSet set;
  for (const Value& item : whole)
    (void)set.insert(item);
  out = Truth::kTrue;
  for (const Value& item : part) {
    if (!set.contains(item)) out = Truth::kFalse;
  }
  return true;
}

template <bool kSuper>
bool subset(Call& call, Truth& out) {
  Scratch scratch;
  Items other;
  if (!call.run.evaluate_items(call.argument_node(0), call.frame, scratch, other)) return false;
  return kSuper ? within(call, other, call.input, out) : within(call, call.input, other, out);
}

bool is_distinct(Call& call, Truth& out) {
  if (!call.run.spend(call.input.size(), call.node)) return false;
  ItemSet set;
  out = Truth::kTrue;
  for (const Value& item : call.input) {
    if (!set.insert(item)) out = Truth::kFalse;
  }
  return true;
}

bool negation(Call& call, Truth& out) {
  if (!call.run.truth_of(call.input, call.node, out)) return false;
  if (out != Truth::kEmpty) out = truth(out == Truth::kFalse);
  return true;
}

bool count(Call& call) {
  return call.push(Value(static_cast<std::int32_t>(call.input.size())));
}

bool distinct(Call& call) {
  if (!call.run.spend(call.input.size(), call.node)) return false;
  ItemSet set;
  for (const Value& item : call.input) {
    if (set.insert(item)) call.out.push_back(item);
  }
  return true;
}

template <bool (*kTruth)(Call&, Truth&)>
constexpr FunctionRow condition(std::string_view name, std::uint8_t min_arguments,
                                std::uint8_t max_arguments) {
  return {name, min_arguments, max_arguments, push_truth<kTruth>, ArgumentShape::kPlain, kTruth};
}

constexpr FunctionRow kRows[] = {
    condition<is_empty>("empty", 0, 0),
    condition<exists>("exists", 0, 1),
    condition<any_item<true>>("all", 1, 1),
    condition<booleans<true, true>>("allTrue", 0, 0),
    condition<booleans<true, false>>("anyTrue", 0, 0),
    condition<booleans<false, true>>("allFalse", 0, 0),
    condition<booleans<false, false>>("anyFalse", 0, 0),
    condition<subset<false>>("subsetOf", 1, 1),
    condition<subset<true>>("supersetOf", 1, 1),
    condition<is_distinct>("isDistinct", 0, 0),
    condition<negation>("not", 0, 0),
    {"count", 0, 0, count},
    {"distinct", 0, 0, distinct},
};

}  // namespace

std::span<const FunctionRow> existence_functions() {
  return kRows;
}

}  // namespace fhir::path
