#include "conformance/runner/snapshot_pairs.hpp"

#include <map>
#include <string_view>
#include <utility>

#include "conformance/runner/files.hpp"
#include "fhir/definitions/definitions.hpp"
#include "fhir/packages/registry.hpp"
#include "fhir/snapshot/snapshots.hpp"
#include "fhir/tree/resource_builder.hpp"

namespace conformance {
namespace {

namespace fs = std::filesystem;
namespace packages = fhir::packages;

struct PairCase {
  std::string id;
  std::vector<std::string> registered;
  bool fails = false;
};

std::string attribute(const std::string& tag, const std::string& name) {
  const std::string start = " " + name + "=\"";
  const std::size_t at = tag.find(start);
  if (at == std::string::npos) return {};
  const std::size_t from = at + start.size();
  return tag.substr(from, tag.find('"', from) - from);
}

/// The manifest is no FHIR resource; its tags are simple enough to be cut out. Comments hold dead cases.
std::vector<PairCase> read_manifest(std::string text) {
  for (std::size_t at = text.find("<!--"); at != std::string::npos; at = text.find("<!--"))
    text.erase(at, text.find("-->", at) + 3 - at);
  std::vector<PairCase> out;
  for (std::size_t at = text.find("<test "); at != std::string::npos; at = text.find("<test ", at + 1)) {
    const std::string tag = text.substr(at, text.find('>', at) - at);
    PairCase each;
    each.id = attribute(tag, "id");
    each.fails = attribute(tag, "fail") == "true";
    for (const char* name : {"register", "include"}) {
      std::string list = attribute(tag, name);
      while (!list.empty()) {
        const std::size_t comma = list.find(',');
        each.registered.push_back(list.substr(0, comma));
        list = comma == std::string::npos ? std::string() : list.substr(comma + 1);
      }
    }
    out.push_back(std::move(each));
  }
  return out;
}

tree::TreePtr read(const fs::path& file) {
  return read_resource(bytes_of(file)).tree;
}

class Pairs {
 public:
  explicit Pairs(const fs::path& folder) : folder_(folder) {
    for (const fs::path& file : files_of(folder)) {
      if (file.extension() != ".xml" && file.extension() != ".json") continue;
      if (tree::TreePtr tree = read(file)) trees_[file.stem().string()] = std::move(tree);
    }
  }

  [[nodiscard]] tree::TreePtr get(const std::string& name) const {
    const auto found = trees_.find(name);
    return found == trees_.end() ? nullptr : found->second;
  }

  /// A structure to be generated again, whatever snapshot its file has.
  [[nodiscard]] tree::TreePtr bare(const std::string& name, const packages::Registry& registry) const {
    tree::TreePtr tree = get(name);
    if (tree == nullptr || tree->root().type() != "StructureDefinition" ||
        !tree->root().child("differential"))
      return tree;
    if (!registry.find(tree->root().child("baseDefinition").text())) return tree;
    tree::ResourceBuilder out(fhir::definitions::r4(), "StructureDefinition");
    out.copy_children(tree->root(), {"snapshot"});
    return out.finish();
  }

  /// The core, the inputs of the cases before, what the case registers, and the case itself.
  [[nodiscard]] packages::Registry registry_for(const PairCase& each,
                                                const std::vector<PairCase>& all) const {
    packages::Registry registry = packages::Registry::core();
    for (const PairCase& before : all) {
      if (before.id == each.id) break;
      (void)registry.add(bare(before.id + "-input", registry));
    }
    for (const std::string& name : each.registered)
      (void)registry.add(bare(name, registry));
    (void)registry.add(bare(each.id + "-input", registry));
    return registry;
  }

 private:
  fs::path folder_;
  std::map<std::string, tree::TreePtr> trees_;
};

PairResult run_pair(const PairCase& each, const std::vector<PairCase>& all, const Pairs& pairs) {
  PairResult result;
  result.id = each.id;
  result.fails = each.fails;
  const tree::TreePtr input = pairs.get(each.id + "-input");
  if (input == nullptr) {
    result.uncompared = "no input";
    return result;
  }
  const packages::Registry registry = pairs.registry_for(each, all);
  const fhir::snapshot::Snapshots snapshots(registry);
  const tree::Node made = snapshots.structure(input->root().child("url").text(), result.issues);
  if (each.fails) return result;
  const tree::TreePtr expected = pairs.get(each.id + "-expected");
  if (expected == nullptr || !expected->root().child("snapshot")) {
    result.uncompared = "no expected snapshot";
    return result;
  }
  result.comparison = compare_snapshots(expected->root(), made);
  return result;
}

}  // namespace

std::vector<PairResult> run_snapshot_pairs(const std::filesystem::path& folder) {
  std::vector<PairResult> results;
  if (!std::filesystem::is_directory(folder)) return results;
  const Pairs pairs(folder);
  const std::vector<PairCase> cases = read_manifest(bytes_of(folder / "manifest.xml"));
  for (const PairCase& each : cases)
    results.push_back(run_pair(each, cases, pairs));
  return results;
}

}  // namespace conformance
