#include "fhir/base/error.hpp"

namespace fhir {

const ErrorTraits& traits(ErrorCode code) noexcept {
  static constexpr ErrorTraits kInvalidRequest{"invalid_request", 400, "invalid", "AE", Retry::kNever};
  static constexpr ErrorTraits kMalformed{"malformed", 400, "structure", "AE", Retry::kNever};
  static constexpr ErrorTraits kUnsupported{"unsupported", 501, "not-supported", "AR", Retry::kNever};
  static constexpr ErrorTraits kNotFound{"not_found", 404, "not-found", "AE", Retry::kNever};
  static constexpr ErrorTraits kConflict{"conflict", 409, "conflict", "AE", Retry::kNever};
  static constexpr ErrorTraits kDuplicate{"duplicate", 409, "duplicate", "AE", Retry::kNever};
  static constexpr ErrorTraits kUnprocessable{"unprocessable", 422, "business-rule", "AE", Retry::kNever};
  static constexpr ErrorTraits kUnauthenticated{"unauthenticated", 401, "login", "AR", Retry::kNever};
  static constexpr ErrorTraits kForbidden{"forbidden", 403, "forbidden", "AR", Retry::kNever};
  static constexpr ErrorTraits kTooLarge{"too_large", 413, "too-long", "AR", Retry::kNever};
  static constexpr ErrorTraits kBusy{"busy", 429, "throttled", "AR", Retry::kLater};
  static constexpr ErrorTraits kTimedOut{"timed_out", 408, "timeout", "AR", Retry::kSameKeys};
  static constexpr ErrorTraits kCancelled{"cancelled", 503, "transient", "AR", Retry::kLater};
  static constexpr ErrorTraits kUnavailable{"unavailable", 503, "transient", "AR", Retry::kLater};
  static constexpr ErrorTraits kCommitUnknown{"commit_unknown", 503, "transient", "AR", Retry::kSameKeys};
  static constexpr ErrorTraits kCorrupt{"corrupt", 500, "exception", "AR", Retry::kNever};
  static constexpr ErrorTraits kInternal{"internal", 500, "exception", "AR", Retry::kNever};
  switch (code) {
    case ErrorCode::kInvalidRequest: return kInvalidRequest;
    case ErrorCode::kMalformed: return kMalformed;
    case ErrorCode::kUnsupported: return kUnsupported;
    case ErrorCode::kNotFound: return kNotFound;
    case ErrorCode::kConflict: return kConflict;
    case ErrorCode::kDuplicate: return kDuplicate;
    case ErrorCode::kUnprocessable: return kUnprocessable;
    case ErrorCode::kUnauthenticated: return kUnauthenticated;
    case ErrorCode::kForbidden: return kForbidden;
    case ErrorCode::kTooLarge: return kTooLarge;
    case ErrorCode::kBusy: return kBusy;
    case ErrorCode::kTimedOut: return kTimedOut;
    case ErrorCode::kCancelled: return kCancelled;
    case ErrorCode::kUnavailable: return kUnavailable;
    case ErrorCode::kCommitUnknown: return kCommitUnknown;
    case ErrorCode::kCorrupt: return kCorrupt;
    case ErrorCode::kInternal: return kInternal;
  }
  return kInternal;
}

std::string to_text(const Error& error) {
  std::string text(traits(error.code).name);
  if (!error.detail.empty()) text.append(": ").append(error.detail);
  return text;
}

}  // namespace fhir
