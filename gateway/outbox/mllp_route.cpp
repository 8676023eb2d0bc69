#include "gateway/outbox/mllp_route.hpp"

#include <utility>

namespace gateway::outbox {

fhir::Result<std::map<std::string, mllp::Destination, std::less<>>> mllp_destinations(
    const config::Config& config) {
  std::map<std::string, mllp::Destination, std::less<>> destinations;
  for (const config::Partner& partner : config.partners) {
    if (!partner.hl7v2 || partner.hl7v2->endpoint.empty()) continue;
    auto address = async::parse_address(partner.hl7v2->endpoint);
    if (!address.has_value())
      return fhir::fail(address.error().code, "partner " + partner.name + ": hl7v2.endpoint");
    mllp::Destination destination{std::move(*address), nullptr};
    if (partner.hl7v2->tls) {
      auto tls = std::make_shared<tls::ClientSettings>();
      tls->ca_file = partner.hl7v2->ca_file;
      if (config.doors.tls) {
        tls->certificate_file = config.doors.tls->certificate_file;
        tls->key_file = config.doors.tls->key_file;
      }
      destination.tls = std::move(tls);
    }
    destinations.emplace(partner.name, std::move(destination));
  }
  return destinations;
}

}  // namespace gateway::outbox
