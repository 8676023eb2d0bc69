// Places in a message, as ERR-2 (HL7 v2.8 2.14.5.2, data type ERL) and issues name them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/tree/tree.hpp"

namespace mappings::hl7v2 {

/// Numbers count from 1; 0 means that the place goes no deeper. `segment` is empty for the message itself.
struct Location {
  std::string segment;         ///< `PID`
  std::uint32_t sequence = 0;  ///< Which segment of that name in the message, over all groups.
  std::uint32_t field = 0;
  std::uint32_t repetition = 0;
  std::uint32_t component = 0;
  std::uint32_t subcomponent = 0;
  friend bool operator==(const Location&, const Location&) = default;
};

/// The place of a node of a v2 tree. A group is at its first segment. Empty repetitions have no node and are
/// not counted. Cost: linear in the segments of the message; call it when reporting.
[[nodiscard]] Location location(fhir::tree::Node node);

/// Places of many nodes of one message: its segments are counted once. The message outlives it.
class Locations {
 public:
  explicit Locations(const fhir::tree::Tree& message);
  /// As location() gives it. Cost: linear in the fields of a segment, less when asked in their order.
  [[nodiscard]] Location of(fhir::tree::Node node);

 private:
  std::vector<std::uint32_t> sequences_;  ///< By segment.
  fhir::tree::Node field_;                ///< Counted last.
  std::uint32_t repetition_ = 0;
};

/// `PID[1]-3[2].4.1`: segment, its sequence, field, repetition, component, subcomponent. Sequence and
/// repetition are always written where the level above is. This is the `expression` of v2 issues.
[[nodiscard]] std::string to_text(const Location& location);

/// Reads what to_text writes, and the same with `[..]` left out, which means the first. Empty for other text.
[[nodiscard]] std::optional<Location> parse_location(std::string_view text);

}  // namespace mappings::hl7v2
