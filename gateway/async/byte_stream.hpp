// The seam under every protocol: bytes in order between two ends. HTTP, TLS and MLLP are written over it, so
// that the whole gateway also runs over an in-memory network.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "gateway/async/asio.hpp"

namespace gateway::async {

/// A host and a port. `host` is a name or an address; on a simulated network any name.
struct Address {
  std::string host;
  std::uint16_t port = 0;
  friend auto operator<=>(const Address&, const Address&) = default;
};

/// "host:port", an IPv6 host in brackets.
[[nodiscard]] std::string to_text(const Address& address);
/// Reads the form to_text writes; kInvalidRequest otherwise.
[[nodiscard]] fhir::Result<Address> parse_address(std::string_view text);
/// True for 127.0.0.0/8, ::1, ::ffff:127.0.0.0/104 and the name localhost.
[[nodiscard]] bool is_loopback(std::string_view host);

/// What a verified TLS client or server certificate says.
struct PeerCertificate {
  std::array<std::uint8_t, 32> sha256{};  ///< Of the DER bytes.
  std::string subject;  ///< RFC 2253 text, for logs and consoles; identity is the fingerprint.
};

/// Port. One read and one write may be pending at a time. Used from the thread of its executor.
///
/// Handlers never run inside the call that starts the operation, and honour the terminal cancellation of
/// their slot. The buffers stay valid until the handler runs.
class ByteStream {
 public:
  ByteStream() = default;
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;
  /// Closes. Pending handlers complete with operation_aborted.
  virtual ~ByteStream() = default;

  [[nodiscard]] virtual Executor executor() const = 0;
  virtual void async_read_some(boost::asio::mutable_buffer buffer, IoHandler handler) = 0;
  /// At most `kMaxWriteBuffers` buffers; may write fewer bytes than given.
  virtual void async_write_some(std::span<const boost::asio::const_buffer> buffers, IoHandler handler) = 0;
  /// Ends the sending side; the other end reads end of stream after what was written. TLS sends close_notify.
  virtual void async_shutdown(WaitHandler handler) = 0;
  /// Pending operations complete with operation_aborted; the stream stays open.
  virtual void cancel() = 0;
  /// Both directions, at once, without ceremony. Repeatable.
  virtual void close() = 0;

  [[nodiscard]] virtual const Address& remote() const = 0;
  /// Null without TLS or when the peer showed no certificate. Present only when verified.
  [[nodiscard]] virtual const PeerCertificate* peer_certificate() const { return nullptr; }
  [[nodiscard]] virtual bool is_encrypted() const { return false; }

  static constexpr std::size_t kMaxWriteBuffers = 16;
};

using StreamPtr = std::unique_ptr<ByteStream>;

/// One read: its bytes, and why there are none. `boost::asio::error::eof` is an orderly end.
struct ReadSome {
  std::size_t bytes = 0;
  error_code error;
};
[[nodiscard]] awaitable<ReadSome> read_some(ByteStream& stream, boost::asio::mutable_buffer buffer);
/// Writes everything or fails.
[[nodiscard]] awaitable<fhir::Status> write_all(ByteStream& stream, std::string_view bytes);
/// Writes two pieces, as few operations as the stream allows: a head and a body need no copy into one.
[[nodiscard]] awaitable<fhir::Status> write_all(ByteStream& stream, std::string_view first,
                                                std::string_view second);
[[nodiscard]] awaitable<fhir::Status> shutdown(ByteStream& stream);

}  // namespace gateway::async
