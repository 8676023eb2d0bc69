#include "fhir/validate/findings.hpp"

#include <utility>

#include "fhir/tree/expression.hpp"

namespace fhir::validate {

bool Findings::is_noticed(Severity severity) {
  if (quiet_ == nullptr) return false;
  if (severity <= Severity::kError) quiet_->failed_ = true;
  return true;
}

bool Findings::is_known(tree::Node at, Parts parts) {
  if (known_.size() >= 100'000) return false;
  std::string key = std::to_string(at.index());
  for (const std::string_view part : parts)
    key.append(part);
  return !known_.insert(std::move(key)).second;
}

void Findings::add(tree::Node at, Severity severity, IssueType type, Parts parts) {
  if (is_noticed(severity) || is_known(at, parts)) return;
  report_.add(at, severity, type, parts);
}

void Findings::add_named(tree::Node at, std::string expression, Severity severity, IssueType type,
                         Parts parts) {
  if (is_noticed(severity) || is_known(at, parts)) return;
  report_.add_named(at, std::move(expression), severity, type, parts);
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
