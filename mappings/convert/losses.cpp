#include "mappings/convert/losses.hpp"

#include <algorithm>
#include <array>

#include "mappings/hl7v2/location.hpp"

namespace mappings::convert {
namespace {

using fhir::tree::Node;
using fhir::tree::NodeIndex;

/// Patient, referrer and request, problem, red-flag screen, consent: what triage cannot do without.
constexpr auto kMandatory = std::to_array<std::string_view>({
    "PID_3.c1",  "PID_5.c1", "PID_5.c2", "PID_7",     "PID_8.c1",  "PID_11.c1", "PID_11.c3", "PID_11.c5",
    "PID_13.c1", "PD1_3.c3", "PD1_4.c1", "PRD_2.c1",  "PRD_7.c1",  "PRD_10.c1", "RF1_2.c1",  "RF1_3.c1",
    "RF1_3.c2",  "RF1_6.c1", "RF1_9",    "RF1_10.c1", "RF1_10.c2", "RF1_11.c1", "DG1_3.c1",  "DG1_3.c2",
    "DG1_4",     "OBX_3.c1", "OBX_3.c2", "OBX_5",     "NTE_3",     "CON_2",     "CON_11",
});

/// Read by the converter itself, or without content of their own.
constexpr auto kSteering = std::to_array<std::string_view>({
    "MSH_1",  "MSH_2",  "MSH_5",  "MSH_6",  "MSH_7",  "MSH_9",  "MSH_10", "MSH_11", "MSH_12", "MSH_13",
    "MSH_15", "MSH_16", "MSH_17", "MSH_18", "MSH_19", "MSH_20", "MSH_21", "EVN_1",  "OBX_2",
});

/// The field an element stands in, and the component.
struct Standing {
  Node field;
  Node component;
};

Standing standing(Node node) {
  Standing found;
  Node below;
  while (node) {
    const std::string_view name = node.name();
    if (name.size() > 4 && name[3] == '_') {
      found.field = node;
      found.component = below;
      return found;
    }
    below = node;
    node = node.parent();
  }
  return found;
}

bool is_steering(Node field) {
  return field.type() == "SI" || std::ranges::find(kSteering, field.name()) != kSteering.end();
}

/// The whole of what must not be lost: the field, or one component of it. Empty when it is not mandatory.
Node mandatory_part(const Standing& place) {
  const std::string_view field = place.field.name();
  for (const std::string_view entry : kMandatory) {
    if (!entry.starts_with(field)) continue;
    const std::string_view part = entry.substr(field.size());
    if (part.empty()) return place.field;
    if (part.front() == '.' && place.component && part.substr(1) == place.component.name())
      return place.component;
  }
  return {};
}

/// True if anything at or below `node` was carried. Children stand behind their parent, before its next
/// sibling.
bool any_carried(Node node, const std::vector<bool>& used) {
  if (used[node.index()]) return true;
  return std::ranges::any_of(node.children(), [&](Node child) { return any_carried(child, used); });
}

/// Elements of the source that gave something, with everything below them.
std::vector<bool> carried(const engine::Receipt& receipt, const fhir::tree::Tree& tree) {
  std::vector<bool> carried(tree.node_count(), false);
  for (const NodeIndex node : receipt.sources) {
    // A segment or group is what set a rule off, not what its text came from.
    if (Node(&tree, node).has_value() || tree.record(node).first_child == fhir::tree::kNoNode)
      carried[node] = true;
  }
  for (NodeIndex at = 1; at < tree.node_count(); ++at) {
    const NodeIndex parent = tree.record(at).parent;
    if (parent != fhir::tree::kNoNode && carried[parent]) carried[at] = true;
  }
  return carried;
}

}  // namespace

std::span<const std::string_view> mandatory_fields() noexcept {
  return kMandatory;
}

std::vector<Loss> find_losses(const engine::Receipt& receipt, Node source, bool is_referral) {
  std::vector<Loss> losses;
  const fhir::tree::Tree& tree = *source.tree();
  std::vector<bool> listed(tree.node_count(), false);
  for (const NodeIndex node : receipt.unmapped) {
    const Standing place = standing(Node(&tree, node));
    if (!place.field || is_steering(place.field)) continue;
    listed[node] = true;
    losses.push_back({node, false});
  }
  if (!is_referral) return losses;
  const std::vector<bool> used = carried(receipt, tree);
  const auto is_lost = [&](Node node) {
    const Standing place = standing(node);
    if (!place.field || is_steering(place.field)) return false;
    const Node part = mandatory_part(place);
    return part && !any_carried(part, used);
  };
  for (Loss& loss : losses)
    loss.mandatory = is_lost(Node(&tree, loss.node));
  // Read, and nothing made of it.
  for (NodeIndex at = 0; at < tree.node_count(); ++at) {
    const Node node(&tree, at);
    if (!used[at] && !listed[at] && node.has_value() && is_lost(node)) losses.push_back({at, true});
  }
  return losses;
}

std::string place_of(const Conversion& conversion, const Loss& loss) {
  if (conversion.source == nullptr) return {};
  return hl7v2::to_text(hl7v2::location(Node(conversion.source.get(), loss.node)));
}

}  // namespace mappings::convert
