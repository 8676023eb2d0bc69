#include "conformance/runner/subject.hpp"

#include "conformance/runner/files.hpp"
#include "fhir/validate/validate.hpp"

namespace conformance {

fhir::IssueList validate_run(const SuiteCase& one, const SuiteRun& /*run*/,
                             const std::filesystem::path& folder) {
  const std::string bytes = bytes_of(folder / one.file);
  const fhir::tree::ReadOutcome read = read_resource(bytes);
  fhir::IssueList issues = read.issues;
  if (read.tree)
    issues.append(fhir::validate::check(read.tree->root(), {.source = bytes, .max_issues = 2000}));
  return issues;
}

}  // namespace conformance
