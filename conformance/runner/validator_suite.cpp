#include "conformance/runner/validator_suite.hpp"

#include <utility>

#include "conformance/runner/files.hpp"
#include "conformance/runner/marked_runs.hpp"
#include "conformance/runner/subject.hpp"

namespace conformance {

namespace {

Verdict verdict_of(const fhir::IssueList& issues) {
  Verdict verdict;
  verdict.has_error = issues.has_error();
  for (const fhir::Issue& issue : issues.items()) {
    if (issue.severity <= fhir::Severity::kError) verdict.places.insert(normalised(issue.expression));
    verdict.issues.push_back(std::string(to_code(issue.severity)) + " " + issue.expression + ": " +
                             issue.text);
  }
  return verdict;
}

RunResult run_one(const SuiteCase& one, const SuiteRun& run, Subject& subject) {
  RunResult result;
  result.name = one.name;
  result.module = one.module;
  result.kind = run.kind;
  result.ungraded = run.ungraded;
  result.marked = marked_run(one.name, run.kind);
  if (!result.graded()) return result;
  result.expected = *run.expected;
  result.actual = verdict_of(subject.validate(one, run));
  return result;
}

void count(const RunResult& result, Agreement& agreement) {
  if (!result.graded()) return;
  ++agreement.runs;
  if (result.errors_agree()) ++agreement.errors;
  if (result.places_agree()) ++agreement.places;
  if (!result.places_agree() && !result.marked.empty()) ++agreement.marked;
}

}  // namespace

fhir::Result<std::vector<RunResult>> run_validator_suite(const std::filesystem::path& folder,
                                                         const std::string& only, SettingsOf settings) {
  LIGAMENT_TRY(const std::vector<SuiteCase> cases, read_manifest(folder));
  Subject subject(folder, settings);
  std::vector<RunResult> results;
  for (const SuiteCase& one : cases) {
    if (one.name.find(only) == std::string::npos) continue;
    for (const SuiteRun& run : one.runs)
      results.push_back(run_one(one, run, subject));
  }
  return results;
}

std::map<std::string, Agreement> agreement_of(const std::vector<RunResult>& results) {
  std::map<std::string, Agreement> by_module;
  for (const RunResult& result : results) {
    count(result, by_module[result.module]);
    count(result, by_module[""]);
  }
  return by_module;
}

}  // namespace conformance
