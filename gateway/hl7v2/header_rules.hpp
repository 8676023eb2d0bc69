// What the header of a message must say before anything else of it counts.
#pragma once

#include "fhir/base/issue.hpp"
#include "gateway/config/config.hpp"
#include "mappings/hl7v2/header.hpp"

namespace gateway::hl7v2 {

/// Errors, with v2 places: MSH-10 missing; MSH-11 of the other world than the installation (P is live, T and
/// D are test), missing or unknown; MSH-12 not 2.3 to 2.8 (missing passes). Pure.
[[nodiscard]] fhir::IssueList check_header(const mappings::hl7v2::Header& header,
                                           config::Environment environment);

}  // namespace gateway::hl7v2
