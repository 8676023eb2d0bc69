#include "fhir/base/issue.hpp"

#include <algorithm>
#include <utility>

namespace fhir {

std::string_view to_code(Severity severity) noexcept {
  switch (severity) {
    case Severity::kFatal: return "fatal";
    case Severity::kError: return "error";
    case Severity::kWarning: return "warning";
    case Severity::kInformation: return "information";
  }
  return "error";
}

std::string_view to_code(IssueType type) noexcept {
  switch (type) {
    case IssueType::kInvalid: return "invalid";
    case IssueType::kStructure: return "structure";
    case IssueType::kRequired: return "required";
    case IssueType::kValue: return "value";
    case IssueType::kInvariant: return "invariant";
    case IssueType::kSecurity: return "security";
    case IssueType::kLogin: return "login";
    case IssueType::kForbidden: return "forbidden";
    case IssueType::kProcessing: return "processing";
    case IssueType::kNotSupported: return "not-supported";
    case IssueType::kDuplicate: return "duplicate";
    case IssueType::kNotFound: return "not-found";
    case IssueType::kTooLong: return "too-long";
    case IssueType::kCodeInvalid: return "code-invalid";
    case IssueType::kExtension: return "extension";
    case IssueType::kTooCostly: return "too-costly";
    case IssueType::kBusinessRule: return "business-rule";
    case IssueType::kConflict: return "conflict";
    case IssueType::kTransient: return "transient";
    case IssueType::kException: return "exception";
    case IssueType::kTimeout: return "timeout";
    case IssueType::kThrottled: return "throttled";
    case IssueType::kInformational: return "informational";
  }
  return "invalid";
}

SourcePosition locate(std::string_view source, std::size_t offset) noexcept {
  const std::string_view before = source.substr(0, std::min(offset, source.size()));
  const auto lines = static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n'));
  const std::size_t last_break = before.rfind('\n');
  const std::size_t line_start = last_break == std::string_view::npos ? 0 : last_break + 1;
  return {offset, lines + 1, static_cast<std::uint32_t>(before.size() - line_start) + 1};
}

void IssueList::add(Issue issue) {
  const bool is_error = issue.severity <= Severity::kError;
  const bool first_error = is_error && !has_error_;
  has_error_ = has_error_ || is_error;
  if (items_.size() < capacity_ || first_error) {
    items_.push_back(std::move(issue));
  } else {
    ++dropped_;
  }
}

void IssueList::add(Severity severity, IssueType type, std::string expression, std::string text,
                    SourcePosition position) {
  add(Issue{severity, type, std::move(expression), std::move(text), position});
}

void IssueList::append(const IssueList& other) {
  for (const Issue& issue : other.items_)
    add(issue);
  dropped_ += other.dropped_;
  has_error_ = has_error_ || other.has_error_;
}

}  // namespace fhir
