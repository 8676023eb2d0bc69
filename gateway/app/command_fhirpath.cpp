#include <filesystem>
#include <iostream>
#include <map>
#include <memory>
#include <string>

#include "fhir/base/instant.hpp"
#include "fhir/definitions/definitions.hpp"
#include "fhir/packages/registry.hpp"
#include "fhir/path/batch.hpp"
#include "fhir/path/evaluate.hpp"
#include "fhir/path/plan.hpp"
#include "fhir/path/render.hpp"
#include "fhir/terminology/terminology.hpp"
#include "gateway/app/commands.hpp"
#include "gateway/app/input.hpp"
#include "gateway/app/terminology_host.hpp"

namespace gateway::app {
namespace {

fhir::Result<fhir::tree::TreePtr> read_tree(const std::string& path) {
  LIGAMENT_TRY(const std::string bytes, read_file(path));
  fhir::tree::ReadOutcome outcome = read_resource(bytes);
  if (outcome.tree != nullptr) return std::move(outcome.tree);
  std::string detail = path + " is not a FHIR resource";
  if (!outcome.issues.empty()) {
    const fhir::Issue& first = outcome.issues.items().front();
    detail += ": line " + std::to_string(first.position.line) + ", column " +
              std::to_string(first.position.column) + ": " + first.text;
  }
  return fhir::fail(fhir::ErrorCode::kMalformed, detail);
}

/// What memberOf() asks: the definitions of FHIR R4, opened when it does.
struct Terms {
  fhir::packages::Registry registry = fhir::packages::Registry::core();
  fhir::terminology::Terminology terminology{registry};
};

int run_batch() {
  const fhir::SystemClock clock;
  // The suites ask many questions of few files; the last ones read are kept.
  constexpr std::size_t kKept = 64;
  std::map<std::string, fhir::tree::TreePtr, std::less<>> kept;
  const auto read_kept = [&kept](std::string_view file) -> fhir::Result<fhir::tree::TreePtr> {
    const auto found = kept.find(file);
    if (found != kept.end()) return found->second;
    LIGAMENT_TRY(fhir::tree::TreePtr tree, read_tree(std::string(file)));
    if (kept.size() >= kKept) kept.clear();
    kept.emplace(file, tree);
    return tree;
  };
  const Terms terms;
  const auto make_host = [&terms](fhir::tree::Node root) -> std::unique_ptr<fhir::path::Host> {
    return std::make_unique<TerminologyHost>(root, terms.terminology);
  };
  const fhir::path::BatchOptions options{fhir::definitions::r4(), clock, read_kept, make_host};
  std::string line;
  while (std::getline(std::cin, line)) {
    if (line.empty()) continue;
    std::cout << fhir::path::answer_request(line, options) << '\n' << std::flush;
  }
  return kSuccess;
}

}  // namespace

int run_fhirpath(const FhirpathOptions& options) {
  if (options.batch) return run_batch();
  if (options.expression.empty() || options.file.empty()) {
    std::cerr << "ligament fhirpath: name an expression and a file, or say --batch\n";
    return kUsage;
  }
  const auto tree = read_tree(options.file);
  if (!tree.has_value()) {
    std::cerr << "ligament fhirpath: " << tree.error().detail << '\n';
    return tree.error().code == fhir::ErrorCode::kNotFound ? kUsage : kNegative;
  }
  const auto plan = fhir::path::Plan::compile(options.expression, fhir::definitions::r4());
  if (!plan) {
    std::cerr << "ligament fhirpath: " << fhir::path::to_text(plan.error()) << '\n';
    return kNegative;
  }
  const fhir::SystemClock clock;
  fhir::path::EvalContext context;
  context.root = (*tree)->root();
  context.clock = &clock;
  const Terms terms;
  TerminologyHost host(context.root, terms.terminology);
  context.host = &host;
  const auto result = fhir::path::evaluate(**plan, context);
  if (!result) {
    std::cerr << "ligament fhirpath: " << fhir::path::to_text(result.error()) << '\n';
    return kNegative;
  }
  for (const fhir::path::Value& value : *result) {
    std::string line;
    fhir::path::append_json(line, value);
    std::cout << line << '\n';
  }
  return kSuccess;
}

}  // namespace gateway::app
