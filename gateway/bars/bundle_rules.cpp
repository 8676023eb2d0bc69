#include "gateway/bars/bundle_rules.hpp"

#include <algorithm>
#include <cstdint>

#include "fhir/tree/expression.hpp"
#include "gateway/identity/identifiers.hpp"

namespace gateway::bars {
namespace {

using fhir::IssueType;
using fhir::Severity;
using fhir::tree::Node;
using fhir::tree::NodeIndex;

std::string without_spaces(std::string_view text) {
  std::string out(text);
  std::erase(out, ' ');
  return out;
}

std::string nhs_number(Node patient) {
  for (const Node identifier : patient.children("identifier")) {
    if (identity::canonical_system(identifier.child("system").text()) == identity::kNhsNumberSystem) {
      return without_spaces(identifier.child("value").text());
    }
  }
  return {};
}

/// A literal that names a Patient: `Patient/x`, `https://host/Patient/x`.
bool names_patient(std::string_view reference) {
  constexpr std::string_view kType = "Patient/";
  const std::size_t at = reference.rfind(kType);
  return at != std::string_view::npos && (at == 0 || reference[at - 1] == '/');
}

/// Patient.link and what stands inside a Patient may name other records of the same person.
bool inside_link(Node reference) {
  return reference.parent().name() == "link";
}

bool other_patient(const BarsMessage& message, Node reference, const std::string& number) {
  const std::string_view literal = reference.child("reference").text();
  if (const Node target = message.index.resolve(literal)) {
    if (target.type() == "Patient")
      return std::ranges::find(message.patients, target) == message.patients.end();
  } else if (names_patient(literal)) {
    return true;
  }
  const Node identifier = reference.child("identifier");
  if (number.empty() || !identifier) return false;
  return identity::canonical_system(identifier.child("system").text()) == identity::kNhsNumberSystem &&
         without_spaces(identifier.child("value").text()) != number;
}

bool leads_up(std::string_view name) {
  return name == "basedOn" || name == "partOf" || name == "replaces";
}

/// Entries as a graph: which entry names which as its basis.
class Hierarchy {
 public:
  explicit Hierarchy(const BarsMessage& message) {
    for (const Node entry : message.tree->root().children("entry")) {
      const Node resource = entry.child("resource");
      if (!resource) continue;
      positions_.emplace(resource.index(), resources_.size());
      resources_.push_back(resource);
    }
    edges_.resize(resources_.size());
    for (std::size_t at = 0; at < resources_.size(); ++at)
      add_edges(message, at);
  }

  /// An entry on a circle, or an empty node. Depth first with its own stack.
  [[nodiscard]] Node find_circle() const {
    std::vector<std::uint8_t> colour(resources_.size(), kNew);
    for (std::size_t start = 0; start < resources_.size(); ++start) {
      if (const Node found = walk(start, colour)) return found;
    }
    return {};
  }

 private:
  static constexpr std::uint8_t kNew = 0;
  static constexpr std::uint8_t kOpen = 1;
  static constexpr std::uint8_t kDone = 2;
  struct Frame {
    std::size_t at;
    std::size_t next;
  };

  void add_edges(const BarsMessage& message, std::size_t at) {
    for (const Node child : resources_[at].children()) {
      if (!leads_up(child.name())) continue;
      const Node target = message.index.resolve(child);
      const auto position = target ? positions_.find(target.index()) : positions_.end();
      if (position != positions_.end()) edges_[at].push_back(position->second);
    }
  }

  [[nodiscard]] Node walk(std::size_t start, std::vector<std::uint8_t>& colour) const {
    if (colour[start] != kNew) return {};
    std::vector<Frame> stack = {{start, 0}};
    colour[start] = kOpen;
    while (!stack.empty()) {
      Frame& top = stack.back();
      if (top.next == edges_[top.at].size()) {
        colour[top.at] = kDone;
        stack.pop_back();
        continue;
      }
      const std::size_t to = edges_[top.at][top.next++];
      if (colour[to] == kOpen) return resources_[to];
      if (colour[to] != kNew) continue;
      colour[to] = kOpen;
      stack.push_back({to, 0});
    }
    return {};
  }

  std::vector<Node> resources_;
  std::unordered_map<NodeIndex, std::size_t> positions_;
  std::vector<std::vector<std::size_t>> edges_;
};

}  // namespace

void check_one_patient(const BarsMessage& message, fhir::IssueList& issues) {
  const fhir::tree::Tree& tree = *message.tree;
  const fhir::tree::NameId reference_type = tree.table().find_name("Reference");
  const bool several = message.patients.size() > 1;
  const std::string number = several ? std::string() : nhs_number(message.patient);
  for (NodeIndex at = 0; at < tree.node_count(); ++at) {
    const Node node(&tree, at);
    if (node.row().type != reference_type || inside_link(node)) continue;
    if (other_patient(message, node, number)) {
      issues.add(Severity::kError, IssueType::kInvariant, expression(node),
                 "this refers to another patient than the one of the message");
    }
  }
}

void check_no_circle(const BarsMessage& message, fhir::IssueList& issues) {
  if (const Node found = Hierarchy(message).find_circle()) {
    issues.add(Severity::kError, IssueType::kInvariant, expression(found),
               "basedOn, partOf and replaces lead back to this resource");
  }
}

}  // namespace gateway::bars
