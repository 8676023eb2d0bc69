#include "gateway/app/outward_rules.hpp"

#include <algorithm>
#include <utility>

#include "gateway/app/keyed_hash.hpp"
#include "gateway/hl7v2/outward_messages.hpp"
#include "gateway/intake/dispatch.hpp"

namespace gateway::app {

bool speaks_v2(const config::Config& config) {
  return !config.doors.mllp.empty() || !config.doors.mllps.empty() ||
         std::ranges::any_of(config.partners, intake::speaks_v2_alone);
}

intake::RulesPtr rules_of(std::shared_ptr<const config::Config> config,
                          const services::ServiceCatalogue& catalogue,
                          std::shared_ptr<const mappings::convert::Converter> converter,
                          const security::IdKey& id_key) {
  std::shared_ptr<const intake::OutwardForms> forms;
  if (converter)
    forms = std::make_shared<const hl7v2::OutwardMessages>(std::move(converter), *config, keyed_hash(id_key));
  return intake::make_rules(std::move(config), catalogue.calendar(), std::move(forms));
}

}  // namespace gateway::app
