// A network in memory on one executor, with faults on demand. Deterministic: same calls, same order of
// completions.
//
//   SimulatedNetwork network(executor, timers);
//   auto listener = network.listen({"hub", 443});
//   network.link({"hub", 443}).drop_replies_after = 20;   // the hub's answer is lost after 20 bytes
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>

#include "gateway/async/network.hpp"
#include "gateway/async/timers.hpp"

namespace gateway::async {

/// Faults of the link to one listening address. A change takes effect at once, also on open connections; byte
/// counts are per connection. "Requests" flow from the connecting side, "replies" from the accepting side.
struct LinkFaults {
  bool refuse = false;                ///< New connections fail with kUnavailable.
  bool black_hole = false;            ///< New connections never complete.
  std::chrono::nanoseconds delay{0};  ///< Each write arrives this much later, in order.
  std::size_t slice_bytes = 0;        ///< A read gives at most this many bytes; 0: no limit.
  std::optional<std::uint64_t>
      drop_requests_after;  ///< Bytes past the count vanish; the sender notices nothing.
  std::optional<std::uint64_t> drop_replies_after;
  std::optional<std::uint64_t> close_after_requests;  ///< Both ends break once the count has passed this way.
  std::optional<std::uint64_t> close_after_replies;
};

/// One thread. A direction of a connection buffers at most `buffer_bytes`; a writer then waits for the
/// reader.
class SimulatedNetwork final : public Network {
 public:
  SimulatedNetwork(Executor executor, Timers& timers, std::size_t buffer_bytes = 64 * 1024);
  ~SimulatedNetwork() override;

  /// Port 0 takes the next free port from 40000.
  [[nodiscard]] fhir::Result<ListenerPtr> listen(const Address& address) override;
  [[nodiscard]] awaitable<fhir::Result<StreamPtr>> connect(Address address, Deadline deadline) override;

  /// The faults of a link; made on first use, whether anybody listens there or not. Valid as long as the
  /// network.
  [[nodiscard]] LinkFaults& link(const Address& address);
  /// Breaks every open connection of the link, both ends at once.
  void break_connections(const Address& address);
  /// The name the accepting side sees as the remote host of later connections. "client" at first.
  void set_client_host(std::string host);
  /// Connections with at least one end open.
  [[nodiscard]] std::size_t open_connections() const;

  class Exchange;  ///< The shared inner state; defined in the .cpp.

 private:
  std::shared_ptr<Exchange> exchange_;
};

/// Two connected streams without a listener, for tests of one protocol.
struct StreamPair {
  StreamPtr client;
  StreamPtr server;
};
[[nodiscard]] StreamPair make_stream_pair(Executor executor, std::size_t buffer_bytes = 64 * 1024);

}  // namespace gateway::async
