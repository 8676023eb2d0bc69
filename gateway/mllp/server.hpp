// The listener: connections in, frames to a receiver, replies out.
//
//   MllpServer server(context, receiver, limits);
//   server.serve(std::move(listener));          // any number of listeners, plain or TLS
//   ...
//   co_await server.stop(deadline);
//
// Release 1 only: commit blocks of release 2 are neither awaited nor sent.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "gateway/async/network.hpp"
#include "gateway/async/timers.hpp"
#include "gateway/mllp/receiver.hpp"
#include "gateway/tls/tls.hpp"

namespace gateway::mllp {

/// Each phase of a connection has its own deadline; each resource its own bound.
struct ServerLimits {
  std::chrono::nanoseconds handshake = std::chrono::seconds(10);  ///< Of TLS, from accept to finished.
  std::chrono::nanoseconds frame = std::chrono::seconds(30);  ///< From the first byte of a frame to its last.
  std::chrono::nanoseconds last_return =
      std::chrono::milliseconds(500);                         ///< How long the 0x0D after a 0x1C is awaited.
  std::chrono::nanoseconds idle = std::chrono::minutes(15);   ///< From accept or a reply to the next frame.
  std::chrono::nanoseconds reply = std::chrono::seconds(30);  ///< Given to the receiver as Message::deadline.
  std::chrono::nanoseconds write = std::chrono::seconds(30);  ///< Of one whole reply.
  std::size_t connections = 1024;                             ///< More are closed at once.
  std::size_t connections_per_host = 256;                     ///< The same, of one remote address.
  std::size_t bytes_in_flight = 64u << 20;  ///< Payloads of all connections; one over it is refused as busy.
  std::size_t junk_bytes = 256;             ///< Skipped between two frames; more closes.
};

/// What came of a frame, for metrics.
struct ServedFrame {
  std::chrono::nanoseconds elapsed;  ///< From the last byte of the frame to the last byte of the reply.
  std::size_t payload_bytes;
  std::size_t reply_bytes;  ///< Of the payload; 0 when nothing was said.
};

/// The server's surroundings. All references outlive it.
struct ServerContext {
  async::Executor executor;
  async::Timers& timers;
  std::function<void(const ServedFrame&)> on_served = {};
  /// Told once for each oddity, by name only: `junk_skipped`, `frame_abandoned`, `return_missing`,
  /// `frame_too_large`, `frame_too_slow`, `frame_cut_short`, `not_mllp`, `too_many_connections`,
  /// `peer_not_admitted`, `bytes_exhausted`, `tls_handshake_failed`, `accept_failed`, `receiver_threw`,
  /// `reply_unsendable`, `reply_not_written`.
  std::function<void(std::string_view event)> on_trouble = {};
};

/// One thread. A connection has at most one message at the receiver; what its sender sends ahead waits in one
/// read buffer and in the socket. Replies are in the order of the frames, each in one write.
class MllpServer {
 public:
  MllpServer(ServerContext context, Receiver& receiver, ServerLimits limits = {});
  /// Stop first. What is still open is closed.
  ~MllpServer();
  MllpServer(const MllpServer&) = delete;
  MllpServer& operator=(const MllpServer&) = delete;

  /// Accepts from now on until stop. With `tls` every connection is a TLS connection.
  void serve(async::ListenerPtr listener, std::shared_ptr<const tls::Server> tls = nullptr);

  /// Closes listeners and connections between frames at once, lets frames under way be answered, closes the
  /// rest hard at the deadline: kTimedOut then, with everything closed all the same.
  [[nodiscard]] async::awaitable<fhir::Status> stop(async::Deadline deadline);

  [[nodiscard]] std::size_t connections() const;
  [[nodiscard]] std::size_t bytes_in_flight() const;

  class Shop;  ///< What its connections share; inner.

 private:
  std::shared_ptr<Shop> shop_;
};

}  // namespace gateway::mllp
