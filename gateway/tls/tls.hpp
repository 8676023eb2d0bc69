// TLS over any byte stream: 1.2 and 1.3, strong suites, certificates from files (PEM).
#pragma once

#include <memory>
#include <string>

#include "gateway/async/byte_stream.hpp"
#include "gateway/async/deadline.hpp"
#include "gateway/async/timers.hpp"
#include "gateway/tls/settings.hpp"

namespace gateway::tls {

/// The context of a server. Immutable once made; shared by its connections.
class Server {
 public:
  /// kInvalidRequest names the setting that cannot be used; never the content of a file.
  [[nodiscard]] static fhir::Result<std::shared_ptr<const Server>> make(const ServerSettings& settings);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// The handshake. kUnavailable when it fails, kTimedOut past the deadline; the stream is closed then.
  [[nodiscard]] async::awaitable<fhir::Result<async::StreamPtr>> accept(async::StreamPtr stream,
                                                                        async::Timers& timers,
                                                                        async::Deadline deadline) const;

 private:
  class Context;
  explicit Server(std::shared_ptr<Context> context);
  std::shared_ptr<Context> context_;
};

/// The context of a client that trusts the given authorities only and checks the server's name.
class Client {
 public:
  [[nodiscard]] static fhir::Result<std::shared_ptr<const Client>> make(const ClientSettings& settings);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// `host` is what the certificate must name, unless the settings say another.
  [[nodiscard]] async::awaitable<fhir::Result<async::StreamPtr>> connect(async::StreamPtr stream,
                                                                         std::string host,
                                                                         async::Timers& timers,
                                                                         async::Deadline deadline) const;

 private:
  class Context;
  explicit Client(std::shared_ptr<Context> context);
  std::shared_ptr<Context> context_;
};

}  // namespace gateway::tls
