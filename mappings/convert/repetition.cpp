#include "mappings/convert/repetition.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace mappings::convert {
namespace {

using fhir::tree::Node;

constexpr std::array<std::string_view, 6> kNumbers = {"RF1_6", "RF1_11", "ORC_2", "TXA_12", "SCH_1", "SCH_2"};

}  // namespace

std::string hexadecimal(const Digest& digest) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  out.reserve(digest.size() * 2);
  for (const std::uint8_t byte : digest)
    out.append({kHex[byte >> 4u], kHex[byte & 15u]});
  return out;
}

bool has_business_number(Node message) {
  if (!message) return false;
  const fhir::tree::Tree& tree = *message.tree();
  std::array<fhir::tree::NameId, kNumbers.size()> names{};
  std::ranges::transform(kNumbers, names.begin(),
                         [&](std::string_view name) { return tree.table().find_name(name); });
  for (fhir::tree::NodeIndex at = 0; at < tree.node_count(); ++at) {
    const Node node(&tree, at);
    if (std::ranges::find(names, node.name_id()) == names.end()) continue;
    if (!node.child("c1").text().empty() || !node.child("c3").text().empty()) return true;
  }
  return false;
}

Digest repetition_digest(std::string_view bytes, Node message, bool numbered, const KeyedHash& hash) {
  if (!numbered) return hash(bytes);
  std::string content;
  content.reserve(bytes.size());
  std::size_t from = 0;
  for (const std::string_view field : {"MSH_7", "MSH_10"}) {
    const fhir::tree::SourceSpan span = message.at("MSH", field).source();
    if (span.length == 0 || span.offset < from) continue;
    content.append(bytes.substr(from, span.offset - from));
    from = span.offset + span.length;
  }
  content.append(bytes.substr(from));
  return hash(content);
}

}  // namespace mappings::convert
