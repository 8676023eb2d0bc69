#include "fhir/validate/findings.hpp"

#include "fhir/tree/expression.hpp"

namespace fhir::validate {

bool Findings::is_noticed(Severity severity) {
  if (quiet_ == nullptr) return false;
  if (severity <= Severity::kError) quiet_->failed_ = true;
  return true;
}

void Findings::add(tree::Node at, Severity severity, IssueType type, Parts parts) {
  if (is_noticed(severity)) return;
  if (known_.size() < 100'000) {
    std::string key = std::to_string(at.index());
    for (const std::string_view part : parts)
      key.append(part);
    if (!known_.insert(std::move(key)).second) return;
  }
  report_.add(at, severity, type, parts);
}

void Findings::error_at_missing(tree::Node parent, std::string_view serial_name, IssueType type,
                                Parts parts) {
  if (is_noticed(Severity::kError)) return;
  std::string text;
  for (const std::string_view part : parts)
    text.append(part);
  report_.issues().add(Severity::kError, type, tree::expression(parent, serial_name), std::move(text));
}

}  // namespace fhir::validate
