#include <filesystem>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "fhir/json/writer.hpp"
#include "fhir/path/render.hpp"
#include "fhir/terminology/terminology.hpp"
#include "fhir/validate/document.hpp"
#include "fhir/validate/matchetype.hpp"
#include "fhir/validate/outcome.hpp"
#include "fhir/validate/validator.hpp"
#include "gateway/app/commands.hpp"
#include "gateway/app/input.hpp"
#include "gateway/app/packages.hpp"

namespace gateway::app {
namespace {

void print(const std::string& file, const fhir::IssueList& issues, bool as_line) {
  const std::string outcome = fhir::json::write(fhir::validate::to_outcome(issues)->root());
  if (!as_line) {
    std::cout << outcome << '\n';
    return;
  }
  std::string line = R"({"file":)";
  fhir::path::append_json_string(line, file);
  line.append(R"(,"outcome":)").append(outcome).append("}\n");
  std::cout << line << std::flush;
}

fhir::validate::ValidatorOptions rules_of(const ValidateOptions& options, const fhir::Clock& clock) {
  fhir::validate::ValidatorOptions rules = options.rules;
  rules.clock = &clock;
  for (const auto& [which, profile] : options.bundle_rules)
    rules.bundle_rules.push_back({which, profile});
  return rules;
}

/// Profiles named by a file are added to the registry, and named by their canonical.
fhir::Result<std::vector<std::string>> canonicals_of(const std::vector<std::string>& names,
                                                     fhir::packages::Registry& registry) {
  std::vector<std::string> canonicals;
  for (const std::string& name : names) {
    std::error_code none;
    if (!std::filesystem::is_regular_file(name, none)) {
      canonicals.push_back(name);
      continue;
    }
    LIGAMENT_TRY(const std::string bytes, read_file(name));
    fhir::tree::ReadOutcome read = read_resource(bytes);
    if (!read.tree || read.tree->root().type() != "StructureDefinition")
      return fhir::fail(fhir::ErrorCode::kUnprocessable, name + ": not a StructureDefinition");
    canonicals.emplace_back(read.tree->root().child("url").text());
    LIGAMENT_CHECK(registry.add(std::move(read.tree)));
  }
  return canonicals;
}

/// How a resource differs from a matchetype, or what keeps either from being read.
fhir::IssueList compared(std::string_view bytes, const fhir::tree::ReadOutcome& matchetype) {
  const fhir::tree::ReadOutcome read = read_resource(bytes);
  if (!read.tree || !matchetype.tree) return read.tree ? matchetype.issues : read.issues;
  return fhir::validate::compare_with_matchetype(read.tree->root(), matchetype.tree->root());
}

int refuse(const fhir::Error& error) {
  std::cerr << "ligament validate: " << error.detail << '\n';
  return kUsage;
}

/// Judges every file by `judge`, which takes its bytes.
template <class Judge>
int judge_files(const ValidateOptions& options, Judge judge) {
  int exit_code = kSuccess;
  for (const std::string& file : options.files) {
    const auto bytes = read_file(file);
    if (!bytes.has_value()) return refuse(bytes.error());
    const fhir::IssueList issues = judge(*bytes);
    if (issues.has_error()) exit_code = kNegative;
    print(file, issues, options.ndjson);
  }
  return exit_code;
}

}  // namespace

int run_validate(const ValidateOptions& options) {
  if (!options.ndjson && options.files.size() != 1) {
    std::cerr << "ligament validate: name one file, or say --ndjson for several\n";
    return kUsage;
  }
  if (!options.matchetype.empty()) {
    const auto bytes = read_file(options.matchetype);
    if (!bytes.has_value()) return refuse(bytes.error());
    const fhir::tree::ReadOutcome matchetype = read_resource(*bytes);
    return judge_files(options, [&](std::string_view file) { return compared(file, matchetype); });
  }
  auto registry = open_packages(options.packages);
  if (!registry.has_value()) return refuse(registry.error());
  const auto profiles = canonicals_of(options.profiles, *registry);
  if (!profiles.has_value()) return refuse(profiles.error());
  const fhir::terminology::Terminology terminology(*registry);
  const fhir::SystemClock clock;
  const fhir::validate::Validator validator(*registry, terminology, rules_of(options, clock));
  const fhir::validate::DocumentOptions reading{.allow_comments = options.allow_comments, .limits = {}};
  return judge_files(options, [&](std::string_view file) {
    return fhir::validate::validate_document(validator, file, *profiles, reading);
  });
}

}  // namespace gateway::app
