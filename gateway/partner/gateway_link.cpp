#include "gateway/partner/gateway_link.hpp"

#include <chrono>
#include <utility>

#include "fhir/base/uuid.hpp"
#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/xml/reader.hpp"
#include "gateway/bars/message_headers.hpp"
#include "gateway/config/config.hpp"
#include "gateway/http/media_type.hpp"

namespace gateway::partner {
namespace {

constexpr std::chrono::seconds kPatience{30};
constexpr std::string_view kOdsSystem = "https://fhir.nhs.uk/Id/ods-organization-code";

fhir::tree::TreePtr read_body(const http::Response& response) {
  const auto text = response.headers.find("Content-Type");
  if (!text || response.body.empty()) return nullptr;
  const auto type = http::parse_media_type(*text);
  const auto format = type.has_value() ? http::format_of(*type) : std::nullopt;
  if (!format) return nullptr;
  return *format == http::Format::kXml ? fhir::xml::read(response.body, fhir::definitions::r4()).tree
                                       : fhir::json::read(response.body, fhir::definitions::r4()).tree;
}

bars::SystemValue system_value(const std::string& text) {
  const auto id = config::parse_service_id(text);
  return id ? bars::SystemValue{id->system, id->value} : bars::SystemValue();
}

}  // namespace

std::string summary(const Exchange& exchange) {
  if (exchange.status == 0) return exchange.trouble;
  if (!exchange.body) return {};
  const fhir::tree::Node root = exchange.body->root();
  if (root.type() != "OperationOutcome") return std::string(root.type());
  std::string text;
  for (const fhir::tree::Node issue : root.children("issue")) {
    text.append(text.empty() ? "" : "; ").append(issue.child("code").text());
    if (const fhir::tree::Node place = issue.child("expression")) text.append(" at ").append(place.text());
    if (const fhir::tree::Node said = issue.child("diagnostics")) text.append(": ").append(said.text());
  }
  return text;
}

fhir::Result<GatewayLink> GatewayLink::make(const Script& script, http::Client& client, async::Timers& timers,
                                            fhir::Random& random, BodyFolder* bodies) {
  std::optional<http::Endpoint> endpoint;
  if (!script.gateway.empty()) {
    LIGAMENT_TRY(endpoint, http::parse_endpoint(script.gateway));
  }
  return GatewayLink(script, client, timers, random, bodies, std::move(endpoint));
}

http::Request GatewayLink::request(http::Method method, std::vector<std::string> path,
                                   const Outgoing& content) const {
  bars::MessageHeaders headers;
  headers.request_id = content.request_id;
  headers.correlation_id = content.correlation_id;
  headers.target = system_value(script_->target);
  headers.organisation.identifier = {std::string(kOdsSystem), script_->identity.ods};
  headers.organisation.name = script_->identity.name;
  headers.software = {"stand-in", "Ligament stand-in partner", "1"};
  headers.accept = script_->xml ? bars::MediaType::kXml : bars::MediaType::kJson;
  headers.version = "1.4.0";

  http::Request made;
  made.method = method;
  made.target = http::Target::of(std::move(path));
  for (const auto& [name, value] : bars::build_headers(headers))
    made.headers.set(name, value);
  made.headers.set("X-Ligament-Partner", script_->identity.name);
  if (!script_->identity.token.empty())
    made.headers.set("Authorization", "Bearer " + script_->identity.token);
  if (!content.media_type.empty()) made.headers.set("Content-Type", content.media_type);
  made.body = content.bytes;
  return made;
}

async::awaitable<Exchange> GatewayLink::exchange(http::Request request) {
  Exchange done;
  if (!endpoint_) {
    done.trouble = "no gateway is named";
    co_return done;
  }
  const async::Deadline deadline = async::Deadline::after(timers_->clock(), kPatience);
  const fhir::Result<http::Response> outcome =
      co_await client_->send(*endpoint_, std::move(request), deadline);
  if (!outcome.has_value()) {
    done.trouble = fhir::traits(outcome.error().code).name;
    co_return done;
  }
  done.status = outcome->status;
  done.etag = outcome->headers.find("ETag").value_or("");
  done.body = read_body(*outcome);
  if (bodies_ != nullptr) {
    static_cast<void>(
        bodies_->keep("answer", outcome->body, outcome->headers.find("Content-Type").value_or("")));
  }
  co_return done;
}

async::awaitable<Exchange> GatewayLink::post(Outgoing message) {
  http::Request made = request(http::Method::kPost, {"$process-message"}, message);
  return exchange(std::move(made));
}

async::awaitable<Exchange> GatewayLink::read_task(std::string id) {
  Outgoing nothing;
  nothing.request_id = fhir::random_uuid(*random_);
  nothing.correlation_id = fhir::random_uuid(*random_);
  return exchange(request(http::Method::kGet, {"Task", std::move(id)}, nothing));
}

async::awaitable<Exchange> GatewayLink::put_task(std::string id, std::string etag, Outgoing task) {
  http::Request made = request(http::Method::kPut, {"Task", std::move(id)}, task);
  if (!etag.empty()) made.headers.set("If-Match", etag);
  return exchange(std::move(made));
}

}  // namespace gateway::partner
