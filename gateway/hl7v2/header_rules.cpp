#include "gateway/hl7v2/header_rules.hpp"

#include <string_view>

namespace gateway::hl7v2 {
namespace {

using fhir::IssueType;
using fhir::Severity;
using mappings::hl7v2::Header;

bool is_supported_version(std::string_view version) {
  const bool shaped = version.size() >= 3 && version.starts_with("2.");
  const bool followed = version.size() == 3 || (shaped && version[3] == '.');
  return shaped && followed && version[2] >= '3' && version[2] <= '8';
}

}  // namespace

fhir::IssueList check_header(const Header& header, config::Environment environment) {
  fhir::IssueList issues;
  if (header.control_id.empty())
    issues.add(Severity::kError, IssueType::kRequired, "MSH[1]-10[1]", "a message needs its control id");
  const std::string_view sent = header.processing_id;
  const std::string_view id = sent.substr(0, sent.find(header.delimiters.component));
  const bool live = environment == config::Environment::kLive;
  if (id != "P" && id != "T" && id != "D") {
    issues.add(Severity::kError, IssueType::kNotSupported, "MSH[1]-11[1]", "must be P, T or D");
  } else if (live != (id == "P")) {
    issues.add(Severity::kError, IssueType::kNotSupported, "MSH[1]-11[1]",
               live ? "this is a live installation: only P is taken"
                    : "this is a test installation: P is not taken");
  }
  if (!header.version.empty() && !is_supported_version(header.version))
    issues.add(Severity::kError, IssueType::kNotSupported, "MSH[1]-12[1]", "versions 2.3 to 2.8 are taken");
  return issues;
}

}  // namespace gateway::hl7v2
