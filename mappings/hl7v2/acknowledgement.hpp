// Acknowledgement messages (HL7 v2.8 2.9 and 2.14): MSH, MSA and ERR.
//
// The answer goes from the receiver of the original to its sender, in the original's delimiters, version and
// processing id. MSH-9 is `ACK`, from 2.3.1 on with the event, from 2.4 on `ACK^I12^ACK`. Errors are one ERR
// with repeated ERR-1 before 2.5, and one ERR each (ERR-2, -3, -4, -8) from 2.5 on. All is ASCII but what is
// sent back as it came, so the answer is in the original's character set.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fhir/base/instant.hpp"
#include "fhir/base/issue.hpp"
#include "mappings/hl7v2/error_code.hpp"
#include "mappings/hl7v2/header.hpp"
#include "mappings/hl7v2/location.hpp"

namespace mappings::hl7v2 {

/// Table 0008. A*: application acknowledgement (or the one of original mode); C*: accept acknowledgement.
enum class AckCode : std::uint8_t { kAA, kAE, kAR, kCA, kCE, kCR };
[[nodiscard]] std::string_view to_text(AckCode code) noexcept;

struct AckError {
  Location place;
  ErrorCode0357 code = ErrorCode0357::kInternal;
  fhir::Severity severity = fhir::Severity::kError;
  std::string text;  ///< For ERR-8; without values of the message.
};

/// The errors and warnings of a list as ERR takes them, at most `limit`; information is left out. Places that
/// are no v2 locations (a FHIRPath) give an AckError without place.
[[nodiscard]] std::vector<AckError> to_ack_errors(const fhir::IssueList& issues, std::size_t limit = 20);

struct Acknowledgement {
  AckCode code = AckCode::kAA;
  std::string control_id;  ///< MSH-10 of the acknowledgement: our own.
  fhir::Instant now;       ///< MSH-7, written in UTC.
  std::string
      application;       ///< MSH-3 of the acknowledgement; empty: the application the original was sent to.
  std::string facility;  ///< MSH-4 likewise.
  std::string expected_sequence;  ///< MSA-4; empty: not sent.
  std::vector<AckError> errors;
};

/// The bytes, CR after each segment, without framing. Pure; any thread.
[[nodiscard]] std::string acknowledge(const Header& original, const Acknowledgement& acknowledgement);

}  // namespace mappings::hl7v2
