// A stand-in for a hub, a GP system or a PAS: answers messages as its script says, acts on referrals
// afterwards, sends messages of its own, and tells a journal of all of it.
//
//   auto partner = Partner::make(parts, script);
//   LIGAMENT_CHECK((*partner)->start(address));
//   ...
//   co_await (*partner)->stop(deadline);
#pragma once

#include <deque>
#include <memory>
#include <ostream>
#include <string>
#include <unordered_set>

#include "fhir/base/random.hpp"
#include "gateway/async/network.hpp"
#include "gateway/async/task_group.hpp"
#include "gateway/async/timers.hpp"
#include "gateway/http/handler.hpp"
#include "gateway/http_beast/client.hpp"
#include "gateway/http_beast/server.hpp"
#include "gateway/partner/answers.hpp"
#include "gateway/partner/body_folder.hpp"
#include "gateway/partner/cuttable_listener.hpp"
#include "gateway/partner/gateway_link.hpp"
#include "gateway/partner/journal.hpp"
#include "gateway/partner/mllp_desk.hpp"
#include "gateway/partner/reply_rules.hpp"

namespace gateway::partner {

/// All outlive the partner.
struct PartnerParts {
  async::Executor io;
  async::Timers& timers;
  async::Network& network;
  fhir::Random& random;
  std::ostream& out;             ///< Of the journal.
  BodyFolder* bodies = nullptr;  ///< Where what is received is kept; null: nowhere.
};

/// One thread: that of `io`.
class Partner final : public http::Handler {
 public:
  /// kInvalidRequest when the gateway's URL cannot be used.
  [[nodiscard]] static fhir::Result<std::unique_ptr<Partner>> make(PartnerParts parts,
                                                                   std::shared_ptr<const Script> script);
  ~Partner() override;

  /// Takes messages at `address` and starts the clock of its own ones. Gives the bound address; kUnavailable
  /// when it cannot be bound.
  [[nodiscard]] fhir::Result<async::Address> start(const async::Address& address);
  /// Takes HL7 v2 messages at `address` too. As start().
  [[nodiscard]] fhir::Result<async::Address> start_mllp(const async::Address& address);
  [[nodiscard]] async::awaitable<fhir::Status> stop(async::Deadline deadline);

  /// POST to any path that ends in `$process-message`; 404 for anything else.
  [[nodiscard]] async::awaitable<http::Response> handle(http::Request request) override;

 private:
  Partner(PartnerParts parts, std::shared_ptr<const Script> script);
  [[nodiscard]] bool knows(const std::string& request_id) const { return known_.contains(request_id); }
  void remember(const std::string& request_id);
  void tell_received(const Seen& seen, const http::Request& request);
  void tell_answered(const http::Response& response, const http::Request& request, std::string_view rule);
  void tell_sent(std::string_view what, const Outgoing& message, const Exchange& exchange, int attempt,
                 std::string_view task);

  [[nodiscard]] async::awaitable<http::Response> answer(http::Request request,
                                                        std::shared_ptr<const Seen> seen,
                                                        const ReplyRule* rule);
  [[nodiscard]] async::awaitable<void> act(std::vector<Action> actions, std::shared_ptr<const Seen> seen,
                                           std::string correlation_id);
  [[nodiscard]] async::awaitable<void> speak(Action action, std::shared_ptr<const Seen> seen,
                                             std::string correlation_id);
  [[nodiscard]] async::awaitable<void> update_task(Action action, std::string id, std::string correlation_id);
  [[nodiscard]] async::awaitable<void> send_on_its_own(Send send);
  /// Until it was taken or refused for good, twice when asked.
  [[nodiscard]] async::awaitable<void> deliver(std::string what, Outgoing message, bool twice);
  [[nodiscard]] async::awaitable<bool> pause(Milliseconds time);

  PartnerParts parts_;
  std::shared_ptr<const Script> script_;
  ReplyRule acknowledge_;  ///< For messages that no rule is for.
  Journal journal_;
  ReplyRules rules_;
  Answers answers_;
  http_beast::HttpClient client_;
  std::optional<GatewayLink> gateway_;
  std::shared_ptr<OpenConnections> open_;
  async::TaskGroup tasks_;
  std::unordered_set<std::string> known_;
  std::deque<std::string> known_in_order_;
  std::optional<http_beast::HttpServer> server_;
  std::optional<MllpDesk> desk_;
};

}  // namespace gateway::partner
