#include <iostream>

#include "fhir/json/writer.hpp"
#include "fhir/validate/outcome.hpp"
#include "fhir/xml/writer.hpp"
#include "gateway/app/commands.hpp"
#include "gateway/app/input.hpp"

namespace gateway::app {

int run_format(const FormatOptions& options) {
  const auto bytes = read_file(options.file);
  if (!bytes.has_value()) {
    std::cerr << "ligament format: " << bytes.error().detail << '\n';
    return kUsage;
  }
  const fhir::tree::ReadOutcome outcome = read_resource(*bytes);
  if (outcome.tree == nullptr || outcome.issues.has_error()) {
    std::cout << fhir::json::write(fhir::validate::to_outcome(outcome.issues)->root()) << '\n';
    return kNegative;
  }
  const bool from_xml = detect_syntax(*bytes) == Syntax::kXml;
  const bool to_json = options.json || (!options.xml && from_xml);
  const auto layout = options.pretty ? fhir::tree::Layout::kPretty : fhir::tree::Layout::kCompact;
  const fhir::tree::Node root = outcome.tree->root();
  std::cout << (to_json ? fhir::json::write(root, layout) : fhir::xml::write(root, layout)) << '\n';
  return kSuccess;
}

}  // namespace gateway::app
