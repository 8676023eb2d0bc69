// TLS over any byte stream: 1.2 and 1.3, strong suites, certificates from files (PEM).
#pragma once

#include <memory>
#include <string>

#include "gateway/async/byte_stream.hpp"
#include "gateway/async/deadline.hpp"
#include "gateway/async/timers.hpp"
#include "gateway/http/client.hpp"

namespace gateway::http_beast {

enum class ClientCertificate : std::uint8_t { kNone, kOptional, kRequired };

struct TlsServerSettings {
  std::string certificate_file;  ///< The chain, leaf first.
  std::string key_file;
  ClientCertificate client_certificate = ClientCertificate::kNone;
  std::string
      client_ca_file;  ///< Needed unless kNone. A certificate no authority of it signed ends the handshake.
};

/// The context of a server. Immutable once made; shared by its connections.
class TlsServer {
 public:
  /// kInvalidRequest names the setting that cannot be used; never the content of a file.
  [[nodiscard]] static fhir::Result<std::shared_ptr<const TlsServer>> make(const TlsServerSettings& settings);
  ~TlsServer();
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  /// The handshake. kUnavailable when it fails, kTimedOut past the deadline; the stream is closed then.
  [[nodiscard]] async::awaitable<fhir::Result<async::StreamPtr>> accept(async::StreamPtr stream,
                                                                        async::Timers& timers,
                                                                        async::Deadline deadline) const;

 private:
  class Context;
  explicit TlsServer(std::shared_ptr<Context> context);
  std::shared_ptr<Context> context_;
};

/// The context of a client that trusts the given authorities only and checks the server's name.
class TlsClient {
 public:
  [[nodiscard]] static fhir::Result<std::shared_ptr<const TlsClient>> make(
      const http::TlsClientSettings& settings);
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  /// `host` is what the certificate must name, unless the settings say another.
  [[nodiscard]] async::awaitable<fhir::Result<async::StreamPtr>> connect(async::StreamPtr stream,
                                                                         std::string host,
                                                                         async::Timers& timers,
                                                                         async::Deadline deadline) const;

 private:
  class Context;
  explicit TlsClient(std::shared_ptr<Context> context);
  std::shared_ptr<Context> context_;
};

}  // namespace gateway::http_beast
