#include <iostream>

#include "fhir/json/writer.hpp"
#include "fhir/path/render.hpp"
#include "fhir/validate/outcome.hpp"
#include "fhir/validate/validate.hpp"
#include "gateway/app/commands.hpp"
#include "gateway/app/input.hpp"

namespace gateway::app {
namespace {

/// Issues of reading, then of the validator when there is something to validate.
fhir::IssueList check_bytes(const std::string& bytes) {
  fhir::tree::ReadOutcome outcome = read_resource(bytes);
  if (outcome.tree == nullptr) return std::move(outcome.issues);
  fhir::validate::ValidateOptions options;
  options.source = bytes;
  outcome.issues.append(fhir::validate::check(outcome.tree->root(), options));
  return std::move(outcome.issues);
}

}  // namespace

int run_validate(const ValidateOptions& options) {
  if (!options.ndjson && options.files.size() != 1) {
    std::cerr << "ligament validate: name one file, or say --ndjson for several\n";
    return kUsage;
  }
  int exit_code = kSuccess;
  for (const std::string& file : options.files) {
    const auto bytes = read_file(file);
    if (!bytes.has_value()) {
      std::cerr << "ligament validate: " << bytes.error().detail << '\n';
      return kUsage;
    }
    const fhir::IssueList issues = check_bytes(*bytes);
    if (issues.has_error()) exit_code = kNegative;
    const std::string outcome = fhir::json::write(fhir::validate::to_outcome(issues)->root());
    if (options.ndjson) {
      std::string line = R"({"file":)";
      fhir::path::append_json_string(line, file);
      line.append(R"(,"outcome":)").append(outcome).append("}\n");
      std::cout << line << std::flush;
    } else {
      std::cout << outcome << '\n';
    }
  }
  return exit_code;
}

}  // namespace gateway::app
