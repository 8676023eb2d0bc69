// The official input and expected pairs of snapshot generation (FHIR R4B bases; run on those of R4).
#include <cstdlib>
#include <gtest/gtest.h>
#include <iostream>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/packages/registry.hpp"
#include "fhir/snapshot/snapshots.hpp"
#include "fhir/tree/resource_builder.hpp"
#include "fhir/xml/reader.hpp"
#include "tests/conformance/snapshot/comparison.hpp"
#include "tests/conformance/suites.hpp"

namespace fhir::conformance {
namespace {

namespace fs = std::filesystem;

// What was reached. The others, and why:
//   t13          its differential names a part of another extension's definition (`...#code`)
//   t31, sushi2, ca-patient  a slice of a choice inside a slice: its name is expected on the unsliced element
//   obs-2-2      slicing by type said to be open is expected to be closed though other types stay allowed
//   slice23      the slicing a differential gives to a slice is expected to be lost
//   nl-med       children of a profiled resource in a Bundle are expected at paths outside the Bundle
//   choice_min_1 an element is expected without the types it has
//   pat-xver-extension  needs the extensions between versions, which are in no package here
//   org2a        its base comes only with a later case
//   ccda-problem-section  a logical model with choice groups: largest numbers are expected to follow from a
//   neighbour t23a, simplifier-1 (to be refused)  elements out of order, which we put in order; a profile
//   that is not there
constexpr int kAgreeing = 83;
constexpr int kRefused = 16;

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
  const std::string bytes = bytes_of(file);
  return file.extension() == ".json" ? json::read(bytes, definitions::r4()).tree
                                     : xml::read(bytes, definitions::r4()).tree;
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
    const tree::TreePtr tree = get(name);
    if (tree == nullptr || tree->root().type() != "StructureDefinition" ||
        !tree->root().child("differential"))
      return tree;
    if (!registry.find(tree->root().child("baseDefinition").text())) return tree;
    tree::ResourceBuilder out(definitions::r4(), "StructureDefinition");
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

bool wants_detail(const std::string& id) {
  const char* wanted = std::getenv("LIGAMENT_SNAPSHOT_DETAIL");
  return wanted != nullptr && (std::string(wanted) == "all" || std::string(wanted) == id);
}

void print_detail(const std::string& id, const Comparison& comparison, const IssueList& issues) {
  if (!wants_detail(id)) return;
  for (const std::string& difference : comparison.differences)
    std::cout << "    " << difference << '\n';
  for (const Issue& issue : issues.items())
    std::cout << "    ! " << to_code(issue.severity) << ' ' << issue.expression << ": " << issue.text << '\n';
}

TEST(SnapshotPairs, AgreeWithTheOfficialOnes) {
  const fs::path folder = suite("fhir-test-cases/r4b/snapshot-generation");
  if (folder.empty()) GTEST_SKIP() << "LIGAMENT_SUITES has no snapshot-generation";
  const Pairs pairs(folder);
  Comparison total;
  int agreeing = 0;
  int compared = 0;
  int refused = 0;
  int to_refuse = 0;
  const std::vector<PairCase> cases = read_manifest(bytes_of(folder / "manifest.xml"));
  for (const PairCase& each : cases) {
    const tree::TreePtr input = pairs.get(each.id + "-input");
    if (input == nullptr) {
      std::cout << each.id << ": no input\n";
      continue;
    }
    const packages::Registry registry = pairs.registry_for(each, cases);
    const snapshot::Snapshots snapshots(registry);
    IssueList issues;
    const tree::Node made = snapshots.structure(input->root().child("url").text(), issues);
    if (each.fails) {
      ++to_refuse;
      if (issues.has_error()) ++refused;
      if (!issues.has_error()) std::cout << each.id << ": should be refused\n";
      print_detail(each.id, {}, issues);
      continue;
    }
    const tree::TreePtr expected = pairs.get(each.id + "-expected");
    if (expected == nullptr || !expected->root().child("snapshot")) {
      std::cout << each.id << ": no expected snapshot\n";
      continue;
    }
    ++compared;
    const Comparison comparison = compare_snapshots(expected->root(), made);
    total.add(comparison);
    if (comparison.total_differing() == 0 && !issues.has_error()) ++agreeing;
    if (comparison.total_differing() != 0 || issues.has_error()) {
      std::cout << each.id << ": " << comparison.total_differing() << " differences"
                << (issues.has_error() ? ", errors" : "") << '\n';
      print_detail(each.id, comparison, issues);
    }
  }
  std::cout << agreeing << " of " << compared << " pairs agree; " << refused << " of " << to_refuse
            << " refused\n"
            << summary(total) << '\n';
  EXPECT_GE(agreeing, kAgreeing) << "of " << compared;
  EXPECT_GE(refused, kRefused) << "of " << to_refuse;
}

}  // namespace
}  // namespace fhir::conformance
