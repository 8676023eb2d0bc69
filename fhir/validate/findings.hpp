// What the walk finds: issues for the caller, or, while it only asks whether something would be valid, the
// answer to that.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <unordered_set>

#include "fhir/validate/reporter.hpp"

namespace fhir::validate {

/// Not thread-safe. An issue that repeats another, place and text, is kept once.
class Findings {
 public:
  using Parts = std::initializer_list<std::string_view>;

  Findings(std::string_view source, std::size_t capacity) : report_(source, capacity) {}

  void add(tree::Node at, Severity severity, IssueType type, Parts parts);
  void error(tree::Node at, IssueType type, Parts parts) { add(at, Severity::kError, type, parts); }
  void warning(tree::Node at, IssueType type, Parts parts) { add(at, Severity::kWarning, type, parts); }
  void note(tree::Node at, IssueType type, Parts parts) { add(at, Severity::kInformation, type, parts); }
  /// At the position of `at`, under the name `expression`.
  void add_named(tree::Node at, std::string expression, Severity severity, IssueType type, Parts parts);
  /// About a child of `parent` that is not there.
  void error_at_missing(tree::Node parent, std::string_view serial_name, IssueType type, Parts parts);

  [[nodiscard]] IssueList take() { return report_.take(); }
  [[nodiscard]] bool is_quiet() const noexcept { return quiet_ != nullptr; }
  /// True while quiet and an error was found: the rest need not be looked at.
  [[nodiscard]] bool is_decided() const noexcept { return quiet_ != nullptr && quiet_->failed_; }

  /// As long as it lives nothing is reported; errors are only noticed.
  class Quiet {
   public:
    explicit Quiet(Findings& findings) : findings_(findings), outer_(findings.quiet_) {
      findings.quiet_ = this;
    }
    ~Quiet() { findings_.quiet_ = outer_; }
    Quiet(const Quiet&) = delete;
    Quiet& operator=(const Quiet&) = delete;
    [[nodiscard]] bool failed() const noexcept { return failed_; }

   private:
    friend class Findings;
    Findings& findings_;
    Quiet* outer_;
    bool failed_ = false;
  };

 private:
  [[nodiscard]] bool is_noticed(Severity severity);
  [[nodiscard]] bool is_known(tree::Node at, Parts parts);

  Reporter report_;
  Quiet* quiet_ = nullptr;
  std::unordered_set<std::string> known_;
};

}  // namespace fhir::validate
