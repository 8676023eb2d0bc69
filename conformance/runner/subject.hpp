// The validator under test, as the suites call it.
#pragma once

#include <filesystem>

#include "conformance/runner/manifest.hpp"
#include "fhir/base/issue.hpp"

namespace conformance {

/// Reads and validates the file of a case as one of its runs asks. All issues, those of reading first.
[[nodiscard]] fhir::IssueList validate_run(const SuiteCase& one, const SuiteRun& run,
                                           const std::filesystem::path& folder);

}  // namespace conformance
