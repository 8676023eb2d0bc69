// The receipt in words, and places of the source for answers.
#include <algorithm>
#include <string>

#include "fhir/path/render.hpp"
#include "fhir/tree/expression.hpp"
#include "mappings/convert/converter.hpp"
#include "mappings/hl7v2/location.hpp"

namespace mappings::convert {
namespace {

using fhir::tree::Node;
using fhir::tree::NodeIndex;

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

/// The deepest element that an expression of ours names: exact, or the nearest around it.
std::size_t shared_steps(std::string_view a, std::string_view b) {
  if (!a.starts_with(b)) return 0;
  const bool whole = a.size() == b.size() || a[b.size()] == '.' || a[b.size()] == '[';
  return whole ? b.size() : 0;
}

}  // namespace

std::string source_place(const Conversion& conversion, std::string_view expression) {
  if (conversion.bundle == nullptr || conversion.source == nullptr || expression.empty()) return {};
  std::size_t best = 0;
  NodeIndex source = fhir::tree::kNoNode;
  for (const engine::ReceiptEntry& entry : conversion.receipt.entries) {
    if (entry.sources_count == 0) continue;
    const std::string target = fhir::tree::expression(Node(conversion.bundle.get(), entry.target));
    // What stands below the place in question tells of it as well: an element that a validator misses a part
    // of.
    const std::size_t shared = std::max(shared_steps(expression, target), shared_steps(target, expression));
    if (shared <= best) continue;
    best = shared;
    source = conversion.receipt.sources[entry.sources_begin];
  }
  if (source == fhir::tree::kNoNode) return {};
  return hl7v2::to_text(hl7v2::location(Node(conversion.source.get(), source)));
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
