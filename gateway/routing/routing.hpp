// The routing decision: a pure function of the message, the instant of receipt and the services.
//
// The same input and the same catalogue give the same decision. Nothing is ever routed to a destination
// without a contract that is live on the local date of receipt, or by a service that is not in effect; where
// two things could be meant, a person decides. Order: the gate, then cancer priority, then age, integrity of
// codes, exclusions, rules of the data, patient choice, contracts.
#pragma once

#include <optional>

#include "fhir/base/instant.hpp"
#include "fhir/tree/tree.hpp"
#include "gateway/config/config.hpp"
#include "gateway/gate/gate.hpp"
#include "gateway/routing/decision.hpp"
#include "gateway/services/catalogue.hpp"

namespace gateway::routing {

/// Who sent it, as authentication knows it.
struct Sender {
  std::string partner;  ///< Empty for `ligament route`.
  std::string ods;
  config::PartnerRole role = config::PartnerRole::kGp;
};

/// Whether the destination of the message must be a service of the catalogue. --dev takes any.
enum class DestinationCheck : std::uint8_t { kMustMatch, kAny };

struct RoutingInput {
  fhir::tree::Node bundle;  ///< A Bundle of type message.
  fhir::Instant received;
  const services::ServiceCatalogue& catalogue;
  const gate::GateResult& gate;
  Sender sender;
  DestinationCheck destination = DestinationCheck::kMustMatch;
  std::vector<std::string> use_cases;  ///< Configured codes, for services that name none. Empty: any.
  /// This gateway as a destination. A message for it, or under kAny for no service known here, belongs to the
  /// service whose area has the patient's practice.
  std::optional<config::ServiceId> gateway = std::nullopt;
};

/// Never fails: what cannot be decided is a hold. Any thread.
[[nodiscard]] Decision decide(const RoutingInput& input);

}  // namespace gateway::routing
