// The proof that a tree was validated: who holds one need not validate the tree again.
//
//   IssueList issues;
//   std::optional<ValidTree> valid = ValidTree::check(tree, options, issues);
//   if (!valid) return refuse(issues);
//
// Trees are immutable, so the proof holds as long as the tree lives. A value; any thread.
#pragma once

#include <optional>
#include <utility>

#include "fhir/base/issue.hpp"
#include "fhir/tree/tree.hpp"
#include "fhir/validate/validate.hpp"

namespace fhir::validate {

class ValidTree {
 public:
  /// Runs check(), which is the only way to get one. Empty when there is an error; what was found is appended
  /// to `issues` in any case.
  [[nodiscard]] static std::optional<ValidTree> check(tree::TreePtr tree, const ValidateOptions& options,
                                                      IssueList& issues) {
    const IssueList found = validate::check(tree == nullptr ? tree::Node() : tree->root(), options);
    issues.append(found);
    if (found.has_error()) return std::nullopt;
    return ValidTree(std::move(tree));
  }

  /// Never null.
  [[nodiscard]] const tree::TreePtr& tree() const noexcept { return tree_; }

 private:
  explicit ValidTree(tree::TreePtr tree) : tree_(std::move(tree)) {}
  tree::TreePtr tree_;
};

}  // namespace fhir::validate
