// What the doors have in common: where they may be, and the TLS they are behind.
#pragma once

#include <memory>
#include <string>

#include "gateway/async/network.hpp"
#include "gateway/config/config.hpp"
#include "gateway/tls/tls.hpp"

namespace gateway::app {

/// Binds `HOST:PORT`. kInvalidRequest for an address that is not loopback when `loopback_only`, kUnavailable
/// when it cannot be bound.
[[nodiscard]] fhir::Result<async::ListenerPtr> listen_at(async::Network& network, const std::string& address,
                                                         bool loopback_only);

/// The server's side of TLS as doors.tls says. `wanted` is what is asked of clients when there are
/// authorities to know them by; without any, nothing is. kInvalidRequest names the files.
[[nodiscard]] fhir::Result<std::shared_ptr<const tls::Server>> door_tls(const config::Config& config,
                                                                        tls::ClientCertificate wanted);

}  // namespace gateway::app
