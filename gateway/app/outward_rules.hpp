// What the gateway goes by, put together from an installation.
#pragma once

#include <memory>

#include "gateway/intake/rules.hpp"
#include "gateway/security/id_key.hpp"
#include "gateway/services/catalogue.hpp"
#include "mappings/convert/converter.hpp"

namespace gateway::app {

/// Some partner or door speaks HL7 v2: only then are maps needed.
[[nodiscard]] bool speaks_v2(const config::Config& config);

/// `converter` may be null: then nothing is said in HL7 v2.
[[nodiscard]] intake::RulesPtr rules_of(std::shared_ptr<const config::Config> config,
                                        const services::ServiceCatalogue& catalogue,
                                        std::shared_ptr<const mappings::convert::Converter> converter,
                                        const security::IdKey& id_key);

}  // namespace gateway::app
