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
    "RF1_3.c2",  "RF1_6.c1", "RF1_9",    "RF1_10.c1", "RF1_10.c2", "RF1_14",    "RF1_11.c1", "DG1_3.c1",
    "DG1_3.c2",  "DG1_4",    "OBX_3.c1", "OBX_3.c2",  "OBX_5",     "NTE_3",     "CON_2",     "CON_11",
});

/// Read by the converter itself, or without content of their own.
constexpr auto kSteering = std::to_array<std::string_view>({
    "MSH_1",  "MSH_2",  "MSH_5",  "MSH_6",  "MSH_7",  "MSH_9",  "MSH_10", "MSH_11", "MSH_12", "MSH_13",
    "MSH_15", "MSH_16", "MSH_17", "MSH_18", "MSH_19", "MSH_20", "MSH_21", "EVN_1",  "OBX_2",
});

/// True if anything at or below `node` was carried. Children stand behind their parent, before its next
/// sibling.
bool any_carried(Node node, const std::vector<bool>& used) {
  if (!node) return false;
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

Node first_leaf(Node node) {
  while (const Node child = node.first_child())
    node = child;
  return node;
}

/// What was carried from another place of the message: the name of a question whose code was; the referrer
/// and the practice of PRD, who are the registered ones of PD1-3 and PD1-4 too and are made once.
bool is_said_elsewhere(Node part, const std::vector<bool>& used) {
  const Node field = part.parent();
  if (!field) return false;
  if (field.name() == "OBX_3" && part.name() == "c2") return any_carried(field.child("c1"), used);
  if (field.name() != "PRD_2" && field.name() != "PRD_7" && field.name() != "PRD_10") return false;
  const std::string_view registered = field.name() == "PRD_10" ? "PD1_3" : "PD1_4";
  for (const Node known : field.tree()->root().at("PD1").children(registered)) {
    for (const Node name : known.children()) {
      if (any_carried(name, used) && first_leaf(name).text() == first_leaf(part).text()) return true;
    }
  }
  return false;
}

bool is_lost(Node part, const std::vector<bool>& used) {
  return part && !any_carried(part, used) && !is_said_elsewhere(part, used);
}

}  // namespace

std::span<const std::string_view> mandatory_fields() noexcept {
  return kMandatory;
}

LossFinder::LossFinder(const fhir::tree::TypeTable& v2) {
  std::size_t names = 0;
  for (const fhir::tree::TypeRow& row : v2.rows)
    names = std::max<std::size_t>(names, row.name + 1U);
  fields_.resize(names, Field::kNone);
  parts_.resize(names);
  for (const fhir::tree::TypeRow& row : v2.rows) {
    const std::string_view name = v2.name(row.name);
    if (name.size() < 5 || name[3] != '_' || name[4] < '0' || name[4] > '9') continue;
    const bool set_id = row.type != fhir::tree::kNoName && v2.name(row.type) == "SI";
    fields_[row.name] = set_id ? Field::kSteering : Field::kOrdinary;
  }
  for (const std::string_view name : kSteering)
    fields_.at(v2.find_name(name)) = Field::kSteering;
  for (const std::string_view entry : kMandatory) {
    const std::size_t dot = entry.find('.');
    const fhir::tree::NameId field = v2.find_name(entry.substr(0, dot));
    fields_.at(field) = dot == std::string_view::npos ? Field::kMandatory : Field::kMandatoryParts;
    if (dot != std::string_view::npos) parts_[field].push_back(v2.find_name(entry.substr(dot + 1)));
  }
}

/// A Z field has a name of the tree and is an ordinary one.
LossFinder::Standing LossFinder::standing(Node node) const {
  Node below;
  for (; node; below = node, node = node.parent()) {
    const fhir::tree::NameId name = node.name_id();
    if (name >= fields_.size()) {
      const std::string_view text = node.name();
      if (text.size() > 4 && text[3] == '_') return {{}, true};
      continue;
    }
    switch (fields_[name]) {
      case Field::kNone: break;
      case Field::kOrdinary: return {{}, true};
      case Field::kSteering: return {};
      case Field::kMandatory: return {node, true};
      case Field::kMandatoryParts: {
        const bool listed = below && std::ranges::find(parts_[name], below.name_id()) != parts_[name].end();
        return {listed ? below : Node(), true};
      }
    }
  }
  return {};
}

std::vector<Loss> LossFinder::find(const engine::Receipt& receipt, Node source, bool is_referral) const {
  std::vector<Loss> losses;
  const fhir::tree::Tree& tree = *source.tree();
  const std::vector<bool> used = is_referral ? carried(receipt, tree) : std::vector<bool>();
  std::vector<bool> listed(tree.node_count(), false);
  losses.reserve(receipt.unmapped.size());
  for (const NodeIndex node : receipt.unmapped) {
    const Standing place = standing(Node(&tree, node));
    if (!place.counts) continue;
    listed[node] = true;
    losses.push_back({node, is_referral && is_lost(place.part, used)});
  }
  if (!is_referral) return losses;
  // Read, and nothing made of it.
  for (NodeIndex at = 0; at < tree.node_count(); ++at) {
    const Node node(&tree, at);
    if (used[at] || listed[at] || !node.has_value()) continue;
    const Standing place = standing(node);
    if (is_lost(place.part, used)) losses.push_back({at, true});
  }
  return losses;
}

std::string place_of(const Conversion& conversion, const Loss& loss) {
  if (conversion.source == nullptr) return {};
  return hl7v2::to_text(hl7v2::location(Node(conversion.source.get(), loss.node)));
}

}  // namespace mappings::convert
