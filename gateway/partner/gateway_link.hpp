// A stand-in partner's own requests to the gateway.
#pragma once

#include <optional>
#include <string>

#include "fhir/base/random.hpp"
#include "fhir/tree/tree.hpp"
#include "gateway/async/timers.hpp"
#include "gateway/http/client.hpp"
#include "gateway/partner/body_folder.hpp"
#include "gateway/partner/script.hpp"

namespace gateway::partner {

/// What came of one request. Status 0: no answer, `trouble` says why.
struct Exchange {
  int status = 0;
  std::string trouble;
  std::string etag;
  fhir::tree::TreePtr body;  ///< Null when there was none, or none that is FHIR.

  [[nodiscard]] bool succeeded() const { return status >= 200 && status < 300; }
  /// Worth the same bytes with the same ids again (BaRS 1.7).
  [[nodiscard]] bool is_worth_repeating() const {
    return status == 0 || status == 408 || status == 425 || status == 429 || status >= 500;
  }
};

/// What the answer says, short: the resource type, or the error codes with their places and texts.
[[nodiscard]] std::string summary(const Exchange& exchange);

/// A message with its two ids: sending it again is the same message.
struct Outgoing {
  std::string bytes;
  std::string media_type;
  std::string request_id;
  std::string correlation_id;
};

/// One thread. `script`, `client`, `timers` and `bodies` outlive it.
class GatewayLink {
 public:
  /// kInvalidRequest when the gateway's URL cannot be used. An empty URL is allowed: every request then
  /// fails. `bodies`, when given, keeps every answer.
  [[nodiscard]] static fhir::Result<GatewayLink> make(const Script& script, http::Client& client,
                                                      async::Timers& timers, fhir::Random& random,
                                                      BodyFolder* bodies = nullptr);

  [[nodiscard]] async::awaitable<Exchange> post(Outgoing message);
  [[nodiscard]] async::awaitable<Exchange> read_task(std::string id);
  /// `etag` is that of the version read.
  [[nodiscard]] async::awaitable<Exchange> put_task(std::string id, std::string etag, Outgoing task);

 private:
  GatewayLink(const Script& script, http::Client& client, async::Timers& timers, fhir::Random& random,
              BodyFolder* bodies, std::optional<http::Endpoint> endpoint)
      : script_(&script),
        client_(&client),
        timers_(&timers),
        random_(&random),
        bodies_(bodies),
        endpoint_(std::move(endpoint)) {}
  [[nodiscard]] http::Request request(http::Method method, std::vector<std::string> path,
                                      const Outgoing& content) const;
  [[nodiscard]] async::awaitable<Exchange> exchange(http::Request request);

  const Script* script_;
  http::Client* client_;
  async::Timers* timers_;
  fhir::Random* random_;
  BodyFolder* bodies_;
  std::optional<http::Endpoint> endpoint_;
};

}  // namespace gateway::partner
