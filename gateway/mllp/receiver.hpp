// Who takes the messages that came, and what it says to them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "gateway/async/asio.hpp"
#include "gateway/async/byte_stream.hpp"
#include "gateway/async/deadline.hpp"

namespace gateway::mllp {

/// Who is at the other end of the connection, as far as the transport knows.
struct Peer {
  async::Address remote;
  bool loopback = false;
  bool encrypted = false;
  std::optional<async::PeerCertificate> certificate;  ///< Verified against the configured authorities.
};

/// What a connection is granted.
struct Terms {
  std::size_t payload_bytes =
      16u << 20;  ///< Largest message; a larger one is refused and the connection closed.
};

struct Message {
  std::string payload;
  Peer peer;
  bool has_forbidden_byte = false;  ///< A byte below 0x20 other than CR, LF and TAB is in it.
  /// When the server gives up on the reply. Receivers pass it down.
  async::Deadline deadline;
};

enum class Refused : std::uint8_t {
  kOversize,  ///< Larger than the terms. Sending it again will not help.
  kBusy,      ///< The server holds as many bytes as it may. Later it would do.
};

struct Reply {
  std::string payload;  ///< Empty: nothing is said.
  bool close = false;   ///< After it.
};

/// Port. One per server, called from its thread; calls of several connections overlap.
class Receiver {
 public:
  Receiver() = default;
  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;
  virtual ~Receiver() = default;

  /// Asked once for each connection, after its TLS handshake. Empty: the connection is closed without a word.
  [[nodiscard]] virtual std::optional<Terms> admit(const Peer& peer) = 0;
  /// The reply is on its way before the next message of the same connection is given. An exception closes the
  /// connection without a reply.
  [[nodiscard]] virtual async::awaitable<Reply> receive(Message message) = 0;
  /// The reply to a message that was not read whole. `head` is its first line, perhaps cut. The connection is
  /// closed after it.
  [[nodiscard]] virtual std::string refuse(const Peer& peer, const std::string& head, Refused why) = 0;
};

}  // namespace gateway::mllp
