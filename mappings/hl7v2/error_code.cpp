#include "mappings/hl7v2/error_code.hpp"

#include "mappings/hl7v2/location.hpp"

namespace mappings::hl7v2 {
namespace {

ErrorCode0357 not_supported(const std::optional<Location>& place) {
  if (!place || place->segment != "MSH") return ErrorCode0357::kInternal;
  if (place->field == 9) return place->component == 2 ? ErrorCode0357::kEvent : ErrorCode0357::kMessageType;
  if (place->field == 11) return ErrorCode0357::kProcessingId;
  if (place->field == 12) return ErrorCode0357::kVersion;
  return ErrorCode0357::kInternal;
}

}  // namespace

ErrorCode0357 error_code(const fhir::Issue& issue) {
  using fhir::IssueType;
  switch (issue.type) {
    case IssueType::kStructure: return ErrorCode0357::kSegmentSequence;
    case IssueType::kRequired: return ErrorCode0357::kRequiredMissing;
    case IssueType::kInvalid:
    case IssueType::kValue: return ErrorCode0357::kDataType;
    case IssueType::kCodeInvalid: return ErrorCode0357::kTableValue;
    case IssueType::kTooLong: return ErrorCode0357::kTooLong;
    case IssueType::kNotSupported: return not_supported(parse_location(issue.expression));
    case IssueType::kNotFound: return ErrorCode0357::kUnknownKey;
    case IssueType::kDuplicate: return ErrorCode0357::kDuplicateKey;
    case IssueType::kConflict: return ErrorCode0357::kRecordLocked;
    default: return ErrorCode0357::kInternal;
  }
}

std::string_view display(ErrorCode0357 code) noexcept {
  switch (code) {
    case ErrorCode0357::kAccepted: return "Message accepted";
    case ErrorCode0357::kSegmentSequence: return "Segment sequence error";
    case ErrorCode0357::kRequiredMissing: return "Required field missing";
    case ErrorCode0357::kDataType: return "Data type error";
    case ErrorCode0357::kTableValue: return "Table value not found";
    case ErrorCode0357::kTooLong: return "Value too long";
    case ErrorCode0357::kMessageType: return "Unsupported message type";
    case ErrorCode0357::kEvent: return "Unsupported event code";
    case ErrorCode0357::kProcessingId: return "Unsupported processing id";
    case ErrorCode0357::kVersion: return "Unsupported version id";
    case ErrorCode0357::kUnknownKey: return "Unknown key identifier";
    case ErrorCode0357::kDuplicateKey: return "Duplicate key identifier";
    case ErrorCode0357::kRecordLocked: return "Application record locked";
    case ErrorCode0357::kInternal: return "Application internal error";
  }
  return {};
}

}  // namespace mappings::hl7v2
