// Which acknowledgements a message gets: now, on its connection, and later, on one of ours (HL7 v2.8 2.9).
//
// | MSH-15, MSH-16  | now                                      | later |
// |-----------------|------------------------------------------|----------------------------------------------|
// | both empty      | AA, AE, AR                               | - | | either valued   | CA, CE, CR if MSH-15
// says so             | AA, AE, AR if MSH-16 says so                 |
//
// AL always, NE never, ER on error or rejection, SU on success; empty is NE, and so is anything else. In
// enhanced mode we speak when all is decided, so CE and CR tell the whole fate of a message and nothing
// follows them. Who asks for an application acknowledgement alone and has no address gets it on the
// connection.
#pragma once

#include <cstdint>
#include <optional>

#include "mappings/hl7v2/acknowledgement.hpp"
#include "mappings/hl7v2/header.hpp"

namespace gateway::hl7v2 {

/// What became of a message. Error: its content is wrong. Rejected: not taken for its header, or not now.
enum class Fate : std::uint8_t { kAccepted, kError, kRejected };

struct Spoken {
  std::optional<mappings::hl7v2::AckCode> now;
  std::optional<mappings::hl7v2::AckCode> later;
};

/// Pure. `has_address`: something can be sent to the partner. Nothing at all for an acknowledgement.
[[nodiscard]] Spoken spoken(const mappings::hl7v2::Header& header, Fate fate, bool has_address);

/// A message that answers another one: no acknowledgement of it is ever sent.
[[nodiscard]] bool is_acknowledgement(const mappings::hl7v2::Header& header) noexcept;

}  // namespace gateway::hl7v2
