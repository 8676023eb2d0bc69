// Bedfordshire: one hub for everything, and hospitals that join one after the other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "referral_text.hpp"

namespace gateway::routing {
namespace {

using testing::HasSubstr;

constexpr const Place& kBedford = kPlaces[1];

Decision go(const Referral& referral, const std::string& received = kBedford.received) {
  return decide_text(catalogue(), referral.json(), received);
}

TEST(BedfordRoute, EverythingGoesThroughTheOneHub) {
  struct Row {
    const char* code;
    const char* specialty;
  };
  const Row rows[] = {{"183545006", "orthopaedics"}, {"306170007", "physiotherapy"},
                      {"183568002", "pain"},         {"306290009", "rheumatology"},
                      {"308482002", "neurosurgery"}, {"308451001", "podiatry"},
                      {"308455005", "orthotics"},    {"183868005", ""}};
  for (const Row& row : rows) {
    Referral referral = kBedford.referral();
    referral.code = coded(row.code);
    const Decision decision = go(referral);
    EXPECT_EQ(outcome_of(decision), "route accepted") << row.code << ' ' << decision.text;
    EXPECT_EQ(decision.destination, "circle-hub") << row.code;
    EXPECT_EQ(decision.specialty, row.specialty) << row.code;
    EXPECT_TRUE(fired(decision, "bedford.contract.hub"));
    EXPECT_TRUE(fired(decision, "bedford.triage"));
    EXPECT_THAT(decision.text, HasSubstr("multidisciplinary"));
  }
  EXPECT_EQ(outcome_of(go(kBedford.referral(), "2014-03-31T22:59:59Z")), "hold service-not-in-effect");
  EXPECT_EQ(outcome_of(go(kBedford.referral(), "2014-03-31T23:00:00Z")), "route accepted");
  EXPECT_EQ(outcome_of(go(kBedford.referral(), "2019-03-31T23:00:00Z")), "hold no-live-contract");
}

struct DayRow {
  const char* provider;
  const char* received;
  const char* destination;
  const char* contract;
};

TEST(BedfordActivation, BeforeItsDayAHospitalIsReachedByItsDirectContract) {
  const DayRow rows[] = {
      {"99B21", "2014-06-15T22:59:59Z", "luton-dunstable", "bedford.contract.luton-dunstable.direct"},
      {"99B21", "2014-06-15T23:00:00Z", "circle-hub", "bedford.contract.hub"},  // the 16th in England
      {"99B20", "2014-06-16T10:00:00Z", "bedford-hospital", "bedford.contract.bedford-hospital.direct"},
      {"99B20", "2014-09-30T10:00:00Z", "bedford-hospital", "bedford.contract.bedford-hospital.direct"},
      {"99B20", "2014-10-01T10:00:00Z", "circle-hub", "bedford.contract.hub"},
  };
  for (const DayRow& row : rows) {
    Referral referral = kBedford.referral();
    referral.code = coded("183545006");
    referral.more = choice(row.provider);
    const Decision decision = go(referral, row.received);
    EXPECT_EQ(outcome_of(decision), "route accepted") << row.received << decision.text;
    EXPECT_EQ(decision.destination, row.destination) << row.received;
    EXPECT_EQ(decision.contract, row.contract) << row.received;
    EXPECT_EQ(decision.hub_ods, decision.destination_ods) << "who is sent it decides on it";
    EXPECT_EQ(decision.chosen_provider_ods, row.provider) << row.received;
  }
}

TEST(BedfordActivation, WhoNamesNoHospitalGoesToTheHubFromTheFirstDay) {
  Referral referral = kBedford.referral();
  referral.code = coded("183545006");
  EXPECT_EQ(go(referral, "2014-04-01T10:00:00Z").destination, "circle-hub");
  // Nor does the old agreement take what it does not cover, or what is not said.
  referral.more = choice("99B21");
  referral.code = coded("306170007");
  EXPECT_EQ(go(referral, "2014-05-01T10:00:00Z").destination, "circle-hub");
  referral.code = coded("183868005");
  EXPECT_EQ(go(referral, "2014-05-01T10:00:00Z").destination, "circle-hub");
}

TEST(BedfordChoice, AnyHospitalOfEnglandThatIsKnown) {
  struct Row {
    const char* ods;
    const char* received;
    const char* outcome;
    bool outside;
  };
  const Row rows[] = {
      {"99X01", "2015-01-15T10:00:00Z", "route accepted", true},
      {"99B20", "2015-01-15T10:00:00Z", "route accepted", false},
      {"99X02", "2014-06-30T10:00:00Z", "route accepted", true},
      {"99X02", "2014-07-01T10:00:00Z", "hold chosen-provider-unknown", false},  // closed
      {"99X03", "2015-01-15T10:00:00Z", "hold chosen-provider-unknown", false},  // not open yet
      {"99X03", "2015-04-01T10:00:00Z", "route accepted", true},
      {"99X04", "2015-01-15T10:00:00Z", "hold chosen-provider-unknown", false},  // no hospital
      {"ZZZ99", "2015-01-15T10:00:00Z", "hold chosen-provider-unknown", false},
      {"99x01", "2015-01-15T10:00:00Z", "hold chosen-provider-malformed", false},
      {"9", "2015-01-15T10:00:00Z", "hold chosen-provider-malformed", false},
      {"99X01; DROP", "2015-01-15T10:00:00Z", "hold chosen-provider-malformed", false},
  };
  for (const Row& row : rows) {
    Referral referral = kBedford.referral();
    referral.code = coded("183545006");
    referral.more = choice(row.ods);
    const Decision decision = go(referral, row.received);
    EXPECT_EQ(outcome_of(decision), row.outcome) << row.ods << ' ' << row.received;
    EXPECT_EQ(decision.out_of_network, row.outside) << row.ods;
    EXPECT_EQ(decision.chosen_provider_ods, row.ods) << "kept, whatever becomes of it";
    if (decision.outcome == Outcome::kRoute) EXPECT_EQ(decision.destination, "circle-hub");
    EXPECT_TRUE(fired(decision, "bedford.choice"));
  }
  Referral performer = kBedford.referral();
  performer.code = coded("183545006");
  performer.more =
      R"("performer":[{"identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"99X01"}}])";
  EXPECT_TRUE(go(performer).out_of_network) << "a hospital named as performer is a choice";
}

}  // namespace
}  // namespace gateway::routing
