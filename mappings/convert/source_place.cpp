// Places of the source for answers about the Bundle.
#include <string>

#include "fhir/tree/expression.hpp"
#include "mappings/convert/converter.hpp"
#include "mappings/hl7v2/location.hpp"

namespace mappings::convert {
namespace {

using fhir::tree::Node;

/// True if `inner` is `outer` or stands below it.
bool within(std::string_view inner, std::string_view outer) {
  if (!inner.starts_with(outer)) return false;
  return inner.size() == outer.size() || inner[outer.size()] == '.' || inner[outer.size()] == '[';
}

int depth(Node node) {
  int steps = 0;
  for (; node; node = node.parent())
    ++steps;
  return steps;
}

/// The innermost element around both.
Node around(Node a, Node b) {
  if (!a) return b;
  int of_a = depth(a);
  int of_b = depth(b);
  for (; of_a > of_b; --of_a)
    a = a.parent();
  for (; of_b > of_a; --of_b)
    b = b.parent();
  while (!(a == b)) {
    a = a.parent();
    b = b.parent();
  }
  return a;
}

}  // namespace

std::string source_place(const Conversion& conversion, std::string_view expression) {
  if (conversion.bundle == nullptr || conversion.source == nullptr || expression.empty()) return {};
  std::size_t best = 0;
  Node outer;  // of the nearest element that is, or is around, the one in question
  Node inner;  // around the sources of all that stands below it
  fhir::tree::Expressions expressions;
  for (const engine::ReceiptEntry& entry : conversion.receipt.entries) {
    if (entry.sources_count == 0) continue;
    const std::string_view target = expressions.of(Node(conversion.bundle.get(), entry.target));
    const Node source(conversion.source.get(), conversion.receipt.sources[entry.sources_begin]);
    if (within(expression, target) && target.size() > best) {
      best = target.size();
      outer = source;
    } else if (within(target, expression)) {
      inner = around(inner, source);
    }
  }
  const bool exact = best == expression.size();
  const Node found = inner && !exact ? inner : outer;
  return found ? hl7v2::to_text(hl7v2::location(found)) : std::string();
}

}  // namespace mappings::convert
