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

/// Every error with its place in the maps.
fhir::Error faults(const fhir::IssueList& issues, fhir::ErrorCode code) {
  std::string detail = "the maps cannot be used";
  for (const fhir::Issue& issue : issues.items()) {
    if (issue.severity > fhir::Severity::kError) continue;
    detail.append("\n  ").append(issue.expression);
    if (issue.position.line != 0) {
      detail.append(":").append(std::to_string(issue.position.line));
      detail.append(":").append(std::to_string(issue.position.column));
    }
    detail.append(": ").append(issue.text);
  }
  return {code, std::move(detail)};
}

fhir::Result<std::shared_ptr<const mappings::convert::Converter>> converter_of(const std::string& folder) {
  LIGAMENT_TRY(const auto packs, mappings::packs::load_packs(folder));
  auto made = mappings::convert::Converter::make(packs);
  const auto code = folder.empty() ? fhir::ErrorCode::kInternal : fhir::ErrorCode::kInvalidRequest;
  if (!made.has_value()) return fhir::fail(faults(made.error(), code));
  return std::move(*made);
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
  return converter_of("");
}

fhir::Result<std::shared_ptr<const mappings::convert::Converter>> make_converter(
    const config::Config& config) {
  LIGAMENT_TRY(auto converter, converter_of(config.maps_folder));
  LIGAMENT_CHECK(check_entries(config, *converter));
  return converter;
}

fhir::Status check_entries(const config::Config& config, const mappings::convert::Converter& converter) {
  for (const config::Partner& partner : config.partners) {
    if (!partner.hl7v2) continue;
    for (const auto& [event, group] : partner.hl7v2->entries) {
      if (group.empty() || converter.has_group(group)) continue;
      return fhir::fail(
          fhir::ErrorCode::kInvalidRequest,
          "partner '" + partner.name + "': hl7v2.entries names a group that no map has, " + group);
    }
  }
  return {};
}

fhir::Result<std::unique_ptr<MllpDoors>> MllpDoors::make(Parts parts) {
  LIGAMENT_TRY(auto destinations, outbox::mllp_destinations(*parts.config));
  if (!parts.converter) {
    LIGAMENT_TRY(parts.converter, make_converter(*parts.config));
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
