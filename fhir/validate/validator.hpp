// The whole validator: is a resource what FHIR R4 and the profiles it claims allow?
//
//   const Validator validator(registry, terms);
//   IssueList issues = validator.validate(tree->root(), bytes, profiles);
//
// One walk carries, for each element, the rules of the base definitions and of every profile that applies to
// it: those asked for, those of meta.profile, those of data types, of extensions and of slices. Checked
// beside the structure: invariants, slicing, fixed values and patterns, bindings of all strengths, extensions
// and where they may stand, references and what they resolve to, the rules of Bundles, narrative.
//
// `check()` of validate.hpp is the small one: structure only, no packages, for messages at the door.
//
// Severities and places are those of HL7's validator: cardinality and slices that are missing are reported at
// the parent, what is wrong with an element at the element. What cannot be checked here (SNOMED CT, unknown
// profiles) is said as information or warning, never passed in silence. An issue never quotes a value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/instant.hpp"
#include "fhir/base/issue.hpp"
#include "fhir/tree/tree.hpp"

namespace fhir::packages {
class Registry;
}
namespace fhir::terminology {
class Terminology;
}

namespace fhir::validate {

/// A profile that entries of a Bundle must have: `Patient:0` is the first entry with a Patient, `Patient` all
/// of them.
struct BundleRule {
  std::string which;
  std::string profile;
};

struct ValidatorOptions {
  std::size_t max_issues = 1000;
  /// Corrected texts instead of those R4 invariants that are known to be wrong as published.
  bool errata = true;
  /// Invariants marked as best practice, such as dom-6, and other good advice.
  bool best_practice = true;
  /// Strings that look like HTML are errors instead of warnings.
  bool security_checks = true;
  /// Extensions without a definition are errors, as they are to HL7's validator; else warnings.
  bool unknown_extensions_are_errors = true;
  /// Extensions of example.org and acme.com, which nobody defines, are let pass.
  bool allow_examples = true;
  /// Contained resources are checked, and must be referred to from the container.
  bool check_contained = true;
  /// The type that the text of a reference names is taken for that of the resource, and a wrong one is an
  /// error; else a warning, as long as the resource itself is not here.
  bool trust_reference_types = false;
  /// Places as HL7's validator gives them where those are not of the element meant: the first entry of a
  /// Bundle for what is wrong with a fullUrl, entries that a document does not reach counted from one, an
  /// element of a profile by its path. The text then names the element meant; line and column are always its
  /// own.
  bool official_places = true;
  /// For now() and today() in constraints, and limits of dates given as durations; null: these are not
  /// checked. Outlives the validator.
  const Clock* clock = nullptr;
  std::vector<BundleRule> bundle_rules;
};

class Validator {
 public:
  /// Both outlive the validator, and the registry does not change any more.
  Validator(const packages::Registry& registry, const terminology::Terminology& terminology,
            ValidatorOptions options = {});
  ~Validator();
  Validator(Validator&&) noexcept;
  Validator& operator=(Validator&&) noexcept;

  /// Checks the resource at `root`, read against definitions::r4(), against the base definitions, its
  /// meta.profile and `profiles` (canonicals). `source`: the original bytes for line and column, or empty.
  /// Any thread. Cost: linear in the nodes and the profiles that apply; a profile is compiled when first met.
  [[nodiscard]] IssueList validate(tree::Node root, std::string_view source = {},
                                   std::span<const std::string> profiles = {}) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace fhir::validate
