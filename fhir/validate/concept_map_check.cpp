#include <string>

#include "fhir/terminology/terminology.hpp"
#include "fhir/validate/terminology_rules.hpp"

namespace fhir::validate {

namespace {

using terminology::CodeVerdict;
using tree::Node;

/// One side of a map: what its codes must be.
struct Side {
  std::string_view system;
  std::string_view version;
  std::string_view value_set;
};

class ConceptMapCheck {
 public:
  ConceptMapCheck(Walk& walk, Node map) : walk_(walk), map_(map) {}

  void run() {
    const std::string_view source_set = set_of("source");
    const std::string_view target_set = set_of("target");
    for (const Node group : map_.children("group")) {
      const Side source{group.child("source").text(), group.child("sourceVersion").text(), source_set};
      const Side target{group.child("target").text(), group.child("targetVersion").text(), target_set};
      for (const Node element : group.children("element")) {
        check_code(element.child("code"), source);
        for (const Node mapped : element.children("target"))
          check_code(mapped.child("code"), target);
      }
    }
  }

 private:
  /// The value set of one side, empty when it is not known here.
  std::string_view set_of(std::string_view side) {
    const Node reference = map_.child(side);
    if (!reference.has_value()) return {};
    if (walk_.shared().terminology.knows_value_set(reference.text())) return reference.text();
    if (walk_.shared().registry.find(reference.text()))
      walk_.findings().error(reference, IssueType::kInvalid, {"what is mapped here is no value set"});
    return {};
  }

  void check_code(Node code, const Side& side) {
    if (!code.has_value() || side.system.empty()) return;
    const terminology::Coded coded{
        .system = side.system, .version = side.version, .code = code.text(), .display = {}};
    const auto own = walk_.shared().terminology.validate_in_system(coded);
    if (own.verdict == CodeVerdict::kUnknownCode)
      return walk_.findings().error(code, IssueType::kCodeInvalid, {"the code system has no such code"});
    if (side.value_set.empty() || own.verdict != CodeVerdict::kMember) return;
    if (walk_.shared().terminology.validate_code(side.value_set, coded).verdict == CodeVerdict::kNotMember) {
      walk_.findings().error(code, IssueType::kCodeInvalid,
                             {"the code is not in the value set that the map is of"});
    }
  }

  Walk& walk_;
  Node map_;
};

}  // namespace

void check_concept_map(Walk& walk, Node concept_map) {
  ConceptMapCheck(walk, concept_map).run();
}

}  // namespace fhir::validate
