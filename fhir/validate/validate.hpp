// Structural validation of a resource: is it what the definitions of FHIR R4 allow?
//
//   IssueList issues = fhir::validate::check(tree->root(), {.source = bytes});
//   if (issues.has_error()) return refuse(to_outcome(issues));
//
// Checked in one walk: the resource type, unknown elements, cardinality, elements with neither value nor
// children, the form of primitive values, extensions, required bindings, references, ids of contained
// resources, Bundle entries, narrative. Not checked: invariants (a Rule may), profiles, extensible bindings,
// terminology outside the definitions.
//
// An issue names the place and the rule, never a value. Severities are those of HL7's validator. Any thread.
// Cost: linear in the nodes; nothing is allocated for a node that is right.
#pragma once

#include <cstddef>
#include <string_view>

#include "fhir/base/issue.hpp"
#include "fhir/definitions/definitions.hpp"
#include "fhir/tree/tree.hpp"

namespace fhir::validate {

/// A further check, run on every known element in document order. Any thread; keeps no state between calls.
class Rule {
 public:
  Rule() = default;
  Rule(const Rule&) = delete;
  Rule& operator=(const Rule&) = delete;
  virtual ~Rule() = default;
  /// `element` is the definition of `node` where it stands; that of its data type is at
  /// `definitions.type_of(node.row_id())`.
  virtual void check(tree::Node node, const definitions::ElementRow& element, IssueList& issues) const = 0;
};

struct ValidateOptions {
  /// The original bytes, to give issues line and column; empty: no positions.
  std::string_view source;
  std::size_t max_issues = IssueList::kDefaultCapacity;
  /// Reports, as information, codes of required sets whose membership cannot be decided here.
  bool report_unchecked_codes = true;
  /// Invariants come through here; null: none. Outlives the call.
  const Rule* rule = nullptr;
};

/// Checks the resource at `root`, read against definitions::r4(). An empty node is an error of its own.
[[nodiscard]] IssueList check(tree::Node root, const ValidateOptions& options = {});

}  // namespace fhir::validate
