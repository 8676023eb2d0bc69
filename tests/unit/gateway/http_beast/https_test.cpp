// HTTP over TLS over real sockets on loopback: who gets in, and who is believed.
#include <gtest/gtest.h>

#include "gateway/async/system_timers.hpp"
#include "gateway/async/tcp_network.hpp"
#include "gateway/http_beast/client.hpp"
#include "gateway/tls/tls.hpp"
#include "tests/unit/gateway/http_beast/served.hpp"
#include "tests/unit/gateway/tls/certificates.hpp"

namespace gateway::http_beast {
namespace {

using namespace std::chrono_literals;
using tls::ClientCertificate;
using tls::testing::Authority;
using tls::testing::Identity;

class Https : public ::testing::Test {
 protected:
  /// What one GET over TLS comes to. `certificates` of the server; `client` what the client is set to.
  fhir::Result<http::Response> get(tls::ServerSettings certificates, tls::ClientSettings client,
                                   int exchanges = 1) {
    boost::asio::io_context io(1);
    const fhir::SystemClock clock;
    async::SystemTimers timers(io.get_executor(), clock);
    async::TcpNetwork network(io.get_executor(), timers);
    testing::EchoHandler handler(timers);
    HttpServer server({io.get_executor(),
                       timers,
                       http::plain_error,
                       {},
                       [this](std::string_view event) { troubles.emplace_back(event); }},
                      handler);
    auto listener = *network.listen({"127.0.0.1", 0});
    http::Endpoint endpoint{http::Scheme::kHttps,
                            listener->local(),
                            {},
                            std::make_shared<tls::ClientSettings>(std::move(client))};
    server.serve(std::move(listener), *tls::Server::make(certificates));
    HttpClient http_client(network, timers);
    fhir::Result<http::Response> outcome = fhir::fail(fhir::ErrorCode::kInternal, "no answer");
    async::TaskGroup tasks(io.get_executor());
    tasks.spawn("client", exchange(http_client, endpoint, timers, server, exchanges, outcome));
    io.run_for(20s);
    if (!handler.seen.empty()) peer = handler.seen.back().peer;
    return outcome;
  }

  static async::awaitable<void> exchange(HttpClient& client, http::Endpoint endpoint, async::Timers& timers,
                                         HttpServer& server, int exchanges,
                                         fhir::Result<http::Response>& outcome) {
    for (int i = 0; i < exchanges; ++i) {
      http::Request request;
      request.target = http::Target::of({"x"});
      request.body = std::string(50'000, 'b');
      outcome =
          co_await client.send(endpoint, std::move(request), async::Deadline::after(timers.clock(), 5s));
    }
    client.close_idle();
    const fhir::Status stopped = co_await server.stop(async::Deadline::after(timers.clock(), 5s));
    if (!stopped.has_value()) ADD_FAILURE() << to_text(stopped.error());
  }

  [[nodiscard]] tls::ServerSettings server_settings(ClientCertificate wanted) const {
    return {server_identity.certificate_file, server_identity.key_file, wanted, partners.ca_file()};
  }
  [[nodiscard]] tls::ClientSettings client_settings(const Identity& identity) const {
    return {ours.ca_file(), identity.certificate_file, identity.key_file, "gateway.example"};
  }

  Authority ours{"Gateway test authority"};
  Authority partners{"Partner test authority"};
  Identity server_identity = ours.issue("gateway.example");
  Identity partner = partners.issue("gp-1.example");
  std::optional<http::Peer> peer;
  std::vector<std::string> troubles;
};

TEST_F(Https, MutualAuthenticationGivesFingerprintAndSubject) {
  const auto response = get(server_settings(ClientCertificate::kRequired), client_settings(partner), 2);
  ASSERT_TRUE(response.has_value()) << to_text(response.error());
  EXPECT_EQ(response->status, 200);
  ASSERT_TRUE(peer && peer->certificate);
  EXPECT_TRUE(peer->encrypted);
  EXPECT_EQ(peer->certificate->sha256, partner.sha256);
  EXPECT_EQ(peer->certificate->subject, "CN=gp-1.example");
  EXPECT_TRUE(troubles.empty());
}

TEST_F(Https, ARequiredCertificateMustBeThere) {
  const auto response = get(server_settings(ClientCertificate::kRequired), client_settings({}));
  EXPECT_FALSE(response.has_value());
  EXPECT_FALSE(peer.has_value());
  EXPECT_EQ(troubles, std::vector<std::string>{"tls_handshake_failed"});
}

TEST_F(Https, ACertificateOfAnotherAuthorityEndsTheHandshake) {
  const Identity stranger = ours.issue("gp-1.example");
  for (const ClientCertificate wanted : {ClientCertificate::kRequired, ClientCertificate::kOptional}) {
    EXPECT_FALSE(get(server_settings(wanted), client_settings(stranger)).has_value());
    EXPECT_FALSE(peer.has_value());
  }
}

TEST_F(Https, AnOptionalCertificateMayBeMissing) {
  const auto response = get(server_settings(ClientCertificate::kOptional), client_settings({}));
  ASSERT_TRUE(response.has_value());
  EXPECT_FALSE(peer->certificate.has_value());
}

TEST_F(Https, TheClientTrustsItsAuthorityOnly) {
  tls::ClientSettings client = client_settings({});
  client.ca_file = partners.ca_file();
  const auto response = get(server_settings(ClientCertificate::kNone), client);
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().code, fhir::ErrorCode::kUnavailable);
}

TEST_F(Https, TheClientChecksTheServersName) {
  tls::ClientSettings client = client_settings({});
  client.server_name = "gateway.example.attacker.net";
  EXPECT_FALSE(get(server_settings(ClientCertificate::kNone), client).has_value());
  client.server_name = "";
  EXPECT_FALSE(get(server_settings(ClientCertificate::kNone), client).has_value())
      << "127.0.0.1 is not in it";
}

}  // namespace
}  // namespace gateway::http_beast
