// What reading a document gives: the tree, as far as it could be read, and what is wrong with the document.
#pragma once

#include "fhir/base/issue.hpp"
#include "fhir/tree/tree.hpp"

namespace fhir::tree {

/// `tree` is null exactly when an issue is fatal: the bytes are not a document of the format, break a limit,
/// or are ambiguous. With errors but no fatal issue the tree holds all that was read; whoever acts on the
/// content refuses when `issues.has_error()`.
struct ReadOutcome {
  TreePtr tree;
  IssueList issues;
};

}  // namespace fhir::tree
