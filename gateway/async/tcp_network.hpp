// TCP over the machine's network.
#pragma once

#include "gateway/async/network.hpp"
#include "gateway/async/timers.hpp"

namespace gateway::async {

/// Streams have Nagle's algorithm off. Names are resolved by the system on Asio's resolver thread; each
/// address is tried in turn. `timers` outlives it.
class TcpNetwork final : public Network {
 public:
  TcpNetwork(Executor executor, Timers& timers) : executor_(std::move(executor)), timers_(timers) {}
  [[nodiscard]] fhir::Result<ListenerPtr> listen(const Address& address) override;
  [[nodiscard]] awaitable<fhir::Result<StreamPtr>> connect(Address address, Deadline deadline) override;

 private:
  Executor executor_;
  Timers& timers_;
};

}  // namespace gateway::async
