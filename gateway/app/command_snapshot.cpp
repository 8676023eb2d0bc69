#include <iostream>

#include "fhir/json/writer.hpp"
#include "fhir/snapshot/snapshots.hpp"
#include "fhir/validate/outcome.hpp"
#include "fhir/xml/writer.hpp"
#include "gateway/app/commands.hpp"
#include "gateway/app/input.hpp"
#include "gateway/app/packages.hpp"

namespace gateway::app {
namespace {

int complain(const std::string& what) {
  std::cerr << "ligament snapshot: " << what << '\n';
  return kUsage;
}

int refuse(const fhir::IssueList& issues) {
  std::cout << fhir::json::write(fhir::validate::to_outcome(issues)->root()) << '\n';
  return kNegative;
}

}  // namespace

int run_snapshot(const SnapshotOptions& options) {
  const auto bytes = read_file(options.file);
  if (!bytes.has_value()) return complain(bytes.error().detail);
  auto registry = open_packages(options.packages);
  if (!registry.has_value()) return complain(registry.error().detail);
  const fhir::tree::ReadOutcome input = read_resource(*bytes);
  if (input.tree == nullptr || input.issues.has_error()) return refuse(input.issues);
  // So that it is found where it names itself; one without a URL cannot be.
  (void)registry->add(input.tree);
  fhir::IssueList issues;
  const fhir::snapshot::Snapshots snapshots(*registry);
  const fhir::tree::TreePtr made = snapshots.make(input.tree->root(), issues);
  if (made == nullptr || issues.has_error()) return refuse(issues);
  for (const fhir::Issue& issue : issues.items())
    std::cerr << to_code(issue.severity) << ": " << issue.expression << ": " << issue.text << '\n';
  const bool is_xml = detect_syntax(*bytes) == Syntax::kXml;
  std::cout << (is_xml ? fhir::xml::write(made->root()) : fhir::json::write(made->root())) << '\n';
  return kSuccess;
}

}  // namespace gateway::app
