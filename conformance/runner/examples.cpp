#include "conformance/runner/examples.hpp"

#include "conformance/runner/files.hpp"
#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/json/writer.hpp"
#include "fhir/packages/registry.hpp"
#include "fhir/snapshot/snapshots.hpp"
#include "fhir/terminology/terminology.hpp"
#include "fhir/validate/validator.hpp"
#include "fhir/xml/reader.hpp"
#include "fhir/xml/writer.hpp"

namespace conformance {

namespace {

bool comes_back(fhir::tree::Node resource) {
  const fhir::tree::TypeTable& r4 = fhir::definitions::r4();
  const std::string json = fhir::json::write(resource);
  const auto again = fhir::json::read(json, r4);
  if (!again.tree || fhir::json::write(again.tree->root()) != json) return false;
  const std::string xml = fhir::xml::write(resource);
  const auto from_xml = fhir::xml::read(xml, r4);
  return from_xml.tree && fhir::json::write(from_xml.tree->root()) == json &&
         fhir::xml::write(from_xml.tree->root()) == xml;
}

void append_errors(const fhir::IssueList& issues, std::vector<std::string>& out) {
  for (const fhir::Issue& issue : issues.items()) {
    if (issue.severity <= fhir::Severity::kError) out.push_back(issue.expression + ": " + issue.text);
  }
}

}  // namespace

std::vector<ExampleResult> run_examples(const std::filesystem::path& folder,
                                        const std::vector<std::filesystem::path>& packages) {
  fhir::packages::Registry registry = fhir::packages::Registry::core();
  for (const std::filesystem::path& package : packages) {
    fhir::IssueList ignored;
    const fhir::Status added = registry.add(package.string(), ignored);
    (void)added;
  }
  const fhir::terminology::Terminology terms(registry);
  const fhir::validate::Validator validator(registry, terms);
  std::vector<ExampleResult> results;
  for (const std::filesystem::path& file : files_of(folder)) {
    if (file.extension() != ".json" && file.extension() != ".xml") continue;
    const std::string bytes = bytes_of(file);
    const auto read = read_resource(bytes);
    ExampleResult result{.name = file.filename().string(), .errors = {}};
    append_errors(read.issues, result.errors);
    if (read.tree) {
      result.round_trip = comes_back(read.tree->root());
      append_errors(validator.validate(read.tree->root(), bytes), result.errors);
    }
    results.push_back(std::move(result));
  }
  return results;
}

SnapshotCount count_snapshots(const std::filesystem::path& package) {
  SnapshotCount count;
  fhir::packages::Registry registry = fhir::packages::Registry::core();
  fhir::IssueList ignored;
  if (!registry.add(package.string(), ignored)) return count;
  const fhir::snapshot::Snapshots snapshots(registry);
  for (const std::filesystem::path& file : files_of(package)) {
    if (file.extension() != ".json" && file.extension() != ".xml") continue;
    const auto read = read_resource(bytes_of(file));
    if (!read.tree || read.tree->root().type() != "StructureDefinition") continue;
    ++count.structures;
    fhir::IssueList issues;
    const fhir::tree::Node made = snapshots.structure(read.tree->root().child("url").text(), issues);
    if (made && !issues.has_error()) ++count.generated;
  }
  return count;
}

}  // namespace conformance
