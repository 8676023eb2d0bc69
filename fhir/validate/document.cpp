#include "fhir/validate/document.hpp"

#include <utility>
#include <vector>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/json/repair.hpp"
#include "fhir/validate/element_order.hpp"
#include "fhir/xml/reader.hpp"

namespace fhir::validate {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kSpace = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

/// The lines of JSON lines, or nothing when it is one document.
std::vector<std::string_view> json_lines(std::string_view bytes) {
  std::vector<std::string_view> lines;
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const std::string_view line = trimmed(bytes.substr(0, end));
    bytes = end == std::string_view::npos ? std::string_view() : bytes.substr(end + 1);
    if (line.empty()) continue;
    if (!line.starts_with('{') || !line.ends_with('}')) return {};
    lines.push_back(line);
  }
  return lines.size() > 1 ? lines : std::vector<std::string_view>();
}

/// A document that could not be read has no elements to name.
IssueList without_places(const IssueList& issues) {
  IssueList out;
  for (Issue issue : issues.items()) {
    if (issue.severity == Severity::kFatal) issue.expression.clear();
    out.add(std::move(issue));
  }
  return out;
}

class Reading {
 public:
  Reading(const Validator& validator, std::span<const std::string> profiles, const DocumentOptions& options)
      : validator_(validator), profiles_(profiles), options_(options) {}

  IssueList document(std::string_view bytes) const {
    if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
    if (trimmed(bytes).starts_with('<')) return judged_xml(bytes);
    const tree::ReadOutcome read = json::read(bytes, definitions::r4(), options_.limits);
    if (read.tree) return judged(read, bytes);
    if (const auto lines = json_lines(bytes); !lines.empty()) {
      IssueList issues;
      for (const std::string_view line : lines)
        issues.append(document(line));
      return issues;
    }
    return mended(read, bytes);
  }

 private:
  IssueList mended(const tree::ReadOutcome& read, std::string_view bytes) const {
    const auto repaired = bytes.size() > options_.limits.max_bytes
                              ? std::nullopt
                              : json::repair(bytes, options_.allow_comments ? json::Comments::kAllowed
                                                                            : json::Comments::kRefused);
    if (!repaired) return without_places(read.issues);
    const tree::ReadOutcome again = json::read(repaired->text, definitions::r4(), options_.limits);
    if (!again.tree) return without_places(read.issues);
    IssueList issues = repaired->issues;
    issues.append(judged(again, repaired->text));
    return issues;
  }

  IssueList judged_xml(std::string_view bytes) const {
    const tree::ReadOutcome read = xml::read(bytes, definitions::r4(), options_.limits);
    IssueList issues = judged(read, bytes);
    if (read.tree) issues.append(check_element_order(read.tree->root(), bytes));
    return issues;
  }

  IssueList judged(const tree::ReadOutcome& read, std::string_view bytes) const {
    if (!read.tree) return without_places(read.issues);
    IssueList issues = read.issues;
    issues.append(validator_.validate(read.tree->root(), bytes, profiles_));
    return issues;
  }

  const Validator& validator_;
  std::span<const std::string> profiles_;
  const DocumentOptions& options_;
};

}  // namespace

IssueList validate_document(const Validator& validator, std::string_view bytes,
                            std::span<const std::string> profiles, const DocumentOptions& options) {
  return Reading(validator, profiles, options).document(bytes);
}

}  // namespace fhir::validate
