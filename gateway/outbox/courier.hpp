// Carries one delivery to its partner: one exchange, no retry. HL7 v2 bodies go by MLLP, all others by HTTP.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateway/async/deadline.hpp"
#include "gateway/bars/message_headers.hpp"
#include "gateway/config/config.hpp"
#include "gateway/http/client.hpp"
#include "gateway/mllp/sender.hpp"
#include "gateway/outbox/answer.hpp"

namespace gateway::outbox {

/// A destination without a route: no partner, or one that nothing can be sent to.
inline constexpr std::string_view kNoEndpoint = "no-endpoint";

/// One per application; I/O thread. `client` and `sender` outlive it.
class Courier {
 public:
  /// Reads the partners' endpoints and outgoing tokens once. Blocks. kInvalidRequest naming the partner whose
  /// endpoint cannot be used, kUnavailable for a token file that cannot be read.
  [[nodiscard]] static fhir::Result<std::unique_ptr<Courier>> make(const config::Config& config,
                                                                   http::Client& client,
                                                                   mllp::Sender& sender);

  /// True when something can be delivered to the partner at all.
  [[nodiscard]] bool knows(std::string_view destination) const noexcept;

  struct Routes;
  using RoutesPtr = std::shared_ptr<const Routes>;
  /// The partners of a configuration that was read again. Fails as make().
  [[nodiscard]] static fhir::Result<RoutesPtr> routes_of(const config::Config& config);
  /// What goes out from now on goes by these; what is under way ends where it began.
  void use(RoutesPtr routes) noexcept { routes_ = std::move(routes); }

  /// Posts `body` to `$process-message` of the destination with the delivery's two ids, or sends it as a
  /// frame and awaits the acknowledgement whose MSA-2 is the delivery's business id.
  /// `delivery` outlives the call.
  [[nodiscard]] async::awaitable<Answer> deliver(const store::DeliveryRow& delivery, std::string body,
                                                 async::Deadline deadline);

 private:
  using Fields = std::vector<std::pair<std::string, std::string>>;
  struct Route {
    http::Endpoint endpoint;
    Fields json_fields;  ///< What every request with JSON has beside its ids.
    Fields xml_fields;
  };
  [[nodiscard]] static Fields usual_fields(const config::Config& config, const config::Partner& partner,
                                           bars::MediaType accept);
  Courier(http::Client& client, mllp::Sender& sender) : client_(client), sender_(sender) {}
  [[nodiscard]] async::awaitable<Answer> deliver_v2(const store::DeliveryRow& delivery, std::string body,
                                                    async::Deadline deadline);
  [[nodiscard]] static http::Request request(const store::DeliveryRow& delivery, std::string body,
                                             const Route& route);

  http::Client& client_;
  mllp::Sender& sender_;
  RoutesPtr routes_;
};

struct Courier::Routes {
  std::map<std::string, Route, std::less<>> fhir;
  std::map<std::string, mllp::Destination, std::less<>> v2;
};

}  // namespace gateway::outbox
