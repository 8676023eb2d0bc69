// The validator under test, as the suites call it.
#pragma once

#include <filesystem>
#include <memory>

#include "conformance/runner/manifest.hpp"
#include "fhir/base/issue.hpp"

namespace conformance {

/// Whose settings a run takes.
enum class SettingsOf : std::uint8_t {
  kCase,         ///< Those of the manifest.
  kCommandLine,  ///< Those of `ligament validate` without options, whatever the case asks for.
};

/// Reads and validates files. What no case changes, the core definitions, is kept between runs.
class Subject {
 public:
  explicit Subject(std::filesystem::path folder, SettingsOf settings);
  ~Subject();
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;

  /// The file of a case as one of its runs asks. All issues, those of reading first.
  [[nodiscard]] fhir::IssueList validate(const SuiteCase& one, const SuiteRun& run);

 private:
  [[nodiscard]] fhir::IssueList compare(const SuiteCase& one, const SuiteRun& run) const;
  struct Engine;
  [[nodiscard]] std::unique_ptr<Engine> make_engine(const SuiteCase& one, const SuiteRun& run) const;
  std::filesystem::path folder_;
  SettingsOf settings_;
};

}  // namespace conformance
