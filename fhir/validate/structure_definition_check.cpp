#include <algorithm>
#include <iterator>
#include <unordered_map>

#include "fhir/snapshot/snapshots.hpp"
#include "fhir/snapshot/structures.hpp"
#include "fhir/validate/compare.hpp"
#include "fhir/validate/structure_rules.hpp"

namespace fhir::validate {

namespace {

using tree::Node;

/// The bases of a snapshot, from those the validator knows.
class KnownStructures : public snapshot::Structures {
 public:
  explicit KnownStructures(const snapshot::Snapshots& snapshots) : snapshots_(snapshots) {}
  [[nodiscard]] Node structure(std::string_view canonical) override {
    IssueList ignored;
    return snapshots_.structure(canonical, ignored);
  }

 private:
  const snapshot::Snapshots& snapshots_;
};

bool is_abstract(std::string_view type) {
  return type == "Resource" || type == "DomainResource" || type == "Element" || type == "BackboneElement";
}

class StructureCheck {
 public:
  StructureCheck(Walk& walk, Node structure) : walk_(walk), structure_(structure) {}

  void run() {
    const Node differential = structure_.child("differential");
    for (const std::string_view view : {"differential", "snapshot"}) {
      for (const Node element : structure_.child(view).children("element"))
        check_types(element);
    }
    if (structure_.child("derivation").text() != "constraint" || !differential) return;
    KnownStructures known(walk_.shared().programs.snapshots());
    const Node base = known.structure(structure_.child("baseDefinition").text());
    if (!base) return;
    check_fixed_values(base, differential);
    if (const Node root = differential.child("element"); root.child("slicing") && is_root(root)) {
      error(root, "the root of a profile cannot be sliced");
      error(structure_, "no snapshot can be made, since the root is sliced");
      return;
    }
    IssueList issues;
    const bool made = static_cast<bool>(snapshot::generate(structure_, known, issues));
    if (!made || cannot_be_understood(issues) || !has_known_discriminators(differential))
      error(structure_, "no snapshot can be made of the differential");
  }

 private:
  void error(Node at, std::string_view text) { walk_.findings().error(at, IssueType::kBusinessRule, {text}); }

  /// Paths that name nothing; what the base does not allow is reported where profiles are used.
  static bool cannot_be_understood(const IssueList& issues) {
    return std::any_of(issues.items().begin(), issues.items().end(), [](const Issue& issue) {
      return issue.severity <= Severity::kError && issue.type == IssueType::kInvalid;
    });
  }

  static bool has_known_discriminators(Node differential) {
    constexpr std::string_view kTypes[] = {"value", "exists", "pattern", "type", "profile"};
    for (const Node element : differential.children("element")) {
      for (const Node discriminator : element.child("slicing").children("discriminator")) {
        const std::string_view type = discriminator.child("type").text();
        if (!type.empty() && std::find(std::begin(kTypes), std::end(kTypes), type) == std::end(kTypes))
          return false;
      }
    }
    return true;
  }

  static bool is_root(Node element) {
    return element.child("path").text().find('.') == std::string_view::npos;
  }

  void check_fixed_values(Node base, Node differential) {
    std::unordered_map<std::string_view, Node> by_id;
    for (const Node element : base.child("snapshot").children("element")) {
      if (element.child("fixed")) by_id.emplace(element.child("id").text(), element);
    }
    for (const Node element : differential.children("element")) {
      const Node fixed = element.child("fixed");
      const auto known = by_id.find(element.child("id").text());
      if (fixed && known != by_id.end() && !is_equal(fixed, known->second.child("fixed")))
        error(element, "the base fixes another value");
    }
  }

  void check_types(Node element) {
    for (const Node type : element.children("type")) {
      for (const Node profile : type.children("profile"))
        check_profile(element, type.child("code").text(), profile);
    }
  }

  void check_profile(Node element, std::string_view code, Node profile) {
    std::string_view canonical = profile.text();
    canonical = canonical.substr(0, canonical.find('#'));
    const Node target = walk_.shared().programs.structure(canonical);
    if (!target) return;
    const std::string_view type = target.child("type").text();
    if (type != code && !is_abstract(code) && !type.empty()) {
      error(profile, "the profile is for another type than the element has");
      return;
    }
    if (code != "Extension") return;
    const Program* const program = walk_.shared().programs.find(canonical);
    if (program == nullptr) return;
    const bool modifies = program->root().definition.child("isModifier").text() == "true";
    const std::string_view path = element.child("path").text();
    if (path.ends_with(".extension") && modifies)
      error(profile, "the extension modifies, and the element does not");
    if (path.ends_with(".modifierExtension") && !modifies)
      error(profile, "the extension does not modify, and the element does");
  }

  Walk& walk_;
  Node structure_;
};

}  // namespace

void check_structure_definition(Walk& walk, Node structure) {
  StructureCheck(walk, structure).run();
}

}  // namespace fhir::validate
