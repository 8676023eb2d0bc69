// Where byte streams come from.
#pragma once

#include <memory>

#include "gateway/async/byte_stream.hpp"
#include "gateway/async/deadline.hpp"

namespace gateway::async {

/// Port. A bound, listening address.
class Listener {
 public:
  Listener() = default;
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  /// Closes; a pending accept ends with kCancelled.
  virtual ~Listener() = default;
  /// The next connection. kCancelled once closed. Other errors (out of descriptors) are worth another try
  /// after a pause.
  [[nodiscard]] virtual awaitable<fhir::Result<StreamPtr>> accept() = 0;
  /// The bound address; the port is real even when 0 was asked for.
  [[nodiscard]] virtual const Address& local() const = 0;
  virtual void close() = 0;
};

using ListenerPtr = std::unique_ptr<Listener>;

/// Port. TcpNetwork (app), SimulatedNetwork (tests, simulation).
class Network {
 public:
  Network() = default;
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;
  virtual ~Network() = default;
  /// kUnavailable when the address cannot be bound.
  [[nodiscard]] virtual fhir::Result<ListenerPtr> listen(const Address& address) = 0;
  /// kUnavailable when refused or the name is unknown, kTimedOut past the deadline.
  [[nodiscard]] virtual awaitable<fhir::Result<StreamPtr>> connect(Address address, Deadline deadline) = 0;
};

}  // namespace gateway::async
