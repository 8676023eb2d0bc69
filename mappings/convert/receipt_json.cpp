// The receipt in words.
#include <array>
#include <charconv>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/path/render.hpp"
#include "fhir/tree/expression.hpp"
#include "mappings/convert/converter.hpp"
#include "mappings/hl7v2/location.hpp"

namespace mappings::convert {
namespace {

using fhir::tree::kNoNode;
using fhir::tree::Node;
using fhir::tree::NodeIndex;

void append_number(std::string& out, std::size_t number) {
  std::array<char, 20> digits{};
  out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr);
}

void append_member(std::string& out, std::string_view name, std::string_view text) {
  if (out.back() != '{') out.push_back(',');
  out.append("\"").append(name).append("\":");
  fhir::path::append_json_string(out, text);
}

/// Writes the elements in one pass over the Bundle, and gathers what several of them name: maps, rules and
/// places stand once each, and are called by their number.
class ReceiptText {
 public:
  explicit ReceiptText(const Conversion& conversion)
      : conversion_(conversion),
        locations_(*conversion.source),
        numbers_(conversion.source->node_count(), kNoNode) {}

  void append_to(std::string& out) {
    std::string elements;
    elements.reserve(conversion_.receipt.entries.size() * 32);
    if (conversion_.bundle != nullptr) {
      for (const engine::ReceiptEntry& entry : conversion_.receipt.entries)
        add_element(elements, entry);
    }
    if (!elements.empty()) elements.push_back(']');
    out.append(R"(,"maps":[)").append(maps_).append(R"(],"rules":[)").append(rules_);
    out.append(R"(],"sources":[)").append(sources_).append(R"(],"elements":[)").append(elements);
    out.push_back(']');
  }

  void append_place(std::string& out, NodeIndex source) {
    const Node node(conversion_.source.get(), source);
    fhir::path::append_json_string(out, hl7v2::to_text(locations_.of(node)));
  }

 private:
  void add_element(std::string& out, const engine::ReceiptEntry& entry) {
    const Node node(conversion_.bundle.get(), entry.target);
    Node resource = node.parent();
    while (resource && !resource.is_resource())
      resource = resource.parent();
    if (resource != resource_ || out.empty()) {
      if (!out.empty()) out.append("],");
      out.push_back('[');
      const std::string_view path = expressions_.of(resource);
      fhir::path::append_json_string(out, path);
      resource_ = resource;
      prefix_ = path.size();
    }
    const std::string_view path = expressions_.of(node);
    out.append(",[");
    fhir::path::append_json_string(out, path.substr(prefix_ < path.size() ? prefix_ + 1 : 0));
    out.push_back(',');
    append_number(out, rule(entry.rule));
    for (std::uint32_t i = 0; i < entry.sources_count; ++i) {
      out.push_back(',');
      append_number(out, source(conversion_.receipt.sources[entry.sources_begin + i]));
    }
    out.push_back(']');
  }

  std::size_t rule(std::uint32_t id) {
    const auto [known, added] = rule_numbers_.try_emplace(id, rule_numbers_.size());
    if (!added) return known->second;
    const std::string name = conversion_.receipt.rule_name(id);
    const std::size_t end_of_map = std::min(name.find('#'), name.size());
    if (!rules_.empty()) rules_.push_back(',');
    rules_.push_back('[');
    append_number(rules_, map(name.substr(0, end_of_map)));
    rules_.push_back(',');
    fhir::path::append_json_string(rules_,
                                   std::string_view(name).substr(std::min(end_of_map + 1, name.size())));
    rules_.push_back(']');
    return known->second;
  }

  std::size_t map(const std::string& url) {
    const auto [known, added] = map_numbers_.try_emplace(url, map_numbers_.size());
    if (added) {
      if (!maps_.empty()) maps_.push_back(',');
      fhir::path::append_json_string(maps_, url);
    }
    return known->second;
  }

  std::size_t source(NodeIndex index) {
    if (numbers_[index] != kNoNode) return numbers_[index];
    if (!sources_.empty()) sources_.push_back(',');
    sources_.push_back('[');
    append_place(sources_, index);
    const fhir::tree::SourceSpan span = Node(conversion_.source.get(), index).source();
    sources_.push_back(',');
    append_number(sources_, span.offset);
    sources_.push_back(',');
    append_number(sources_, span.length);
    sources_.push_back(']');
    return numbers_[index] = count_++;
  }

  const Conversion& conversion_;
  fhir::tree::Expressions expressions_;
  hl7v2::Locations locations_;
  Node resource_;           ///< That of the element written last.
  std::size_t prefix_ = 0;  ///< Length of its path.
  std::unordered_map<std::string, std::size_t> map_numbers_;
  std::unordered_map<std::uint32_t, std::size_t> rule_numbers_;
  std::vector<std::uint32_t> numbers_;  ///< Of sources, by element.
  std::uint32_t count_ = 0;
  std::string maps_;
  std::string rules_;
  std::string sources_;
};

}  // namespace

std::string receipt_json(const Conversion& conversion) {
  std::string out = "{";
  append_member(out, "controlId", conversion.facts.header.control_id);
  append_member(out, "structure", conversion.facts.structure);
  append_member(out, "entry", conversion.facts.entry);
  append_member(out, "repetitionKey", conversion.facts.repetition_key);
  if (conversion.source == nullptr)
    return out.append(R"(,"maps":[],"rules":[],"sources":[],"elements":[],"unmapped":[]})");
  ReceiptText text(conversion);
  text.append_to(out);
  out.append(R"(,"unmapped":[)");
  for (const Loss& loss : conversion.losses) {
    if (out.back() != '[') out.push_back(',');
    const fhir::tree::SourceSpan span = Node(conversion.source.get(), loss.node).source();
    out.append(R"({"place":)");
    text.append_place(out, loss.node);
    out.append(R"(,"offset":)");
    append_number(out, span.offset);
    out.append(R"(,"length":)");
    append_number(out, span.length);
    out.append(loss.mandatory ? R"(,"mandatory":true})" : "}");
  }
  return out.append("]}");
}

}  // namespace mappings::convert
