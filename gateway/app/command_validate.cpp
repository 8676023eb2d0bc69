#include <iostream>
#include <string>

#include "fhir/json/writer.hpp"
#include "fhir/path/render.hpp"
#include "fhir/terminology/terminology.hpp"
#include "fhir/validate/document.hpp"
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

}  // namespace

int run_validate(const ValidateOptions& options) {
  if (!options.ndjson && options.files.size() != 1) {
    std::cerr << "ligament validate: name one file, or say --ndjson for several\n";
    return kUsage;
  }
  const auto registry = open_packages(options.packages);
  if (!registry.has_value()) {
    std::cerr << "ligament validate: " << registry.error().detail << '\n';
    return kUsage;
  }
  const fhir::terminology::Terminology terminology(*registry);
  const fhir::SystemClock clock;
  fhir::validate::ValidatorOptions rules;
  rules.clock = &clock;
  const fhir::validate::Validator validator(*registry, terminology, std::move(rules));
  int exit_code = kSuccess;
  for (const std::string& file : options.files) {
    const auto bytes = read_file(file);
    if (!bytes.has_value()) {
      std::cerr << "ligament validate: " << bytes.error().detail << '\n';
      return kUsage;
    }
    const fhir::IssueList issues = fhir::validate::validate_document(validator, *bytes, options.profiles);
    if (issues.has_error()) exit_code = kNegative;
    print(file, issues, options.ndjson);
  }
  return exit_code;
}

}  // namespace gateway::app
