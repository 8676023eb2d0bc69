#include "gateway/app/listening.hpp"

#include <utility>

namespace gateway::app {

fhir::Result<async::ListenerPtr> listen_at(async::Network& network, const std::string& address,
                                           bool loopback_only) {
  LIGAMENT_TRY(const async::Address parsed, async::parse_address(address));
  if (loopback_only && !async::is_loopback(parsed.host)) {
    return fhir::fail(fhir::ErrorCode::kInvalidRequest,
                      "--dev takes loopback addresses only, not " + address);
  }
  return network.listen(parsed);
}

fhir::Result<std::shared_ptr<const tls::Server>> door_tls(const config::Config& config,
                                                          tls::ClientCertificate wanted) {
  const std::optional<config::Tls>& files = config.doors.tls;
  if (!files) {
    return fhir::fail(fhir::ErrorCode::kInvalidRequest,
                      "an https or mllps door needs a certificate and a key");
  }
  tls::ServerSettings server;
  server.certificate_file = files->certificate_file;
  server.key_file = files->key_file;
  server.client_ca_file = files->client_ca_file;
  server.client_certificate = files->client_ca_file.empty() ? tls::ClientCertificate::kNone : wanted;
  auto made = tls::Server::make(server);
  if (made.has_value()) return made;
  // The operator has to find the file: paths are configuration, not secrets.
  std::string detail = made.error().detail + ": certificate " + files->certificate_file;
  detail.append(", key ").append(files->key_file);
  if (!files->client_ca_file.empty()) detail.append(", client_ca ").append(files->client_ca_file);
  return fhir::fail(made.error().code, std::move(detail));
}

}  // namespace gateway::app
