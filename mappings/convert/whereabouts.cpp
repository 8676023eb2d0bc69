#include "mappings/convert/whereabouts.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "fhir/tree/tree_builder.hpp"

namespace mappings::convert {

using fhir::tree::kNoNode;
using fhir::tree::Node;
using fhir::tree::NodeIndex;

namespace {

constexpr std::array<std::string_view, 8> kTelling = {
    "address", "telecom",   "contact",  "generalPractitioner", "managingOrganization",
    "text",    "contained", "extension"};

bool restricts(Node coding) noexcept {
  const std::string_view code = coding.child("code").text();
  return code == "R" || code == "V" || code == "S";
}

bool is_marked(Node resource) noexcept {
  for (const Node coding : resource.child("meta").children("security")) {
    if (restricts(coding)) return true;
  }
  for (const Node label : resource.children("securityLabel")) {
    for (const Node coding : label.children("coding")) {
      if (restricts(coding)) return true;
    }
  }
  return false;
}

bool tells(Node node) noexcept {
  const Node parent = node.parent();
  return parent && parent.type() == "Patient" && parent.name() == "resource" &&
         std::ranges::find(kTelling, node.name()) != kTelling.end();
}

}  // namespace

bool is_restricted(Node bundle) noexcept {
  if (is_marked(bundle)) return true;
  for (const Node entry : bundle.children("entry")) {
    const Node resource = entry.child("resource");
    const bool counts = resource.type() == "Patient" || resource.type() == "DocumentReference" ||
                        resource.type() == "ServiceRequest";
    if (counts && is_marked(resource)) return true;
  }
  return false;
}

fhir::tree::TreePtr without_whereabouts(Node bundle) {
  const fhir::tree::Tree& tree = *bundle.tree();
  fhir::tree::TreeBuilder builder(tree.table(), tree.node_count());
  std::vector<NodeIndex> went(tree.node_count(), kNoNode);
  for (NodeIndex at = 0; at < tree.node_count(); ++at) {
    const fhir::tree::NodeRecord& record = tree.record(at);
    const Node node(&tree, at);
    if (at != 0 && (went[record.parent] == kNoNode || tells(node))) continue;
    const bool local = (record.name & fhir::tree::kLocalName) != 0;
    const fhir::tree::NameId name = local ? builder.intern(node.name()) : record.name;
    went[at] =
        at == 0 ? builder.add_root(name, record.row) : builder.add(went[record.parent], name, record.row);
    builder.set_source(went[at], record.source);
    if (record.kind != fhir::tree::ValueKind::kNone) builder.set_value(went[at], record.kind, node.text());
  }
  return builder.finish();
}

}  // namespace mappings::convert
