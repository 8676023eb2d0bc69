#include "gateway/outbox/courier.hpp"

#include <fstream>
#include <iterator>
#include <utility>

#include "gateway/bars/message_headers.hpp"
#include "gateway/outbox/mllp_route.hpp"
#include "gateway/outbox/v2_answer.hpp"

namespace gateway::outbox {
namespace {

fhir::Result<std::string> read_token(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fhir::fail(fhir::ErrorCode::kUnavailable, "cannot read the token file " + path);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r'))
    text.pop_back();
  return text;
}

constexpr std::string_view kRequestId = "X-Request-Id";
constexpr std::string_view kCorrelationId = "X-Correlation-Id";

Answer nowhere() {
  return {Verdict::kDead, std::string(kNoEndpoint), {}};
}

}  // namespace

/// The fields of a request that are the same for every message to the partner.
Courier::Fields Courier::usual_fields(const config::Config& config, const config::Partner& partner,
                                      bars::MediaType accept) {
  const config::ServiceId target = partner.service_id.value_or(config::ServiceId());
  bars::MessageHeaders headers;
  headers.target = {target.system, target.value};
  headers.organisation.identifier = {"https://fhir.nhs.uk/Id/ods-organization-code", config.installation.ods};
  headers.organisation.name = config.installation.name;
  headers.software = {"ligament", "Ligament", "1"};
  headers.accept = accept;
  headers.version = "1.4.0";
  Fields fields = bars::build_headers(headers);
  std::erase_if(fields,
                [](const auto& field) { return field.first == kRequestId || field.first == kCorrelationId; });
  return fields;
}

fhir::Result<std::unique_ptr<Courier>> Courier::make(const config::Config& config, http::Client& client,
                                                     mllp::Sender& sender) {
  std::unique_ptr<Courier> courier(new Courier(client, sender));
  LIGAMENT_TRY(courier->routes_, routes_of(config));
  return courier;
}

fhir::Result<Courier::RoutesPtr> Courier::routes_of(const config::Config& config) {
  auto routes = std::make_shared<Routes>();
  LIGAMENT_TRY(routes->v2, mllp_destinations(config));
  for (const config::Partner& partner : config.partners) {
    if (partner.endpoint.empty()) continue;
    auto endpoint = http::parse_endpoint(partner.endpoint);
    if (!endpoint.has_value()) {
      return fhir::fail(endpoint.error().code, "partner " + partner.name + ": " + endpoint.error().detail);
    }
    Route route{std::move(*endpoint), usual_fields(config, partner, bars::MediaType::kJson),
                usual_fields(config, partner, bars::MediaType::kXml)};
    if (route.endpoint.scheme == http::Scheme::kHttps) {
      auto tls = std::make_shared<tls::ClientSettings>();
      tls->ca_file = partner.ca_file;
      if (config.doors.tls) {
        tls->certificate_file = config.doors.tls->certificate_file;
        tls->key_file = config.doors.tls->key_file;
      }
      route.endpoint.tls = std::move(tls);
    }
    if (!partner.outgoing_token_file.empty()) {
      LIGAMENT_TRY(const std::string token, read_token(partner.outgoing_token_file));
      for (Fields* const fields : {&route.json_fields, &route.xml_fields})
        fields->emplace_back("Authorization", "Bearer " + token);
    }
    routes->fhir.emplace(partner.name, std::move(route));
  }
  return RoutesPtr(std::move(routes));
}

bool Courier::knows(std::string_view destination) const noexcept {
  return routes_->fhir.contains(destination) || routes_->v2.contains(destination);
}

http::Request Courier::request(const store::DeliveryRow& delivery, std::string body, const Route& route) {
  const bool xml = delivery.media_type.find("xml") != std::string::npos;
  const Fields& fields = xml ? route.xml_fields : route.json_fields;
  http::Request request;
  request.method = http::Method::kPost;
  request.target = http::Target::of({"$process-message"});
  request.headers.reserve(fields.size() + 4, 2048);
  for (const auto& [name, value] : fields)
    request.headers.add(name, value);
  request.headers.add(kRequestId, delivery.request_id);
  request.headers.add(kCorrelationId, delivery.correlation_id);
  request.headers.add("Content-Type", delivery.media_type);
  request.body = std::move(body);
  return request;
}

async::awaitable<Answer> Courier::deliver(const store::DeliveryRow& delivery, std::string body,
                                          async::Deadline deadline) {
  if (delivery.media_type == kV2MediaType) co_return co_await deliver_v2(delivery, std::move(body), deadline);
  const RoutesPtr routes = routes_;
  const auto route = routes->fhir.find(delivery.destination);
  if (route == routes->fhir.end()) co_return nowhere();
  http::Request message = request(delivery, std::move(body), route->second);
  const fhir::Result<http::Response> outcome =
      co_await client_.send(route->second.endpoint, std::move(message), deadline);
  co_return interpret(delivery, outcome);
}

async::awaitable<Answer> Courier::deliver_v2(const store::DeliveryRow& delivery, std::string body,
                                             async::Deadline deadline) {
  const RoutesPtr routes = routes_;
  const auto route = routes->v2.find(delivery.destination);
  if (route == routes->v2.end()) co_return nowhere();
  mllp::Destination destination = route->second;
  mllp::IsAnswer is_answer = [control_id = delivery.business_id](std::string_view message) {
    return answered_control_id(message) == control_id;
  };
  const fhir::Result<std::string> outcome =
      co_await sender_.send(std::move(destination), std::move(body), std::move(is_answer), deadline);
  co_return interpret_v2(outcome);
}

}  // namespace gateway::outbox
