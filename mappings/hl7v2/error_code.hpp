// HL7 table 0357, the codes of errors in acknowledgements, and how an Issue carries one.
//
// An Issue has no field for the code: its type and its place decide it. Whoever reports about a v2 message
// chooses the IssueType by the column below and gives the v2 place as `expression`.
//
// | IssueType                     | code                                                             |
// |-------------------------------|------------------------------------------------------------------|
// | kStructure                    | 100 segment sequence                                             |
// | kRequired                     | 101 required field missing                                       |
// | kInvalid, kValue              | 102 data type                                                    |
// | kCodeInvalid                  | 103 table value                                                  |
// | kTooLong                      | 104 value too long                                               |
// | kNotSupported at MSH-9.1, .3  | 200 message type                                                 |
// | kNotSupported at MSH-9.2      | 201 event                                                        |
// | kNotSupported at MSH-11       | 202 processing id                                                |
// | kNotSupported at MSH-12       | 203 version                                                      |
// | kNotFound                     | 204 unknown key                                                  |
// | kDuplicate                    | 205 duplicate key                                                |
// | kConflict                     | 206 record locked                                                |
// | any other                     | 207 internal: our own rule, named by the text                    |
#pragma once

#include <cstdint>
#include <string_view>

#include "fhir/base/issue.hpp"

namespace mappings::hl7v2 {

enum class ErrorCode0357 : std::uint16_t {
  kAccepted = 0,
  kSegmentSequence = 100,
  kRequiredMissing = 101,
  kDataType = 102,
  kTableValue = 103,
  kTooLong = 104,
  kMessageType = 200,
  kEvent = 201,
  kProcessingId = 202,
  kVersion = 203,
  kUnknownKey = 204,
  kDuplicateKey = 205,
  kRecordLocked = 206,
  kInternal = 207,
};

/// See the file comment.
[[nodiscard]] ErrorCode0357 error_code(const fhir::Issue& issue);

/// The display of the code, in English.
[[nodiscard]] std::string_view display(ErrorCode0357 code) noexcept;

/// True for 200 to 203: the message is rejected (AR, CR) and repeating it unchanged is pointless.
[[nodiscard]] constexpr bool rejects(ErrorCode0357 code) noexcept {
  return code >= ErrorCode0357::kMessageType && code <= ErrorCode0357::kVersion;
}

}  // namespace mappings::hl7v2
