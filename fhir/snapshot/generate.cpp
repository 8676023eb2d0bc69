#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "fhir/definitions/definitions.hpp"
#include "fhir/snapshot/difference.hpp"
#include "fhir/snapshot/element.hpp"
#include "fhir/snapshot/merge.hpp"
#include "fhir/snapshot/overlay.hpp"
#include "fhir/snapshot/snapshots.hpp"

namespace fhir::snapshot {
namespace {

std::string_view tail_of(std::string_view type) {
  const std::size_t slash = type.rfind('/');
  return slash == std::string_view::npos ? type : type.substr(slash + 1);
}

void refuse(IssueList& issues, IssueType type, std::string_view where, std::string text) {
  issues.add(Severity::kFatal, type, "StructureDefinition." + std::string(where), std::move(text));
}

/// The base's elements under the name of the new type.
std::unique_ptr<Element> base_elements(tree::Node structure, const Difference* difference, tree::Node base,
                                       bool specializes, IssueList& issues) {
  const std::string type(structure.child("type").text());
  const std::string name = difference != nullptr ? difference->name : std::string(tail_of(type));
  const std::string base_type_url = specializes ? std::string() : type_canonical(base.child("type").text());
  Result<std::unique_ptr<Element>> read = read_snapshot(base, name, base_type_url);
  if (!read.has_value()) {
    refuse(issues, IssueType::kProcessing, "baseDefinition",
           "The snapshot of the base cannot be used: " + read.error().detail);
    return nullptr;
  }
  return std::move(read).value();
}

/// Mappings of the base that the structure does not declare itself.
std::vector<tree::Node> inherited_mappings(tree::Node structure, tree::Node base) {
  std::vector<tree::Node> out;
  for (const tree::Node mapping : base.children("mapping")) {
    bool declared = false;
    for (const tree::Node own : structure.children("mapping"))
      declared = declared || own.child("identity").text() == mapping.child("identity").text();
    if (!declared) out.push_back(mapping);
  }
  return out;
}

/// A new type is its own base, and a new resource or primitive does not say that its extensions are sliced,
/// as the data types do.
void settle_new_type(Element& root, bool keeps_slicing) {
  Piece base = Piece::group("base");
  base.set("path", root.name);
  base.set("min", root.definition.text("min"));
  base.set("max", root.definition.text("max"));
  root.definition.set(std::move(base));
  std::vector<Element*> pending{&root};
  while (!keeps_slicing && !pending.empty()) {
    Element* at = pending.back();
    pending.pop_back();
    if (at->name == "extension" || at->name == "modifierExtension") at->definition.erase("slicing");
    for (const std::unique_ptr<Element>& each : at->children)
      pending.push_back(each.get());
  }
}

tree::TreePtr write_structure(tree::Node structure, const std::vector<tree::Node>& mappings,
                              const Element& root) {
  tree::ResourceBuilder out(definitions::r4(), "StructureDefinition");
  out.copy_children(structure, {"snapshot"});
  for (const tree::Node mapping : mappings)
    out.copy("mapping", mapping);
  out.open("snapshot");
  write_elements(root, out);
  out.close();
  return out.finish();
}

}  // namespace

tree::TreePtr generate(tree::Node structure, Structures& structures, IssueList& issues) {
  if (structure.type() != "StructureDefinition") {
    refuse(issues, IssueType::kInvalid, "type", "Not a StructureDefinition");
    return nullptr;
  }
  const std::string base_url(structure.child("baseDefinition").text());
  if (base_url.empty()) {
    refuse(issues, IssueType::kRequired, "baseDefinition", "There is no base to build on");
    return nullptr;
  }
  const tree::Node base = structures.structure(base_url);
  if (!base) {
    refuse(issues, IssueType::kNotFound, "baseDefinition",
           "The base is not known, is built on this structure, or has no snapshot: " + base_url);
    return nullptr;
  }
  MergeSettings settings;
  settings.url = structure.child("url").text();
  settings.type_url = type_canonical(structure.child("type").text());
  settings.specializes = structure.child("derivation").text() == "specialization";
  settings.is_fhir_type =
      structure.child("kind").text() != "logical" || type_fits(base.child("type").text(), "Resource");
  const std::unique_ptr<Difference> difference = read_differential(structure, issues);
  const std::unique_ptr<Element> root =
      base_elements(structure, difference.get(), base, settings.specializes, issues);
  if (root == nullptr) return nullptr;
  if (difference != nullptr) {
    if (!settings.specializes && difference->name != tail_of(structure.child("type").text())) {
      issues.add(Severity::kError, IssueType::kInvalid, place_of(*difference) + ".path",
                 "The paths do not start with the type of the structure");
    }
    Merge(structures, settings, issues).run(*root, *difference);
  }
  if (settings.specializes && settings.is_fhir_type) {
    const bool keeps_slicing =
        structure.child("kind").text() == "complex-type" || structure.child("abstract").text() == "true";
    settle_new_type(*root, keeps_slicing);
  }
  if (root->count() > kMaxElements) {
    refuse(issues, IssueType::kTooCostly, "differential", "The snapshot would have too many elements");
    return nullptr;
  }
  return write_structure(structure, inherited_mappings(structure, base), *root);
}

}  // namespace fhir::snapshot
