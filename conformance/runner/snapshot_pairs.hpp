// The official input and expected pairs of snapshot generation (FHIR R4B bases; run on those of R4).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "conformance/runner/snapshot_comparison.hpp"
#include "fhir/base/issue.hpp"

namespace conformance {

struct PairResult {
  std::string id;
  bool fails = false;  ///< The input is to be refused.
  Comparison comparison;
  fhir::IssueList issues;
  std::string uncompared;  ///< Why there is nothing to compare; empty when there is.

  /// Refused where it should be; else without an error and without a difference.
  [[nodiscard]] bool agrees() const {
    return fails ? issues.has_error() : !issues.has_error() && comparison.total_differing() == 0;
  }
};

/// Runs the pairs of the folder in the order of its manifest; the inputs of earlier cases are known to later
/// ones. Empty when there is no such folder.
[[nodiscard]] std::vector<PairResult> run_snapshot_pairs(const std::filesystem::path& folder);

}  // namespace conformance
