#include "mappings/engine/source_index.hpp"

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "fhir/definitions/definitions.hpp"
#include "fhir/tree/tree_builder.hpp"

namespace mappings::engine {
namespace {

using fhir::tree::kNoNode;
using fhir::tree::Node;
using fhir::tree::NodeIndex;

/// All of one name, as the index gives them.
std::vector<NodeIndex> listed(const SourceIndex& index, NodeIndex parent, fhir::tree::NameId name) {
  std::vector<NodeIndex> all;
  for (NodeIndex at = index.first(parent, name); at != kNoNode; at = index.next(at))
    all.push_back(at);
  return all;
}

TEST(SourceIndex, GivesWhatAWalkOverTheSiblingsGives) {
  fhir::tree::TreeBuilder builder(fhir::definitions::r4());
  const fhir::tree::TypeTable& table = builder.table();
  const fhir::tree::RowId row = table.type_root("Bundle");
  std::vector<fhir::tree::NameId> names = {table.find_name("entry"), table.find_name("id"),
                                           table.find_name("link"), builder.intern("notInTheTable")};
  builder.add_root(table.row(row).name, row);
  // Children of several parents grow in turn, so that siblings are not next to each other.
  for (NodeIndex i = 1; i < 500; ++i)
    (void)builder.add(i * 7919u % i, names[i * 31u % names.size()], fhir::tree::kUnknownRow);
  names.push_back(table.find_name("status"));
  names.push_back(fhir::tree::kNoName);
  const fhir::tree::TreePtr tree = builder.finish();
  const SourceIndex index(*tree);
  for (NodeIndex parent = 0; parent < tree->node_count(); ++parent) {
    for (const fhir::tree::NameId name : names) {
      std::vector<NodeIndex> walked;
      for (const Node child : Node(tree.get(), parent).children()) {
        if (child.name_id() == name) walked.push_back(child.index());
      }
      EXPECT_EQ(listed(index, parent, name), walked) << parent;
    }
  }
}

}  // namespace
}  // namespace mappings::engine
