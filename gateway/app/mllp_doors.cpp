#include "gateway/app/mllp_doors.hpp"

#include <utility>

#include "gateway/app/listening.hpp"
#include "gateway/outbox/mllp_route.hpp"

namespace gateway::app {
namespace {

mllp::ServerLimits server_limits(const config::Limits& limits) {
  mllp::ServerLimits server;
  server.handshake = limits.handshake;
  server.frame = limits.body;
  server.idle = limits.mllp_idle;
  server.reply = limits.answer;
  server.connections = limits.max_connections;
  server.bytes_in_flight = limits.max_bytes_in_flight;
  return server;
}

hl7v2::DoorParts door_parts(const MllpDoors::Parts& parts, hl7v2::Translator& translator,
                            hl7v2::DeferredAnswers& deferred) {
  const auto count = [&metrics = parts.metrics](std::string_view code) {
    metrics
        .counter("ligament_hl7v2_acknowledgements_total", "What was said to HL7 v2 messages",
                 {{"code", std::string(code)}})
        .increment();
  };
  // Its sender sees a closed connection and no reason: the operator must.
  const auto tell = [&log = parts.log](const async::Address& from) {
    log.write(observe::Level::kWarning, "mllp_peer_turned_away", {{"address", std::string_view(from.host)}});
  };
  return {parts.config,
          parts.dev,
          parts.take_in,
          translator,
          deferred,
          parts.surroundings.clock(),
          parts.surroundings.random,
          count,
          tell};
}

mllp::ServerContext server_context(const MllpDoors::Parts& parts) {
  mllp::ServerContext context{parts.surroundings.io, parts.surroundings.timers};
  context.on_trouble = [&metrics = parts.metrics](std::string_view event) {
    metrics
        .counter("ligament_mllp_trouble_total", "Faults at the MLLP doors", {{"event", std::string(event)}})
        .increment();
  };
  return context;
}

/// The first error with its place in the maps.
fhir::Error first_error(const fhir::IssueList& issues) {
  std::string detail = "the maps cannot be used";
  for (const fhir::Issue& issue : issues.items()) {
    if (issue.severity > fhir::Severity::kError) continue;
    detail.append(": ").append(issue.text);
    break;
  }
  return {fhir::ErrorCode::kInternal, std::move(detail)};
}

}  // namespace

MllpDoors::MllpDoors(Parts parts, hl7v2::DeferredAnswers::Destinations destinations)
    : parts_(std::move(parts)),
      client_(parts_.surroundings.network, parts_.surroundings.timers),
      translator_(parts_.converter, *parts_.config, parts_.hash),
      deferred_(std::move(destinations), client_, parts_.surroundings.timers, parts_.surroundings.io),
      door_(door_parts(parts_, translator_, deferred_)),
      server_(server_context(parts_), door_, server_limits(parts_.config->limits)) {
  deferred_.on_lost([&metrics = parts_.metrics, &log = parts_.log](std::string_view partner) {
    metrics
        .counter("ligament_hl7v2_acknowledgements_total", "What was said to HL7 v2 messages",
                 {{"code", "lost"}})
        .increment();
    log.write(observe::Level::kWarning, "application_acknowledgement_lost", {{"partner", partner}});
  });
}

fhir::Result<std::shared_ptr<const mappings::convert::Converter>> builtin_converter() {
  LIGAMENT_TRY(const auto packs, mappings::packs::load_packs(""));
  auto made = mappings::convert::Converter::make(packs);
  if (!made.has_value()) return fhir::fail(first_error(made.error()));
  return std::move(*made);
}

fhir::Result<std::unique_ptr<MllpDoors>> MllpDoors::make(Parts parts) {
  LIGAMENT_TRY(auto destinations, outbox::mllp_destinations(*parts.config));
  if (!parts.converter) {
    LIGAMENT_TRY(parts.converter, builtin_converter());
  }
  return std::unique_ptr<MllpDoors>(new MllpDoors(std::move(parts), std::move(destinations)));
}

void MllpDoors::use(std::shared_ptr<const config::Config> config,
                    hl7v2::DeferredAnswers::Destinations destinations) {
  parts_.config = std::move(config);
  translator_.use(*parts_.config);
  deferred_.use(std::move(destinations));
  door_.use(parts_.config);
  client_.close_idle();
}

fhir::Result<std::optional<async::Address>> MllpDoors::open(const std::string& address,
                                                            std::shared_ptr<const tls::Server> tls) {
  if (address.empty()) return std::optional<async::Address>();
  LIGAMENT_TRY(async::ListenerPtr listener, listen_at(parts_.surroundings.network, address, parts_.dev));
  const async::Address bound = listener->local();
  server_.serve(std::move(listener), std::move(tls));
  return std::optional(bound);
}

fhir::Status MllpDoors::start() {
  const config::Doors& doors = parts_.config->doors;
  LIGAMENT_TRY(mllp_, open(doors.mllp, nullptr));
  if (doors.mllps.empty()) return {};
  // MLLP has no other proof of who calls.
  LIGAMENT_TRY(auto tls, door_tls(*parts_.config, tls::ClientCertificate::kRequired));
  LIGAMENT_TRY(mllps_, open(doors.mllps, std::move(tls)));
  return {};
}

async::awaitable<fhir::Status> MllpDoors::stop(async::Deadline deadline) {
  fhir::Status stopped = co_await server_.stop(deadline);
  fhir::Status sent = co_await deferred_.stop(deadline);
  client_.close_idle();
  if (!stopped.has_value()) co_return stopped;
  co_return sent;
}

}  // namespace gateway::app
