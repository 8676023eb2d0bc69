// A server on the simulated network, and senders of raw bytes.
#pragma once

#include <array>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "gateway/mllp/framer.hpp"
#include "gateway/mllp/server.hpp"
#include "tests/unit/gateway/async/simulation.hpp"

namespace gateway::mllp::testing {

using async::testing::Simulation;

/// Replies `ack of <payload>` after `takes`; nothing to `mute`, closes after `bye`, throws at `throw`.
class Echo final : public Receiver {
 public:
  explicit Echo(async::Timers& timers) : timers_(timers) {}

  [[nodiscard]] std::optional<Terms> admit(const Peer& peer) override {
    admitted.push_back(peer);
    if (peer.remote.host == "stranger") return std::nullopt;
    return Terms{payload_bytes};
  }
  [[nodiscard]] async::awaitable<Reply> receive(Message message) override {
    return answer(this, std::move(message));
  }
  [[nodiscard]] std::string refuse(const Peer& /*peer*/, const std::string& head, Refused why) override {
    return std::string(why == Refused::kBusy ? "busy: " : "too large: ") + head;
  }

  std::chrono::nanoseconds takes{0};
  std::size_t payload_bytes = 1000;
  std::vector<Peer> admitted;
  std::vector<Message> seen;
  std::size_t under_way = 0;
  std::size_t most_under_way = 0;

 private:
  static async::awaitable<Reply> answer(Echo* self, Message message) {
    const std::string payload = message.payload;
    self->seen.push_back(std::move(message));
    self->most_under_way = std::max(self->most_under_way, ++self->under_way);
    if (self->takes.count() != 0) {
      const fhir::Status slept = co_await self->timers_.sleep_for(self->takes);
      if (!slept.has_value()) co_return Reply{};
    }
    --self->under_way;
    if (payload == "throw") throw std::runtime_error("a secret of the message");
    if (payload == "mute") co_return Reply{};
    if (payload == "bad") co_return Reply{"a\x1c", false};
    co_return Reply{"ack of " + payload, payload == "bye"};
  }
  async::Timers& timers_;
};

/// A raw connection: what came back, in reads and in all, and whether it ended.
struct RawSender {
  async::StreamPtr stream;
  std::string received;
  std::size_t reads = 0;
  bool ended = false;
};

inline async::awaitable<int> keep_reading(RawSender& sender) {
  std::array<char, 4096> buffer{};
  while (true) {
    const async::ReadSome some = co_await async::read_some(*sender.stream, boost::asio::buffer(buffer));
    if (some.bytes == 0) break;
    sender.received.append(buffer.data(), some.bytes);
    ++sender.reads;
  }
  sender.ended = true;
  co_return 0;
}

/// A write error after the server closed is not this test's matter.
inline async::awaitable<int> write_bytes(RawSender& sender, std::string bytes) {
  const fhir::Status written = co_await async::write_all(*sender.stream, bytes);
  co_return written.has_value() ? 0 : 1;
}

inline async::awaitable<int> end_writing(RawSender& sender) {
  const fhir::Status ended = co_await async::shutdown(*sender.stream);
  co_return ended.has_value() ? 0 : 1;
}

/// The answer, or the code of what kept it from coming.
inline std::string text_of(const fhir::Result<std::string>& answer) {
  return answer.has_value() ? *answer : fhir::to_text(fhir::Error{answer.error().code, {}});
}

struct Served {
  explicit Served(ServerLimits limits = {})
      : server({simulation.executor, simulation.timers,
                [this](const ServedFrame& served) { frames.push_back(served); },
                [this](std::string_view event) { troubles.emplace_back(event); }},
               receiver, limits) {
    server.serve(*simulation.network.listen(address));
  }

  /// Connects; everything the server says is collected from then on.
  std::unique_ptr<RawSender> connect() {
    auto sender = std::make_unique<RawSender>();
    sender->stream = *simulation.run(simulation.network.connect(address, async::Deadline::never()));
    simulation.start(keep_reading(*sender));
    return sender;
  }
  void send(RawSender& sender, std::string bytes) { simulation.start(write_bytes(sender, std::move(bytes))); }

  Simulation simulation;
  async::Address address{"gateway", 2575};
  Echo receiver{simulation.timers};
  std::vector<ServedFrame> frames;
  std::vector<std::string> troubles;
  MllpServer server;
};

}  // namespace gateway::mllp::testing
