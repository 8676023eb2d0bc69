// Runs of the validator suite that cannot agree offline, each with its reason.
#pragma once

#include <string>
#include <string_view>

namespace conformance {

/// Why the run cannot be expected to agree with the official validator here; empty when it can. Such runs are
/// graded like all others; the reason is printed beside a disagreement.
[[nodiscard]] std::string marked_run(std::string_view name, std::string_view kind);

}  // namespace conformance
