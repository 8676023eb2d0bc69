// The official validator's test cases, run in this process and graded.
//
// A run agrees on errors when both validators find an error or neither does; it agrees on places when the
// sets of expressions of errors and fatals are equal. A run that agrees on places agrees on errors.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "conformance/runner/manifest.hpp"
#include "conformance/runner/subject.hpp"

namespace conformance {

struct RunResult {
  std::string name;
  std::string module;
  std::string kind;      ///< Of the run: `base`, `profile`, `matchetype`.
  std::string ungraded;  ///< Why it is not graded; empty when it is.
  std::string marked;    ///< Why it cannot be expected to agree here; graded all the same.
  Verdict expected;
  Verdict actual;
  [[nodiscard]] bool graded() const { return ungraded.empty(); }
  [[nodiscard]] bool errors_agree() const { return expected.has_error == actual.has_error; }
  [[nodiscard]] bool places_agree() const {
    return expected.places_known ? expected.places == actual.places : errors_agree();
  }
};

/// Counts of graded runs.
struct Agreement {
  std::size_t runs = 0;
  std::size_t errors = 0;
  std::size_t places = 0;
  std::size_t marked = 0;  ///< Of the runs that disagree on places.
};

/// Runs the cases whose name contains `only` (all when it is empty). `folder` holds manifest.json.
/// Error: the manifest cannot be read. Cost: the whole suite takes seconds.
[[nodiscard]] fhir::Result<std::vector<RunResult>> run_validator_suite(
    const std::filesystem::path& folder, const std::string& only = {},
    SettingsOf settings = SettingsOf::kCase);

/// By module, and all under the empty name.
[[nodiscard]] std::map<std::string, Agreement> agreement_of(const std::vector<RunResult>& results);

}  // namespace conformance
