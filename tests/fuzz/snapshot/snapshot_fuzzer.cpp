// Any bytes as a StructureDefinition, or a Bundle of them: no crash, no leak, no end that does not come, and
// elements whose paths make a tree.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/packages/registry.hpp"
#include "fhir/snapshot/snapshots.hpp"

namespace {

/// Every path is below the one before it, or beside one of its parents.
void check_paths(fhir::tree::Node structure) {
  std::string before;
  for (const fhir::tree::Node element : structure.child("snapshot").children("element")) {
    const std::string path(element.child("path").text());
    const std::size_t dot = path.rfind('.');
    const std::string parent = dot == std::string::npos ? std::string() : path.substr(0, dot);
    const bool follows =
        before.empty() ? parent.empty() : before == parent || (before + ".").rfind(parent + ".", 0) == 0;
    if (path.empty() || !follows) std::abort();
    before = path;
  }
}

void generate(fhir::packages::Registry& registry, const fhir::tree::TreePtr& tree,
              fhir::tree::Node structure) {
  if (!registry.add(tree).has_value()) return;
  const fhir::snapshot::Snapshots snapshots(registry);
  fhir::IssueList issues;
  const fhir::tree::TreePtr made = snapshots.make(structure, issues);
  if (made == nullptr && !issues.has_error()) std::abort();
  if (made != nullptr) check_paths(made->root());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace fhir;
  // The core is opened once: its pieces are most of the cost. What inputs add to it stays small.
  static packages::Registry registry = packages::Registry::core();
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const tree::ReadOutcome read = json::read(text, definitions::r4());
  if (read.tree == nullptr) return 0;
  const tree::Node root = read.tree->root();
  if (root.type() == "StructureDefinition") generate(registry, read.tree, root);
  for (const tree::Node entry : root.children("entry")) {
    if (entry.child("resource").type() == "StructureDefinition")
      generate(registry, read.tree, entry.child("resource"));
  }
  return 0;
}
