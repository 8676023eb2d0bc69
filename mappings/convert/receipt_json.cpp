// The receipt in words, and places of the source for answers.
#include <string>

#include "fhir/path/render.hpp"
#include "fhir/tree/expression.hpp"
#include "mappings/convert/converter.hpp"
#include "mappings/hl7v2/location.hpp"

namespace mappings::convert {
namespace {

using fhir::tree::Node;

void append_member(std::string& out, std::string_view name, std::string_view text) {
  if (out.back() != '{') out.push_back(',');
  fhir::path::append_json_string(out, name);
  out.push_back(':');
  fhir::path::append_json_string(out, text);
}

void append_number(std::string& out, std::string_view name, std::size_t number) {
  if (out.back() != '{') out.push_back(',');
  fhir::path::append_json_string(out, name);
  out.append(":").append(std::to_string(number));
}

void append_source(std::string& out, Node node) {
  out.push_back('{');
  append_member(out, "place", hl7v2::to_text(hl7v2::location(node)));
  append_number(out, "offset", node.source().offset);
  append_number(out, "length", node.source().length);
  out.push_back('}');
}

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
  for (const engine::ReceiptEntry& entry : conversion.receipt.entries) {
    if (entry.sources_count == 0) continue;
    const std::string target = fhir::tree::expression(Node(conversion.bundle.get(), entry.target));
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

std::string receipt_json(const Conversion& conversion) {
  std::string out = "{";
  append_member(out, "controlId", conversion.facts.header.control_id);
  append_member(out, "structure", conversion.facts.structure);
  append_member(out, "entry", conversion.facts.entry);
  append_member(out, "repetitionKey", conversion.facts.repetition_key);
  out.append(R"(,"elements":[)");
  for (const engine::ReceiptEntry& entry : conversion.receipt.entries) {
    if (conversion.bundle == nullptr) break;
    if (out.back() != '[') out.push_back(',');
    out.push_back('{');
    append_member(out, "path", fhir::tree::expression(Node(conversion.bundle.get(), entry.target)));
    append_member(out, "rule", conversion.receipt.rule_name(entry.rule));
    out.append(R"(,"sources":[)");
    for (std::uint32_t i = 0; i < entry.sources_count; ++i) {
      if (i != 0) out.push_back(',');
      append_source(out, Node(conversion.source.get(), conversion.receipt.sources[entry.sources_begin + i]));
    }
    out.append("]}");
  }
  out.append(R"(],"unmapped":[)");
  for (const Loss& loss : conversion.losses) {
    if (out.back() != '[') out.push_back(',');
    append_source(out, Node(conversion.source.get(), loss.node));
    if (loss.mandatory) out.insert(out.size() - 1, R"(,"mandatory":true)");
  }
  out.append("]}");
  return out;
}

}  // namespace mappings::convert
