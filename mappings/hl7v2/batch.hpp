// Splits a file into its messages (HL7 v2.8 2.10.3: FHS, BHS, BTS, FTS), or a run of messages without those.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "fhir/base/issue.hpp"

namespace mappings::hl7v2 {

/// `messages` are ranges of the bytes given, each from its MSH to the end of its last segment.
struct Batch {
  std::vector<std::string_view> messages;
  fhir::IssueList issues;
};

/// True if the bytes begin with FHS or BHS, or hold more than one MSH.
[[nodiscard]] bool is_batch(std::string_view bytes) noexcept;

/// Errors: nothing that begins with MSH, FHS or BHS; segments that belong to no message; more than
/// `max_messages`. A count in BTS-1 or FTS-1 that is not what was found is a warning. Pure; any thread. Cost:
/// linear.
[[nodiscard]] Batch split_batch(std::string_view bytes, std::size_t max_messages = 10'000);

}  // namespace mappings::hl7v2
