#include <algorithm>
#include <iterator>
#include <string>
#include <unordered_map>

#include "fhir/snapshot/snapshots.hpp"
#include "fhir/snapshot/structures.hpp"
#include "fhir/tree/expression.hpp"
#include "fhir/validate/compare.hpp"
#include "fhir/validate/element_definition_check.hpp"
#include "fhir/validate/structure_rules.hpp"

namespace fhir::validate {

namespace {

using tree::Node;

constexpr std::string_view kExtensionBase = "http://hl7.org/fhir/StructureDefinition/Extension";
constexpr std::string_view kInheritObligations =
    "http://hl7.org/fhir/StructureDefinition/inherit-obligations";
constexpr std::string_view kInheritObligationsTools =
    "http://hl7.org/fhir/tools/StructureDefinition/inherit-obligations";
constexpr std::string_view kObligationProfile = "http://hl7.org/fhir/StructureDefinition/obligation-profile";
constexpr std::string_view kObligationProfileFlag =
    "http://hl7.org/fhir/StructureDefinition/obligation-profile-flag";

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
    check_contexts();
    check_extension_url();
    check_obligations();
    KnownStructures known(walk_.shared().programs.snapshots());
    const Node base = known.structure(structure_.child("baseDefinition").text());
    for (const std::string_view view : {"differential", "snapshot"}) {
      if (const Node elements = structure_.child(view))
        ElementDefinitionCheck(walk_, structure_, elements, base).run();
    }
    if (base) check_derivation(base);
    if (structure_.child("derivation").text() != "constraint" || !differential || !base) return;
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
      return issue.severity <= Severity::kError &&
             (issue.type == IssueType::kInvalid || issue.type == IssueType::kBusinessRule);
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

  bool is_extension() const { return structure_.child("type").text() == "Extension"; }

  /// Only extensions say where they may stand, and the elements are those of FHIR.
  void check_contexts() {
    for (const std::string_view name : {"context", "contextInvariant"}) {
      for (const Node context : structure_.children(name)) {
        if (!is_extension()) error(context, "only extensions have a context");
      }
    }
    for (const Node context : structure_.children("context")) {
      if (!is_extension() || context.child("type").text() != "element") continue;
      std::string_view path = context.child("expression").text();
      path = path.substr(0, path.find('|'));
      const std::string_view type = path.substr(0, path.find('.'));
      const bool plain = path.find_first_of(":#/") == std::string_view::npos && !path.empty();
      const definitions::Definitions& definitions = walk_.shared().definitions;
      if (!plain || definitions.table.type_root(type) == tree::kUnknownRow) continue;
      if (row_of_path(definitions, path) == tree::kUnknownRow)
        error(context, "there is no such element for the extension to stand on");
    }
  }

  /// An extension is known by its url alone.
  void check_extension_url() {
    if (!is_extension() || structure_.child("baseDefinition").text() != kExtensionBase) return;
    const Node differential = structure_.child("differential");
    if (!differential) return;
    for (const Node element : differential.children("element")) {
      if (element.child("path").text() != "Extension.url") continue;
      if (element.child("fixed").text() != structure_.child("url").text())
        error(structure_, "the url that the extension fixes is not its own");
      return;
    }
    error(structure_, "the extension does not fix its url");
  }

  void check_derivation(Node base) {
    const std::string_view derivation = structure_.child("derivation").text();
    const bool same_type = structure_.child("type").text() == base.child("type").text();
    const bool same_kind = structure_.child("kind").text() == base.child("kind").text();
    if (derivation.empty())
      error(structure_, "what is built on another structure says whether it constrains it");
    if (derivation == "constraint" && !same_type) error(structure_, "a profile is of the type of its base");
    if (derivation == "constraint" && !same_kind) error(structure_, "a profile is of the kind of its base");
    if (derivation == "specialization" && same_type) error(structure_, "a new type has a name of its own");
    if (derivation == "specialization" && !same_kind && base.child("abstract").text() != "true")
      error(structure_, "a new type is of the kind of its base");
  }

  /// Obligations are inherited from profiles made for that, on the same base.
  void check_obligations() {
    for (const Node extension : structure_.children("extension")) {
      const std::string_view url = extension.child("url").text();
      if (url != kInheritObligations && url != kInheritObligationsTools) continue;
      const Node value = extension.child("value");
      const Node profile = walk_.shared().programs.structure(value.text());
      if (!value.has_value() || !profile) {
        error(extension, "the profile whose obligations are inherited is not known here");
      } else if (!is_obligation_profile(profile)) {
        error(extension, "the profile is not marked as one for obligations");
      } else if (profile.child("baseDefinition").text() != structure_.child("baseDefinition").text()) {
        error(extension, "the profile whose obligations are inherited has another base");
      }
    }
  }

  static bool is_obligation_profile(Node profile) {
    for (const Node extension : profile.children("extension")) {
      const std::string_view url = extension.child("url").text();
      if ((url == kObligationProfile || url == kObligationProfileFlag) &&
          extension.child("value").text() == "true")
        return true;
    }
    return false;
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
        report_fixed(element);
    }
  }

  /// HL7's validator names the element fixed, not its definition.
  void report_fixed(Node element) {
    const std::string_view path = element.child("path").text();
    const bool plain = std::all_of(path.begin(), path.end(), [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.';
    });
    if (!walk_.shared().options.official_places || !plain)
      return error(element, "the base fixes another value");
    walk_.findings().add_named(element, std::string(path), Severity::kError, IssueType::kBusinessRule,
                               {tree::expression(element), ": the base fixes another value"});
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
