// Oxfordshire: a change of provider by date, and waits timed apart.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "referral_text.hpp"

namespace gateway::routing {
namespace {

using testing::HasSubstr;

constexpr const Place& kOxford = kPlaces[2];

Decision go(const Referral& referral, const std::string& received = kOxford.received) {
  return decide_text(catalogue(), referral.json(), received);
}

TEST(OxfordRoute, GoesToTheProviderOfItsDay) {
  for (const char* code : {"306170007", "183545006", "308451001", "841261000000105"}) {
    Referral referral = kOxford.referral();
    referral.code = coded(code);
    const Decision decision = go(referral);
    EXPECT_EQ(outcome_of(decision), "route accepted") << code << ' ' << decision.text;
    EXPECT_EQ(decision.destination, "healthshare") << code;
    EXPECT_EQ(decision.destination_ods, "99O10") << code;
  }
  Referral other = kOxford.referral();
  other.code = coded("306290009");
  EXPECT_EQ(outcome_of(go(other)), "hold request-not-offered");
}

TEST(OxfordRoute, NamesTheContractOfTheLeg) {
  EXPECT_EQ(go(kOxford.referral()).contract, "oxford.contract.healthshare");
  EXPECT_THAT(to_json(go(kOxford.referral())), HasSubstr(R"("contract":"oxford.contract.healthshare")"));
  EXPECT_EQ(go(kOxford.referral(), "2016-01-15T10:00:00Z").contract, "oxford.contract.before");
}

TEST(OxfordProvider, ChangesAtMidnightInEngland) {
  struct Row {
    const char* received;
    const char* destination;
    const char* ods;
  };
  const Row rows[] = {{"2012-04-01T10:00:00Z", "oxford-msk-before", "99O09"},
                      {"2017-09-30T22:59:59Z", "oxford-msk-before", "99O09"},
                      {"2017-09-30T23:00:00Z", "healthshare", "99O10"},  // 1 October, summer time
                      {"2017-10-01T00:00:00+01:00", "healthshare", "99O10"},
                      {"2022-09-30T10:00:00Z", "healthshare", "99O10"}};
  for (const Row& row : rows) {
    const Decision decision = go(kOxford.referral(), row.received);
    EXPECT_EQ(decision.destination, row.destination) << row.received;
    EXPECT_EQ(decision.hub_ods, row.ods) << row.received;
  }
  // Five years, and an extension nobody said was exercised.
  const Decision ended = go(kOxford.referral(), "2022-10-01T10:00:00Z");
  EXPECT_EQ(outcome_of(ended), "hold no-live-contract");
  EXPECT_EQ(ended.refused.front().destination, "healthshare");
}

TEST(OxfordWaits, TriageAndServiceAreTimedApart) {
  const Decision decision = go(kOxford.referral());
  EXPECT_EQ(decision.triage.routine, std::chrono::days(2));
  EXPECT_EQ(decision.triage.urgent, std::chrono::days(1));
  EXPECT_EQ(decision.offer.routine, std::chrono::days(5));
  const services::Service& service = *catalogue().service("oxfordshire-msk");
  using services::Moment;
  const services::Wait* seen = service.wait(Moment::kOffered, Moment::kSeen);
  const services::Wait* treated = service.wait(Moment::kSeen, Moment::kTreated);
  ASSERT_NE(seen, nullptr);
  ASSERT_NE(treated, nullptr);
  EXPECT_EQ(seen->routine, std::chrono::days(28));
  EXPECT_EQ(service.wait(Moment::kReceived, Moment::kSeen), nullptr) << "no stretch swallows another";
}

}  // namespace
}  // namespace gateway::routing
