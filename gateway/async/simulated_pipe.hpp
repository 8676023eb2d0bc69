// One direction of a simulated connection: a bounded buffer with a reader, a writer and the faults of its
// link.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/async/pending.hpp"
#include "gateway/async/simulated_network.hpp"

namespace gateway::async {

/// Which way a pipe flows decides which faults of the link it has.
enum class Flow : std::uint8_t { kRequests, kReplies };

/// Shared by both ends. One thread. `timers` may be null: then the link must have no delay.
class SimulatedPipe : public std::enable_shared_from_this<SimulatedPipe> {
 public:
  SimulatedPipe(Executor executor, Timers* timers, std::shared_ptr<const LinkFaults> faults, Flow flow,
                std::size_t capacity);

  void async_read(boost::asio::mutable_buffer buffer, IoHandler handler);
  void async_write(std::span<const boost::asio::const_buffer> buffers, IoHandler handler);

  /// No more bytes will be written; the reader gets end of stream after those that were.
  void end_writing();
  /// The reader is gone: writing fails from now on.
  void end_reading();
  /// Both sides fail with connection_reset; what is buffered is lost.
  void break_off();
  void cancel_read();
  void cancel_write();

  /// Called once when the link's byte count says that the connection breaks.
  std::function<void()> on_break;

 private:
  struct InFlight {
    fhir::Monotonic due;
    std::string bytes;
    bool end = false;
  };

  [[nodiscard]] std::size_t room() const;
  [[nodiscard]] const std::optional<std::uint64_t>& drop_after() const;
  [[nodiscard]] const std::optional<std::uint64_t>& close_after() const;
  void accept_write(std::span<const boost::asio::const_buffer> buffers, std::size_t total);
  void send(std::string bytes, bool end);
  void arrive();
  void serve_reader();
  void serve_writer();

  Executor executor_;
  Timers* timers_;
  std::shared_ptr<const LinkFaults> faults_;
  Flow flow_;
  std::size_t capacity_;

  std::string buffer_;
  std::size_t buffer_start_ = 0;
  std::deque<InFlight> in_flight_;
  std::size_t in_flight_bytes_ = 0;
  bool write_ended_ = false;
  bool ended_ = false;  // end of stream has arrived
  bool reader_gone_ = false;
  bool broken_ = false;
  std::uint64_t written_ = 0;

  std::shared_ptr<PendingOperation<std::size_t>> read_;
  boost::asio::mutable_buffer read_buffer_;
  std::shared_ptr<PendingOperation<std::size_t>> write_;
  std::vector<boost::asio::const_buffer> write_buffers_;
};

}  // namespace gateway::async
