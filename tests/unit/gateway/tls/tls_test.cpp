#include "gateway/tls/tls.hpp"

#include <gtest/gtest.h>

#include "tests/unit/gateway/async/simulation.hpp"
#include "tests/unit/gateway/tls/certificates.hpp"

namespace gateway::tls {
namespace {

using namespace std::chrono_literals;
using testing::Authority;
using testing::Identity;

TEST(Tls, UnusableSettingsNameTheSetting) {
  Authority ours("Gateway test authority");
  Authority partners("Partner test authority");
  const Identity server = ours.issue("gateway.example");
  const Identity partner = partners.issue("gp-1.example");
  const ServerSettings good{server.certificate_file, server.key_file, ClientCertificate::kRequired,
                            partners.ca_file()};
  ASSERT_TRUE(Server::make(good).has_value());
  ServerSettings settings = good;
  settings.key_file = partner.key_file;
  EXPECT_EQ(Server::make(settings).error().detail, "the TLS setting key_file cannot be used");
  settings = good;
  settings.client_ca_file = "/nowhere";
  EXPECT_EQ(Server::make(settings).error().detail, "the TLS setting client_ca_file cannot be used");
  EXPECT_EQ(Client::make({"/nowhere", "", "", ""}).error().detail, "the TLS setting ca_file cannot be used");
}

TEST(Tls, AHandshakeThatNeverComesTimesOut) {
  Authority authority("a");
  const Identity identity = authority.issue("gateway");
  async::testing::Simulation simulation;
  const auto server =
      *Server::make({identity.certificate_file, identity.key_file, ClientCertificate::kNone, ""});
  async::StreamPair pair = async::make_stream_pair(simulation.executor);
  const auto accepted = simulation.run(server->accept(std::move(pair.server), simulation.timers,
                                                      async::Deadline::after(simulation.clock, 10s)));
  EXPECT_EQ(accepted.error().code, fhir::ErrorCode::kTimedOut);
  EXPECT_EQ(simulation.clock.monotonic().time_since_epoch(), 10s);
}

}  // namespace
}  // namespace gateway::tls
