// The facts of MSH, also of a message that cannot be read otherwise: what an acknowledgement needs.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mappings/hl7v2/delimiters.hpp"

namespace mappings::hl7v2 {

/// Texts are the raw bytes of the fields, escapes and components included, so that they can be sent back as
/// they came; control characters are blanks. Those of one component are that component alone. Empty: not
/// sent.
struct Header {
  Delimiters delimiters;
  std::string sending_application;    ///< MSH-3
  std::string sending_facility;       ///< MSH-4
  std::string receiving_application;  ///< MSH-5
  std::string receiving_facility;     ///< MSH-6
  std::string type;                   ///< MSH-9.1, `REF`
  std::string event;                  ///< MSH-9.2, `I12`
  std::string structure;              ///< MSH-9.3, as sent
  std::string control_id;             ///< MSH-10
  std::string processing_id;          ///< MSH-11, `P` or `P^T`
  std::string version;                ///< MSH-12.1, `2.4`
  std::string version_field;          ///< MSH-12, `2.4^GBR`
  std::string sequence_number;        ///< MSH-13
  std::string accept_mode;            ///< MSH-15: AL, NE, ER, SU
  std::string application_mode;       ///< MSH-16
  std::string country;                ///< MSH-17
  std::string character_set;          ///< MSH-18, first repetition

  /// True if either acknowledgement mode is valued: enhanced mode (HL7 v2.8 2.9.3).
  [[nodiscard]] bool is_enhanced() const noexcept {
    return !accept_mode.empty() || !application_mode.empty();
  }
};

/// The header of a message; the rest may be anything. Empty when no MSH with usable delimiters stands at the
/// start. Cost: linear in the first segment, of which at most 64 KiB are looked at.
[[nodiscard]] std::optional<Header> read_header(std::string_view bytes);

}  // namespace mappings::hl7v2
