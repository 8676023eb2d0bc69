#include "conformance/runner/subject.hpp"

#include <utility>

#include "conformance/runner/files.hpp"
#include "fhir/packages/registry.hpp"
#include "fhir/terminology/terminology.hpp"
#include "fhir/validate/document.hpp"
#include "fhir/validate/matchetype.hpp"
#include "fhir/validate/validator.hpp"

namespace conformance {

namespace {

/// As `ligament validate` has them without options.
fhir::validate::ValidatorOptions options_of_command() {
  static const fhir::SystemClock kClock;
  fhir::validate::ValidatorOptions options;
  options.clock = &kClock;
  return options;
}

fhir::validate::ValidatorOptions options_of(const CaseSettings& settings, const SuiteRun& run) {
  fhir::validate::ValidatorOptions options = options_of_command();
  options.security_checks = settings.security_checks;
  options.allow_examples = settings.examples;
  options.check_contained = settings.validate_contains != "IGNORE";
  options.trust_reference_types = settings.assume_valid_rest_references || run.assume_valid_rest_references;
  if (!settings.bundle_rule.empty())
    options.bundle_rules.push_back({settings.bundle_rule, settings.bundle_profile});
  return options;
}

/// The canonical a run validates against: `source` itself, or the url of the definition in that file.
std::string canonical_of(const SuiteRun& run, const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / run.source;
  if (!std::filesystem::is_regular_file(file)) return run.source;
  const fhir::tree::ReadOutcome read = read_resource(bytes_of(file));
  return read.tree ? std::string(read.tree->root().child("url").text()) : run.source;
}

}  // namespace

struct Subject::Engine {
  fhir::packages::Registry registry = fhir::packages::Registry::core();
  std::unique_ptr<fhir::terminology::Terminology> terminology;
  std::unique_ptr<fhir::validate::Validator> validator;
  std::vector<std::string> profiles;
};

Subject::Subject(std::filesystem::path folder, SettingsOf settings)
    : folder_(std::move(folder)), settings_(settings) {}

Subject::~Subject() = default;

std::unique_ptr<Subject::Engine> Subject::make_engine(const SuiteCase& one, const SuiteRun& run) const {
  auto engine = std::make_unique<Engine>();
  const auto add = [this, &engine](const std::string& name) {
    fhir::IssueList ignored;
    // A file that is no definition (a Patient to be referred to) is not added, and that is no fault of the
    // case.
    const fhir::Status added = engine->registry.add((folder_ / name).string(), ignored);
    (void)added;
  };
  for (const std::string& name : one.supporting)
    add(name);
  for (const std::string& name : run.supporting)
    add(name);
  if (run.kind == "profile") {
    if (std::filesystem::is_regular_file(folder_ / run.source)) add(run.source);
    engine->profiles.push_back(canonical_of(run, folder_));
  }
  engine->terminology = std::make_unique<fhir::terminology::Terminology>(engine->registry);
  engine->validator = std::make_unique<fhir::validate::Validator>(
      engine->registry, *engine->terminology,
      settings_ == SettingsOf::kCase ? options_of(one.settings, run) : options_of_command());
  return engine;
}

fhir::IssueList Subject::compare(const SuiteCase& one, const SuiteRun& run) const {
  const fhir::tree::ReadOutcome actual = read_resource(bytes_of(folder_ / one.file));
  const fhir::tree::ReadOutcome expected = read_resource(bytes_of(folder_ / run.source));
  if (!actual.tree || !expected.tree) return actual.tree ? expected.issues : actual.issues;
  return fhir::validate::compare_with_matchetype(actual.tree->root(), expected.tree->root());
}

fhir::IssueList Subject::validate(const SuiteCase& one, const SuiteRun& run) {
  if (run.kind == "matchetype") return compare(one, run);
  const std::unique_ptr<Engine> engine = make_engine(one, run);
  fhir::validate::DocumentOptions options;
  options.allow_comments = settings_ == SettingsOf::kCase && one.settings.allow_comments;
  return fhir::validate::validate_document(*engine->validator, bytes_of(folder_ / one.file), engine->profiles,
                                           options);
}

}  // namespace conformance
