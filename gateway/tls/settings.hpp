// What both ends of a TLS connection are set to. Files are PEM.
#pragma once

#include <cstdint>
#include <string>

namespace gateway::tls {

enum class ClientCertificate : std::uint8_t { kNone, kOptional, kRequired };

struct ServerSettings {
  std::string certificate_file;  ///< The chain, leaf first.
  std::string key_file;
  ClientCertificate client_certificate = ClientCertificate::kNone;
  std::string
      client_ca_file;  ///< Needed unless kNone. A certificate no authority of it signed ends the handshake.
};

/// How to know a TLS server, and how it knows us.
struct ClientSettings {
  std::string ca_file;           ///< The only authorities trusted; the system's list is not used.
  std::string certificate_file;  ///< Our client certificate; empty for none.
  std::string key_file;
  std::string server_name;  ///< Name the certificate must carry; empty means the endpoint's host.
};

}  // namespace gateway::tls
