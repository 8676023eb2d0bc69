// FHIRPath 2.0, 5.3.
#include <algorithm>

#include "fhir/path/function.hpp"

namespace fhir::path {
namespace {

bool push_range(Call& call, std::size_t from, std::size_t to) {
  for (std::size_t i = from; i < std::min(to, call.input.size()); ++i)
    call.out.push_back(call.input[i]);
  return true;
}

bool single(Call& call) {
  if (call.input.size() > 1) return call.fail("the input has several items");
  return push_range(call, 0, 1);
}

bool first(Call& call) {
  return push_range(call, 0, 1);
}
bool last(Call& call) {
  return push_range(call, call.input.empty() ? 0 : call.input.size() - 1, call.input.size());
}
bool tail(Call& call) {
  return push_range(call, 1, call.input.size());
}

template <bool kSkip>
bool skip_or_take(Call& call) {
  std::optional<std::int64_t> wanted;
  if (!call.integer_argument(0, wanted)) return false;
  if (!wanted) return true;
  const std::size_t count = *wanted <= 0 ? 0 : std::min(call.input.size(), static_cast<std::size_t>(*wanted));
  return kSkip ? push_range(call, count, call.input.size()) : push_range(call, 0, count);
}

bool intersect(Call& call) {
  Scratch other;
  if (!call.argument(0, other) || !call.run.spend(other.size() + call.input.size(), call.node)) return false;
  ItemSet wanted;
  for (const Value& item : other)
    (void)wanted.insert(item);
  ItemSet taken;
  for (const Value& item : call.input) {
    if (wanted.contains(item) && taken.insert(item)) call.out.push_back(item);
  }
  return true;
}

bool exclude(Call& call) {
  Scratch other;
  if (!call.argument(0, other) || !call.run.spend(other.size() + call.input.size(), call.node)) return false;
  ItemSet unwanted;
  for (const Value& item : other)
    (void)unwanted.insert(item);
  for (const Value& item : call.input) {
    if (!unwanted.contains(item)) call.out.push_back(item);
  }
  return true;
}

constexpr FunctionRow kRows[] = {
    {"single", 0, 0, single},
    {"first", 0, 0, first},
    {"last", 0, 0, last},
    {"tail", 0, 0, tail},
    {"skip", 1, 1, skip_or_take<true>},
    {"take", 1, 1, skip_or_take<false>},
    {"intersect", 1, 1, intersect},
    {"exclude", 1, 1, exclude},
};

}  // namespace

std::span<const FunctionRow> subsetting_functions() {
  return kRows;
}

}  // namespace fhir::path
