// Who calls: from credentials, or in --dev from what a loopback caller says of itself.
#pragma once

#include <memory>

#include "gateway/config/config.hpp"
#include "gateway/intake/process_message_handler.hpp"

namespace gateway::app {

/// kInvalidRequest when credentials of the configuration cannot be used. The function keeps `config`.
///
/// In --dev the name in `X-Ligament-Partner` decides, else the ODS code in `NHSD-End-User-Organisation`, else
/// the caller is the first configured GP.
[[nodiscard]] fhir::Result<intake::Authenticate> make_authentication(
    std::shared_ptr<const config::Config> config, bool dev);

}  // namespace gateway::app
