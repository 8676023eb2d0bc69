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

Answer nowhere() {
  return {Verdict::kDead, std::string(kNoEndpoint), {}};
}

}  // namespace

fhir::Result<std::unique_ptr<Courier>> Courier::make(const config::Config& config, http::Client& client,
                                                     mllp::Sender& sender) {
  std::unique_ptr<Courier> courier(new Courier(config, client, sender));
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
    Route route{std::move(*endpoint), {}, partner.service_id.value_or(config::ServiceId())};
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
      route.authorization = "Bearer " + token;
    }
    routes->fhir.emplace(partner.name, std::move(route));
  }
  return RoutesPtr(std::move(routes));
}

bool Courier::knows(std::string_view destination) const noexcept {
  return routes_->fhir.contains(destination) || routes_->v2.contains(destination);
}

http::Request Courier::request(const store::DeliveryRow& delivery, std::string body,
                               const Route& route) const {
  bars::MessageHeaders headers;
  headers.request_id = delivery.request_id;
  headers.correlation_id = delivery.correlation_id;
  headers.target = {route.service_id.system, route.service_id.value};
  headers.organisation.identifier = {"https://fhir.nhs.uk/Id/ods-organization-code",
                                     config_.installation.ods};
  headers.organisation.name = config_.installation.name;
  headers.software = {"ligament", "Ligament", "1"};
  headers.accept =
      delivery.media_type.find("xml") != std::string::npos ? bars::MediaType::kXml : bars::MediaType::kJson;
  headers.version = "1.4.0";

  http::Request request;
  request.method = http::Method::kPost;
  request.target = http::Target::of({"$process-message"});
  for (const auto& [name, value] : bars::build_headers(headers))
    request.headers.set(name, value);
  request.headers.set("Content-Type", delivery.media_type);
  if (!route.authorization.empty()) request.headers.set("Authorization", route.authorization);
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
