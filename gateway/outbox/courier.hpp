// Carries one delivery to its partner: one exchange, no retry. HL7 v2 bodies go by MLLP, all others by HTTP.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "gateway/async/deadline.hpp"
#include "gateway/config/config.hpp"
#include "gateway/http/client.hpp"
#include "gateway/mllp/sender.hpp"
#include "gateway/outbox/answer.hpp"

namespace gateway::outbox {

/// One per application; I/O thread. `client`, `sender` and `config` outlive it.
class Courier {
 public:
  /// Reads the partners' endpoints and outgoing tokens once. Blocks. kInvalidRequest naming the partner whose
  /// endpoint cannot be used, kUnavailable for a token file that cannot be read.
  [[nodiscard]] static fhir::Result<std::unique_ptr<Courier>> make(const config::Config& config,
                                                                   http::Client& client,
                                                                   mllp::Sender& sender);

  /// True when something can be delivered to the partner at all.
  [[nodiscard]] bool knows(std::string_view destination) const noexcept;

  /// Posts `body` to `$process-message` of the destination with the delivery's two ids, or sends it as a
  /// frame and awaits the acknowledgement whose MSA-2 is the delivery's business id.
  [[nodiscard]] async::awaitable<Answer> deliver(store::DeliveryRow delivery, std::string body,
                                                 async::Deadline deadline);

 private:
  struct Route {
    http::Endpoint endpoint;
    std::string authorization;  ///< Value of the Authorization field; empty for none.
    config::ServiceId service_id;
  };
  Courier(const config::Config& config, http::Client& client, mllp::Sender& sender)
      : config_(config), client_(client), sender_(sender) {}
  [[nodiscard]] async::awaitable<Answer> deliver_v2(store::DeliveryRow delivery, std::string body,
                                                    async::Deadline deadline);
  [[nodiscard]] http::Request request(const store::DeliveryRow& delivery, std::string body,
                                      const Route& route) const;

  const config::Config& config_;
  http::Client& client_;
  mllp::Sender& sender_;
  std::map<std::string, Route, std::less<>> routes_;
  std::map<std::string, mllp::Destination, std::less<>> v2_routes_;
};

}  // namespace gateway::outbox
