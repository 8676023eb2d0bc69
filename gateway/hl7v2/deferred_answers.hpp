// Application acknowledgements of enhanced mode: sent to the partner on a connection of ours, after the
// message was dealt with (HL7 v2.8 2.9.3).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/async/task_group.hpp"
#include "gateway/async/timers.hpp"
#include "gateway/mllp/sender.hpp"

namespace gateway::hl7v2 {

/// I/O thread. Everything given outlives it; stop() before destruction.
///
/// The connection the message came on has no part in this: it may be gone. When the partner cannot be reached
/// at its own address the acknowledgement is lost, counted, and on_lost told.
///
/// One attempt each: the fate of the message is in our store, and its sender may repeat it and be told the
/// same. What the partner says to an acknowledgement is nothing to us, nor that it says nothing.
class DeferredAnswers {
 public:
  static constexpr std::size_t kMost = 256;
  static constexpr std::chrono::seconds kTime{10};

  using Destinations = std::map<std::string, mllp::Destination, std::less<>>;  ///< By name of the partner.

  DeferredAnswers(Destinations destinations, mllp::Sender& sender, async::Timers& timers,
                  async::Executor executor)
      : destinations_(std::move(destinations)),
        sender_(sender),
        timers_(timers),
        tasks_(std::move(executor)) {}

  /// Where partners are from now on.
  void use(Destinations destinations) { destinations_ = std::move(destinations); }
  [[nodiscard]] bool has_address(std::string_view partner) const noexcept;
  /// Takes it to be sent soon. False when the partner has no address or kMost are under way.
  [[nodiscard]] bool send(std::string_view partner, std::string acknowledgement);
  /// Lets what is under way end.
  [[nodiscard]] async::awaitable<fhir::Status> stop(async::Deadline deadline);

  /// Told the partner of each acknowledgement that did not go.
  void on_lost(std::function<void(std::string_view partner)> told) { on_lost_ = std::move(told); }
  [[nodiscard]] std::uint64_t sent() const noexcept { return sent_; }
  [[nodiscard]] std::uint64_t lost() const noexcept { return lost_; }

 private:
  [[nodiscard]] async::awaitable<void> deliver(std::string partner, mllp::Destination destination,
                                               std::string acknowledgement);
  void lose(std::string_view partner);

  Destinations destinations_;
  mllp::Sender& sender_;
  async::Timers& timers_;
  async::TaskGroup tasks_;
  std::function<void(std::string_view partner)> on_lost_;
  std::uint64_t sent_ = 0;
  std::uint64_t lost_ = 0;
};

}  // namespace gateway::hl7v2
