// MLLP over TLS on the simulated network: who is let in, and who is believed.
#include <gtest/gtest.h>

#include "gateway/mllp/client.hpp"
#include "tests/unit/gateway/mllp/served.hpp"
#include "tests/unit/gateway/tls/certificates.hpp"

namespace gateway::mllp {
namespace {

using namespace std::chrono_literals;
using fhir::ErrorCode;
using testing::text_of;
using tls::testing::Authority;
using tls::testing::Identity;

class MllpTls : public ::testing::Test {
 protected:
  MllpTls() {
    const tls::ServerSettings settings{identity.certificate_file, identity.key_file,
                                       tls::ClientCertificate::kRequired, partners.ca_file()};
    served.server.serve(*served.simulation.network.listen(door), *tls::Server::make(settings));
  }
  Destination as(const Identity& who) {
    return {door, std::make_shared<tls::ClientSettings>(tls::ClientSettings{
                      ours.ca_file(), who.certificate_file, who.key_file, "gateway.example"})};
  }
  fhir::Result<std::string> send(const Destination& destination, std::string payload) {
    const auto any = [](std::string_view /*payload*/) { return true; };
    return served.simulation.run(client.send(destination, std::move(payload), any,
                                             async::Deadline::after(served.simulation.clock, 5s)));
  }

  Authority ours{"Gateway test authority"};
  Authority partners{"Partner test authority"};
  Identity identity = ours.issue("gateway.example");
  Identity partner = partners.issue("pas.example");
  async::Address door{"gateway", 2576};
  testing::Served served;
  MllpClient client{served.simulation.network, served.simulation.timers};
};

TEST_F(MllpTls, TheReceiverLearnsTheCertificateOfThePeer) {
  const Destination destination = as(partner);
  EXPECT_EQ(text_of(send(destination, "a")), "ack of a");
  EXPECT_EQ(text_of(send(destination, std::string(900, 'b'))), "ack of " + std::string(900, 'b'));
  ASSERT_EQ(served.receiver.seen.size(), 2u);
  EXPECT_EQ(served.receiver.admitted.size(), 1u) << "one connection for both";
  const Peer& peer = served.receiver.seen[1].peer;
  EXPECT_TRUE(peer.encrypted);
  ASSERT_TRUE(peer.certificate.has_value());
  EXPECT_EQ(peer.certificate->sha256, partner.sha256);
  EXPECT_TRUE(served.troubles.empty());
}

TEST_F(MllpTls, NobodyElseGetsAnAnswer) {
  for (const Identity& who : {Identity{}, ours.issue("pas.example")}) {
    const auto answer = send(as(who), "a");
    ASSERT_FALSE(answer.has_value());
    EXPECT_TRUE(answer.error().code == ErrorCode::kUnavailable ||
                answer.error().code == ErrorCode::kTimedOut);
  }
  EXPECT_TRUE(served.receiver.admitted.empty());
  EXPECT_EQ(served.troubles, (std::vector<std::string>{"tls_handshake_failed", "tls_handshake_failed"}));
}

TEST_F(MllpTls, APlainSenderAtTheTlsDoorIsClosed) {
  const auto answer = send(Destination{door, nullptr}, "a");
  EXPECT_FALSE(answer.has_value());
  EXPECT_TRUE(served.receiver.admitted.empty());
  served.simulation.timers.run_for(11s);
  EXPECT_EQ(served.troubles, std::vector<std::string>{"tls_handshake_failed"});
}

TEST_F(MllpTls, ATlsSenderAtThePlainDoorIsClosed) {
  Destination destination = as(partner);
  destination.address = served.address;
  EXPECT_EQ(send(destination, "a").error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(served.troubles, (std::vector<std::string>{"junk_skipped", "not_mllp"}));
}

}  // namespace
}  // namespace gateway::mllp
