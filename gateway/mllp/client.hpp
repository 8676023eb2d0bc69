// The sender over a network: one message at a time on a connection, connections kept for the next message.
#pragma once

#include <chrono>
#include <memory>

#include "gateway/async/network.hpp"
#include "gateway/async/timers.hpp"
#include "gateway/mllp/sender.hpp"

namespace gateway::mllp {

struct ClientLimits {
  std::size_t reply_bytes = 1u << 20;
  std::size_t connections_per_destination = 1;  ///< Listeners of PAS often take one. Others wait their turn.
  std::size_t waiting_per_destination = 256;    ///< More are refused with kBusy.
  std::chrono::nanoseconds keep =
      std::chrono::seconds(30);  ///< An idle connection older than this is not used again; 0 keeps none.
  std::chrono::nanoseconds last_return =
      std::chrono::milliseconds(500);  ///< How long the 0x0D after a 0x1C is awaited.
};

/// One thread. `network` and `timers` outlive it. Before a kept connection is used it is looked at, and one
/// that the partner closed, or on which it said something nobody asked for, is replaced. A connection on
/// which an exchange went wrong is closed, so that a late answer never meets the next message.
class MllpClient final : public Sender {
 public:
  MllpClient(async::Network& network, async::Timers& timers, ClientLimits limits = {});
  ~MllpClient() override;
  [[nodiscard]] async::awaitable<fhir::Result<std::string>> send(Destination destination, std::string payload,
                                                                 IsAnswer is_answer,
                                                                 async::Deadline deadline) override;
  /// Closes what is kept and nothing else.
  void close_idle();

 private:
  class Pool;
  std::shared_ptr<Pool> pool_;
};

}  // namespace gateway::mllp
