// Carries one delivery to its partner: one exchange, no retry.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "gateway/async/deadline.hpp"
#include "gateway/config/config.hpp"
#include "gateway/http/client.hpp"
#include "gateway/outbox/answer.hpp"

namespace gateway::outbox {

/// One per application; I/O thread. `client` and `config` outlive it.
class Courier {
 public:
  /// Reads the partners' endpoints and outgoing tokens once. Blocks. kInvalidRequest naming the partner whose
  /// endpoint cannot be used, kUnavailable for a token file that cannot be read.
  [[nodiscard]] static fhir::Result<std::unique_ptr<Courier>> make(const config::Config& config,
                                                                   http::Client& client);

  /// True when something can be delivered to the partner at all.
  [[nodiscard]] bool knows(std::string_view destination) const noexcept;

  /// Posts `body` to `$process-message` of the destination with the delivery's two ids.
  [[nodiscard]] async::awaitable<Answer> deliver(store::DeliveryRow delivery, std::string body,
                                                 async::Deadline deadline);

 private:
  struct Route {
    http::Endpoint endpoint;
    std::string authorization;  ///< Value of the Authorization field; empty for none.
    config::ServiceId service_id;
  };
  Courier(const config::Config& config, http::Client& client) : config_(config), client_(client) {}
  [[nodiscard]] http::Request request(const store::DeliveryRow& delivery, std::string body,
                                      const Route& route) const;

  const config::Config& config_;
  http::Client& client_;
  std::map<std::string, Route, std::less<>> routes_;
};

}  // namespace gateway::outbox
