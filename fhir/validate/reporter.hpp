// Where the checks put what they find.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "fhir/base/issue.hpp"
#include "fhir/tree/tree.hpp"

namespace fhir::validate {

/// Collects issues with their places. Once the list is full an issue costs nothing but its count, so that a
/// message with a million faults is refused as fast as one with a few. Not thread-safe.
class Reporter {
 public:
  /// `source` as in ValidateOptions; outlives the reporter.
  Reporter(std::string_view source, std::size_t capacity)
      : source_(source), capacity_(capacity), issues_(capacity) {}

  /// `parts` are joined; they hold names of definitions, never values of the message.
  void add(tree::Node at, Severity severity, IssueType type, std::initializer_list<std::string_view> parts);
  /// At the position of `at`, under another name than its own.
  void add_named(tree::Node at, std::string expression, Severity severity, IssueType type,
                 std::initializer_list<std::string_view> parts);
  void error(tree::Node at, IssueType type, std::initializer_list<std::string_view> parts) {
    add(at, Severity::kError, type, parts);
  }

  [[nodiscard]] IssueList& issues() noexcept { return issues_; }
  [[nodiscard]] IssueList take() { return std::move(issues_); }

 private:
  /// As fhir::locate(), going on from the last answer: issues come nearly in document order.
  [[nodiscard]] SourcePosition locate_from_last(std::size_t offset);
  [[nodiscard]] bool is_full_for(Severity severity) const;

  std::string_view source_;
  std::size_t line_start_ = 0;
  std::uint32_t line_ = 1;
  std::size_t capacity_;
  IssueList issues_;
};

}  // namespace fhir::validate
