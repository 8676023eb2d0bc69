// Issues: what is wrong with data, and where.
//
// Readers, validators and mappers report issues and carry on; only "could not do the job" is an Error. An
// issue never quotes a value of the message: it goes into answers and logs, and the value may be about a
// patient.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fhir {

/// FHIR R4 IssueSeverity. Fatal: reading stopped, later issues may be missing. Error: the data is invalid.
enum class Severity : std::uint8_t { kFatal, kError, kWarning, kInformation };

/// The FHIR R4 IssueType codes in use here.
enum class IssueType : std::uint8_t {
  kInvalid,
  kStructure,
  kRequired,
  kValue,
  kInvariant,
  kSecurity,
  kLogin,
  kForbidden,
  kProcessing,
  kNotSupported,
  kDuplicate,
  kNotFound,
  kTooLong,
  kCodeInvalid,
  kExtension,
  kTooCostly,
  kBusinessRule,
  kConflict,
  kTransient,
  kException,
  kTimeout,
  kThrottled,
  kInformational,
};

[[nodiscard]] std::string_view to_code(Severity severity) noexcept;
[[nodiscard]] std::string_view to_code(IssueType type) noexcept;

/// A place in the original bytes. `line` and `column` count from 1, columns in bytes; 0 means not computed.
struct SourcePosition {
  std::size_t offset = 0;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

/// Line and column of `offset` in `source`. Lines end at LF. Cost: linear in offset; call it when reporting
/// only.
[[nodiscard]] SourcePosition locate(std::string_view source, std::size_t offset) noexcept;

struct Issue {
  Severity severity = Severity::kError;
  IssueType type = IssueType::kInvalid;
  std::string
      expression;    ///< FHIRPath of the place, `Patient.name[0].given[1]`; empty when there is none yet.
  std::string text;  ///< What is wrong and what would be right; no value of the message.
  SourcePosition position;
};

/// A bounded list of issues. Past `capacity` issues are counted, not kept, except that the first error or
/// fatal always is. Not thread-safe.
class IssueList {
 public:
  static constexpr std::size_t kDefaultCapacity = 200;
  explicit IssueList(std::size_t capacity = kDefaultCapacity) : capacity_(capacity) {}

  void add(Issue issue);
  void add(Severity severity, IssueType type, std::string expression, std::string text,
           SourcePosition position = {});
  void append(const IssueList& other);

  [[nodiscard]] const std::vector<Issue>& items() const noexcept { return items_; }
  [[nodiscard]] bool empty() const noexcept { return items_.empty(); }
  [[nodiscard]] std::size_t dropped() const noexcept { return dropped_; }
  /// True if any error or fatal issue was added, kept or not.
  [[nodiscard]] bool has_error() const noexcept { return has_error_; }

 private:
  std::size_t capacity_;
  std::size_t dropped_ = 0;
  bool has_error_ = false;
  std::vector<Issue> items_;
};

}  // namespace fhir
