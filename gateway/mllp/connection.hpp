// One connection of the server: frames in, replies out, until either side has had enough.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "gateway/async/alarm.hpp"
#include "gateway/mllp/framer.hpp"
#include "gateway/mllp/shop.hpp"

namespace gateway::mllp {

[[nodiscard]] Peer peer_of(const async::ByteStream& stream);

/// Lives in its task. One thread.
class Connection final : public async::Visitor {
 public:
  Connection(MllpServer::Shop& shop, async::StreamPtr stream, Peer peer, Terms terms);
  ~Connection() override;

  /// Ends when the connection is closed.
  [[nodiscard]] async::awaitable<void> run();

  /// Ends at once between frames, else after the reply to the frame under way.
  void finish() override;
  /// Ends at once.
  void abort() override { stream_->close(); }

 private:
  /// What the deadline that runs is for.
  enum class Phase : std::uint8_t { kIdle, kFrame, kLastReturn, kReceiver, kWrite, kLinger };

  /// A frame read whole, or a refusal, or neither: nobody is left to answer.
  struct Incoming {
    explicit Incoming(async::Permits& payloads) : permits(payloads) {}
    std::optional<Frame> frame;
    std::optional<Refused> refused;
    std::string head;
    async::HeldPermits permits;
    [[nodiscard]] bool settled() const { return frame.has_value() || refused.has_value(); }
  };

  void enter(Phase phase, async::Deadline deadline);
  void on_deadline();

  [[nodiscard]] async::awaitable<void> read_frame(Incoming& incoming);
  void take_buffered(Incoming& incoming);
  void violated(Incoming& incoming, Violation violation);
  [[nodiscard]] bool await_more(const Incoming& incoming);
  void nothing_came(Incoming& incoming);

  [[nodiscard]] async::awaitable<Reply> ask_receiver(Frame frame);
  [[nodiscard]] async::awaitable<bool> say(std::string payload);
  [[nodiscard]] async::awaitable<void> refuse(Incoming& incoming);
  [[nodiscard]] async::awaitable<void> linger();

  MllpServer::Shop& shop_;
  async::StreamPtr stream_;
  Peer peer_;
  Framer framer_;
  async::Alarm alarm_;
  Phase phase_ = Phase::kIdle;
  async::Deadline idle_until_;
  std::optional<async::Deadline> frame_until_;
  bool timed_out_ = false;
  bool finishing_ = false;
  bool ended_ = false;  // the sender said its last byte, or can no longer be heard
  bool lost_ = false;   // the framer gave up
  std::string buffer_;
  std::string_view unread_;
  std::uint64_t skipped_ = 0;
};

}  // namespace gateway::mllp
