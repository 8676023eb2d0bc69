#include <iostream>
#include <optional>

#include "fhir/json/writer.hpp"
#include "fhir/validate/outcome.hpp"
#include "gateway/app/commands.hpp"
#include "gateway/app/input.hpp"
#include "gateway/app/installation.hpp"
#include "gateway/gate/gate.hpp"
#include "gateway/routing/routing.hpp"

namespace gateway::app {

int run_route(const RouteOptions& options) {
  const fhir::SystemClock clock;
  const std::optional<fhir::Instant> at = options.at.empty() ? clock.now() : fhir::parse_instant(options.at);
  if (!at) {
    std::cerr << "ligament route: --at takes an instant such as 2026-11-22T09:00:00Z\n";
    return kUsage;
  }
  const auto catalogue = load_services(options.services);
  if (!catalogue.has_value()) {
    std::cerr << "ligament route: " << catalogue.error().detail << '\n';
    return kUsage;
  }
  const auto bytes = read_file(options.file);
  if (!bytes.has_value()) {
    std::cerr << "ligament route: " << bytes.error().detail << '\n';
    return kUsage;
  }
  const fhir::tree::ReadOutcome message = read_resource(*bytes);
  if (message.tree == nullptr || message.issues.has_error()) {
    std::cout << fhir::json::write(fhir::validate::to_outcome(message.issues)->root()) << '\n';
    return kNegative;
  }
  const gate::GateResult gate = gate::inspect((*catalogue)->red_flags(), message.tree->root());
  const routing::RoutingInput input{
      message.tree->root(), *at, **catalogue, gate, {}, routing::DestinationCheck::kAny, {}};
  std::cout << routing::to_json(routing::decide(input)) << '\n';
  return kSuccess;
}

int run_requirements(const RequirementsOptions& options) {
  const auto catalogue = load_services(options.services);
  if (!catalogue.has_value()) {
    std::cerr << "ligament requirements: " << catalogue.error().detail << '\n';
    return kUsage;
  }
  std::cout << services::requirements_markdown(**catalogue);
  return kSuccess;
}

}  // namespace gateway::app
