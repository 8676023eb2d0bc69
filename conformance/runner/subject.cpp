#include "conformance/runner/subject.hpp"

#include "conformance/runner/files.hpp"
#include "fhir/packages/registry.hpp"
#include "fhir/terminology/terminology.hpp"
#include "fhir/validate/validator.hpp"

namespace conformance {
namespace {

fhir::validate::ValidatorOptions options_of(const CaseSettings& settings) {
  fhir::validate::ValidatorOptions options;
  options.max_issues = 2000;
  options.allow_examples = settings.examples;
  if (settings.validate_contains == "IGNORE") options.check_contained = false;
  if (!settings.bundle_rule.empty())
    options.bundle_rules.push_back({settings.bundle_rule, settings.bundle_profile});
  return options;
}

/// The canonical of a run's profile: that of the resource in the file, or the source itself.
std::string profile_of(const std::string& source, const std::filesystem::path& folder) {
  if (source.find("://") != std::string::npos || source.starts_with("urn:")) return source;
  const fhir::tree::ReadOutcome read = read_resource(bytes_of(folder / source));
  return read.tree ? std::string(read.tree->root().child("url").text()) : std::string();
}

}  // namespace

fhir::IssueList validate_run(const SuiteCase& one, const SuiteRun& run, const std::filesystem::path& folder) {
  fhir::packages::Registry registry = fhir::packages::Registry::core();
  fhir::IssueList unread;
  const auto add = [&](const std::string& file) {
    const fhir::Status added = registry.add((folder / file).string(), unread);
    static_cast<void>(added);  // what is no definition is no support
  };
  for (const std::string& file : one.supporting)
    add(file);
  for (const std::string& file : run.supporting)
    add(file);
  std::vector<std::string> profiles;
  if (run.kind == "profile" && !run.source.empty()) {
    profiles.push_back(profile_of(run.source, folder));
    if (run.source != profiles.front()) add(run.source);
  }
  const fhir::terminology::Terminology terminology(registry);
  const fhir::validate::Validator validator(registry, terminology, options_of(one.settings));
  const std::string bytes = bytes_of(folder / one.file);
  const fhir::tree::ReadOutcome read = read_resource(bytes);
  fhir::IssueList issues = read.issues;
  if (read.tree) issues.append(validator.validate(read.tree->root(), bytes, profiles));
  return issues;
}

}  // namespace conformance
