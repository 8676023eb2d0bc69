// FHIRPath 2.0, 5.8 (tree navigation) and 5.9 (trace, defineVariable of the 3.0 draft).
#include "fhir/path/function.hpp"

namespace fhir::path {
namespace {

bool children(Call& call) {
  for (const Value& item : call.input) {
    if (!item.is_node()) continue;
    for (const tree::Node child : item.node().children())
      call.out.push_back(Value(child));
  }
  return call.run.spend(call.out.size(), call.node);
}

/// In document order, by links: no recursion and no stack.
bool descendants(Call& call) {
  const std::size_t limit = call.run.context().limits.max_items;
  for (const Value& item : call.input) {
    if (!item.is_node()) continue;
    const tree::Node top = item.node();
    tree::Node at = top.first_child();
    while (at) {
      call.out.push_back(Value(at));
      if (call.out.size() > limit) return call.fail("the collection grows past the limit");
      if (at.first_child()) {
        at = at.first_child();
        continue;
      }
      while (at != top && !at.next_sibling())
        at = at.parent();
      if (at == top) break;
      at = at.next_sibling();
    }
  }
  return call.run.spend(call.out.size(), call.node);
}

bool trace(Call& call) {
  std::optional<std::string> name;
  if (!call.string_argument(0, name)) return false;
  if (!name) return call.fail("a name is needed");
  call.out.insert(call.out.end(), call.input.begin(), call.input.end());
  Host* host = call.run.context().host;
  if (call.argument_count() == 1) {
    if (host != nullptr) host->trace(*name, call.input);
    return true;
  }
  Scratch shown;
  for (std::size_t i = 0; i < call.input.size(); ++i) {
    if (!call.run.evaluate(call.argument_node(1), call.item_frame(call.input[i], i), shown)) return false;
  }
  if (host != nullptr) host->trace(*name, items_of(shown));
  return true;
}

bool define_variable(Call& call) {
  std::optional<std::string> name;
  if (!call.string_argument(0, name)) return false;
  if (!name) return call.fail("a name is needed");
  for (const std::string_view taken : {"context", "resource", "rootResource", "sct", "loinc", "ucum"}) {
    if (*name == taken) return call.fail("%" + *name + " is there already");
  }
  Scratch scratch;
  Items value = call.input;
  if (call.argument_count() == 2) {
    Frame frame = call.frame;
    frame.focus = call.input;
    if (!call.run.evaluate_items(call.argument_node(1), frame, scratch, value)) return false;
  }
  if (!call.run.define_variable(*name, value)) return call.fail("%" + *name + " is there already");
  call.out.insert(call.out.end(), call.input.begin(), call.input.end());
  return true;
}

constexpr FunctionRow kRows[] = {
    {"children", 0, 0, children},
    {"descendants", 0, 0, descendants},
    {"trace", 1, 2, trace},
    {"defineVariable", 1, 2, define_variable},
};

}  // namespace

std::span<const FunctionRow> tree_functions() {
  return kRows;
}

}  // namespace fhir::path
