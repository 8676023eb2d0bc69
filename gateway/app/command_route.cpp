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

namespace {

/// By when the triage is due, were it received now.
services::Due triage_due(const routing::Decision& decision, fhir::tree::Node bundle,
                         const services::ServiceCatalogue& catalogue, fhir::Instant at) {
  bool urgent = false;
  for (const fhir::tree::Node entry : bundle.children("entry")) {
    const fhir::tree::Node request = entry.child("resource");
    const std::string_view priority = request.child("priority").text();
    urgent = urgent || (request.type() == "ServiceRequest" && !priority.empty() && priority != "routine");
  }
  return services::due_after(urgent ? decision.triage.urgent : decision.triage.routine, decision.week,
                             catalogue.calendar().get(), at);
}

}  // namespace

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
  const routing::Decision decision = routing::decide(input);
  const services::Due due = triage_due(decision, message.tree->root(), **catalogue, *at);
  const bool waits = decision.outcome == routing::Outcome::kRoute && due.at != *at;
  std::cout << routing::to_json(decision, waits ? &due : nullptr) << '\n';
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
