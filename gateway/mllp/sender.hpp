// Sending a message to a configured partner and awaiting what it says to it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/async/asio.hpp"
#include "gateway/async/byte_stream.hpp"
#include "gateway/async/deadline.hpp"
#include "gateway/tls/settings.hpp"

namespace gateway::mllp {

/// A place messages go to. Only configuration makes one; no address from a message ever does.
struct Destination {
  async::Address address;
  std::shared_ptr<const tls::ClientSettings> tls;  ///< Null: plain. Connections are shared per object.
};

/// Whether a frame that came is the answer to what was sent (its MSA-2 names our MSH-10). Pure; outlives the
/// call it is given to.
using IsAnswer = std::function<bool(std::string_view payload)>;

/// Port. One exchange, no retry.
///
/// Errors: kUnavailable: no connection could be had, nothing was sent. kTimedOut: the deadline passed or the
/// connection was lost after sending began; what the partner did is unknown. kTooLarge, kMalformed: what came
/// cannot be used. kInvalidRequest: the payload cannot be framed, or the TLS settings cannot be used. kBusy:
/// too many wait for the destination already. kCancelled.
class Sender {
 public:
  Sender() = default;
  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;
  virtual ~Sender() = default;
  /// The payload of the answering frame. Frames that are not the answer are dropped.
  [[nodiscard]] virtual async::awaitable<fhir::Result<std::string>> send(Destination destination,
                                                                         std::string payload,
                                                                         IsAnswer is_answer,
                                                                         async::Deadline deadline) = 0;
};

}  // namespace gateway::mllp
