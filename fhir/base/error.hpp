// The few ways an operation can fail, and what each means to the outside.
//
// Data problems are not errors: a parser or validator that could do its job reports issues (issue.hpp) with
// the place in the data. An Error says that the job itself could not be done.
#pragma once

#include <cstdint>
#include <source_location>
#include <string>
#include <string_view>

namespace fhir {

/// A code exists only if some caller reacts to it differently from every other code.
enum class ErrorCode : std::uint8_t {
  kInvalidRequest,   ///< The request breaks a rule of its protocol; the sender must change it.
  kMalformed,        ///< Bytes that cannot be read as the format they claim to be.
  kUnsupported,      ///< Well-formed, and not offered here.
  kNotFound,         ///< No such thing, or not visible to this caller.
  kConflict,         ///< A version or state moved on; read again and decide anew.
  kDuplicate,        ///< Already processed; the first answer stands.
  kUnprocessable,    ///< Understood, and refused by a rule.
  kUnauthenticated,  ///< The caller is not known.
  kForbidden,        ///< The caller is known and may not.
  kTooLarge,         ///< Over a stated limit of size, depth or count.
  kBusy,             ///< A bounded queue is full; try later.
  kTimedOut,         ///< The deadline passed; the outcome elsewhere is unknown.
  kCancelled,        ///< Stopped on purpose. Never swallowed, never logged as a failure.
  kUnavailable,      ///< A needed resource (disk, partner, database) does not answer.
  kCommitUnknown,    ///< A commit was sent and its outcome is not known; repeat with the same keys.
  kCorrupt,          ///< Stored data failed its check; stop and tell an operator.
  kInternal,         ///< A fault of ours.
};

inline constexpr int kErrorCodeCount = 17;

/// What the owner of retry does with the failure.
enum class Retry : std::uint8_t { kNever, kLater, kSameKeys };

/// One row of the table that gives every code its outward form. Any thread; static storage.
struct ErrorTraits {
  std::string_view name;        ///< `too_large`; for logs and metrics.
  int http_status;              ///< Status of an HTTP answer.
  std::string_view issue_type;  ///< FHIR R4 IssueType code of the OperationOutcome.
  std::string_view hl7_ack;     ///< HL7 v2 acknowledgement code, table 0008: AE or AR.
  Retry retry;
};

[[nodiscard]] const ErrorTraits& traits(ErrorCode code) noexcept;

/// A failure. `detail` is for operators and partners: it says where and what to do, and never holds patient
/// data.
struct [[nodiscard]] Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string detail;
  std::source_location where = std::source_location::current();
};

/// "too_large: body over 5242880 bytes".
[[nodiscard]] std::string to_text(const Error& error);

}  // namespace fhir
