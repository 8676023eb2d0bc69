// Where a partner is reached by MLLP.
#pragma once

#include <map>
#include <string>

#include "fhir/base/result.hpp"
#include "gateway/config/config.hpp"
#include "gateway/mllp/sender.hpp"

namespace gateway::outbox {

/// The partners that have an HL7 v2 endpoint, by name. Over TLS we show the certificate of our own doors.
/// kInvalidRequest naming the partner whose endpoint cannot be used.
[[nodiscard]] fhir::Result<std::map<std::string, mllp::Destination, std::less<>>> mllp_destinations(
    const config::Config& config);

}  // namespace gateway::outbox
