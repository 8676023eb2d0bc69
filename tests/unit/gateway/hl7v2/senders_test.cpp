#include "gateway/hl7v2/senders.hpp"

#include <gtest/gtest.h>

#include "gateway/security/digest.hpp"

namespace gateway::hl7v2 {
namespace {

config::Partner partner(std::string name, std::string ods, std::optional<config::Hl7v2> v2,
                        config::PartnerRole role = config::PartnerRole::kProvider) {
  config::Partner made;
  made.name = std::move(name);
  made.ods = std::move(ods);
  made.role = role;
  made.hl7v2 = std::move(v2);
  return made;
}

config::Hl7v2 speaks(std::vector<std::string> addresses, std::string application = {},
                     std::string facility = {}, std::uint64_t max_bytes = 0) {
  config::Hl7v2 v2;
  v2.addresses = std::move(addresses);
  v2.application = std::move(application);
  v2.facility = std::move(facility);
  v2.max_bytes = max_bytes;
  return v2;
}

class WhoSent : public ::testing::Test {
 protected:
  WhoSent() {
    config_->limits.message.max_bytes = 1000;
    auto& all = config_->partners;
    all.push_back(partner("practice", "99S01", std::nullopt, config::PartnerRole::kGp));
    all.push_back(partner("trust", "99S20", speaks({"10.0.0.7"}, "PAS", "99S20", 500)));
    all.push_back(partner("clinic", "99S21", speaks({"10.0.0.7", "10.0.0.8"}, "RIS")));
    all.push_back(partner("hub", "99S10", speaks({}, "", "99S10")));
    all.back().certificate_sha256 = security::to_hex(fingerprint_);
    all.push_back(partner("silent", "99S22", std::nullopt));
    all.back().certificate_sha256 = security::to_hex(other_fingerprint_);
  }
  static mllp::Peer from(std::string host) {
    mllp::Peer peer;
    peer.loopback = async::is_loopback(host);
    peer.remote = {std::move(host), 50000};
    return peer;
  }
  mllp::Peer showing(const std::array<std::uint8_t, 32>& fingerprint, std::string host = "10.0.0.7") {
    mllp::Peer peer = from(std::move(host));
    peer.encrypted = true;
    peer.certificate = async::PeerCertificate{fingerprint, "CN=x"};
    return peer;
  }
  /// Name of the partner, or `nobody`. Null texts: no header.
  std::string who(const mllp::Peer& peer, const char* application, const char* facility, bool dev = false) {
    mappings::hl7v2::Header header;
    if (application != nullptr) header.sending_application = application;
    if (facility != nullptr) header.sending_facility = facility;
    const auto found = Senders(config_, dev).identify(peer, application == nullptr ? nullptr : &header);
    return found.has_value() ? (*found)->name : "nobody";
  }

  std::array<std::uint8_t, 32> fingerprint_{1, 2, 3};
  std::array<std::uint8_t, 32> other_fingerprint_{4};
  std::shared_ptr<config::Config> config_ = std::make_shared<config::Config>();
};

TEST_F(WhoSent, AnAddressAndWhatTheMessageSaysMustAgree) {
  EXPECT_EQ(who(from("10.0.0.7"), "PAS", "99S20"), "trust");
  EXPECT_EQ(who(from("10.0.0.7"), "PAS^1.2.3^ISO", "99S20^x"), "trust");
  EXPECT_EQ(who(from("10.0.0.7"), "RIS", "anything"), "clinic");
  EXPECT_EQ(who(from("10.0.0.8"), "RIS", ""), "clinic");
  EXPECT_EQ(who(from("::ffff:10.0.0.8"), "RIS", ""), "clinic");
  EXPECT_EQ(who(from("10.0.0.8"), "PAS", "99S20"), "nobody") << "the trust is not at this address";
  EXPECT_EQ(who(from("10.0.0.7"), "PAS", "99S21"), "nobody");
  EXPECT_EQ(who(from("10.0.0.9"), "PAS", "99S20"), "nobody") << "never by what a message says alone";
  EXPECT_EQ(who(from("127.0.0.1"), "PAS", "99S20"), "nobody");
  EXPECT_EQ(who(from("10.0.0.7"), "", "99S10"), "nobody") << "the hub is known by certificate only";
}

TEST_F(WhoSent, ACertificateDecidesAndNothingElseDoes) {
  EXPECT_EQ(who(showing(fingerprint_), "any", "99S10"), "hub");
  EXPECT_EQ(who(showing(fingerprint_), "any", "99S20"), "nobody") << "its own facility must be in it";
  EXPECT_EQ(who(showing(fingerprint_), "PAS", "99S20"), "nobody") << "the address counts no more";
  EXPECT_EQ(who(showing(other_fingerprint_), "", ""), "nobody") << "it does not speak HL7 v2";
  EXPECT_EQ(who(showing({9}), "PAS", "99S20"), "nobody");
}

TEST_F(WhoSent, WithoutAHeaderOnlyAConnectionOfOneAlone) {
  EXPECT_EQ(who(from("10.0.0.8"), nullptr, nullptr), "clinic");
  EXPECT_EQ(who(from("10.0.0.7"), nullptr, nullptr), "nobody");
  EXPECT_EQ(who(showing(fingerprint_), nullptr, nullptr), "hub");
}

TEST_F(WhoSent, InDevelopmentTheMessageSays) {
  EXPECT_EQ(who(from("127.0.0.1"), "PAS", "99S20", true), "trust");
  EXPECT_EQ(who(from("127.0.0.1"), "x", "99S21", true), "clinic");
  EXPECT_EQ(who(from("::1"), "x", "99S22", true), "silent");
  EXPECT_EQ(who(from("127.0.0.1"), "hub", "99S01", true), "hub");
  EXPECT_EQ(who(from("127.0.0.1"), "x", "GOOD HEALTH", true), "practice");
  EXPECT_EQ(who(from("127.0.0.1"), nullptr, nullptr, true), "practice");
  EXPECT_EQ(who(from("10.0.0.7"), "PAS", "99S20", true), "nobody") << "loopback only";
}

TEST_F(WhoSent, OnlyConnectionsOfSomebodyAreAdmitted) {
  const Senders strict(config_, false);
  EXPECT_EQ(strict.largest_message(from("10.0.0.7")), 1000u) << "of the clinic, which may be there too";
  config_->partners[2].hl7v2->max_bytes = 200;
  EXPECT_EQ(strict.largest_message(from("10.0.0.7")), 500u);
  EXPECT_EQ(strict.largest_message(from("10.0.0.8")), 200u);
  EXPECT_EQ(strict.largest_message(showing(fingerprint_)), 1000u);
  EXPECT_FALSE(strict.largest_message(showing({9})).has_value());
  EXPECT_FALSE(strict.largest_message(from("127.0.0.1")).has_value());
  const Senders dev(config_, true);
  EXPECT_EQ(dev.largest_message(from("127.0.0.1")), 1000u);
  EXPECT_FALSE(dev.largest_message(from("10.0.0.7")).has_value());
}

}  // namespace
}  // namespace gateway::hl7v2
