#include "mappings/convert/set_ids.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>

#include "fhir/tree/tree_builder.hpp"

namespace mappings::convert {

using fhir::tree::Node;
using fhir::tree::NodeIndex;

namespace {

constexpr std::array<std::string_view, 7> kNumbered = {"DG1", "AL1", "NK1", "GT1", "OBX", "CON", "NTE"};

}  // namespace

fhir::tree::TreePtr with_set_ids(const fhir::tree::TreePtr& message) {
  const fhir::tree::Tree& tree = *message;
  const auto count = static_cast<NodeIndex>(tree.node_count());
  fhir::tree::TreeBuilder builder(tree.table(), tree.node_count());
  for (NodeIndex at = 0; at < count; ++at) {
    const fhir::tree::NodeRecord& record = tree.record(at);
    const Node node(&tree, at);
    const bool local = (record.name & fhir::tree::kLocalName) != 0;
    const fhir::tree::NameId name = local ? builder.intern(node.name()) : record.name;
    const NodeIndex went =
        at == 0 ? builder.add_root(name, record.row) : builder.add(record.parent, name, record.row);
    builder.set_source(went, record.source);
    if (record.kind != fhir::tree::ValueKind::kNone) builder.set_value(went, record.kind, node.text());
  }
  // Behind all others, so that these keep their places.
  std::map<std::pair<std::string_view, NodeIndex>, unsigned> last;
  for (NodeIndex at = 1; at < count; ++at) {
    const Node segment(&tree, at);
    if (std::ranges::find(kNumbered, segment.name()) == kNumbered.end()) continue;
    const std::string field = std::string(segment.name()).append("_1");
    if (segment.child(field)) continue;
    const NodeIndex scope = segment.name() == "NTE" ? tree.record(at).parent : 0;
    const unsigned number = ++last[{segment.name(), scope}];
    const NodeIndex made =
        builder.add(at, tree.table().find_name(field), tree.table().child(segment.row_id(), field));
    builder.set_value(made, fhir::tree::ValueKind::kString, std::to_string(number));
  }
  return builder.finish();
}

}  // namespace mappings::convert
