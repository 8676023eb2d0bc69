// Agreements, their dates, and services without a hub.
#include <gtest/gtest.h>

#include "referral_text.hpp"

namespace gateway::routing {
namespace {

struct DateRow {
  const char* received;
  const char* outcome;
};

TEST(Contract, HubReceivesOnlyWhileItsAgreementIsInForce) {
  const auto plain = sussex();
  const auto exercised =
      catalogue_of(with(sample_text("services/sussex.yaml"), "exercised: unknown", "exercised: yes"));
  const auto not_exercised =
      catalogue_of(with(sample_text("services/sussex.yaml"), "exercised: unknown", "exercised: no"));
  const DateRow unset[] = {
      {"2020-03-31T22:30:00Z", "hold service-not-in-effect"},
      {"2020-03-31T23:00:00Z", "route accepted"},
      {"2030-03-31T22:59:59Z", "route accepted"},
      {"2030-03-31T23:00:00Z", "hold no-live-contract"},
      {"2032-04-01T10:00:00Z", "hold service-not-in-effect"},
  };
  for (const DateRow& row : unset) {
    EXPECT_EQ(outcome_of(decide_text(*plain, Referral().json(), row.received)), row.outcome) << row.received;
    EXPECT_EQ(outcome_of(decide_text(*not_exercised, Referral().json(), row.received)), row.outcome)
        << row.received;
  }
  EXPECT_EQ(outcome_of(decide_text(*exercised, Referral().json(), "2030-04-01T10:00:00Z")), "route accepted");
  EXPECT_EQ(outcome_of(decide_text(*exercised, Referral().json(), "2032-03-31T10:00:00Z")), "route accepted");
  const Decision ended = decide_text(*plain, Referral().json(), "2030-04-01T10:00:00Z");
  ASSERT_EQ(ended.refused.size(), 1u);
  EXPECT_EQ(ended.refused[0].destination, "sussex-hub");
  EXPECT_EQ(ended.refused[0].reason, "contract-not-live");
}

TEST(Contract, HubMustCoverWhatIsAsked) {
  const auto narrow = catalogue_of(with(sample_text("services/sussex.yaml"),
                                        "specialties: [orthopaedics, physiotherapy, pain,",
                                        "specialties: [physiotherapy, pain,"));
  const Decision decision = decide_text(*narrow, Referral().json());
  EXPECT_EQ(outcome_of(decision), "hold no-live-contract");
  EXPECT_EQ(decision.refused.at(0).reason, "specialty-not-covered");
}

std::string without_hub() {
  std::string text = sample_text("services/sussex.yaml");
  text = with(text, "kind: hub", "kind: none");
  text = with(text, "  hub: sussex-hub\n", "");
  return with(text, "  hub_ods: 99S10\n", "");
}

TEST(Contract, WithoutAHubOneProviderOrAPerson) {
  const auto direct = catalogue_of(without_hub());
  Referral orthotics;
  orthotics.code = R"("code":{"coding":[)" + snomed("308455005") + "]}";
  // The former hub covers orthotics too: two providers, so the patient chooses.
  EXPECT_EQ(outcome_of(decide_text(*direct, orthotics.json())), "hold several-providers");
  Referral chosen;
  chosen.more =
      R"("performer":[{"identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"99S21"}}])";
  const Decision decision = decide_text(*direct, chosen.json());
  EXPECT_EQ(outcome_of(decision), "route accepted");
  EXPECT_EQ(decision.destination, "coast-surgical");
  // Three years from April 2022 and an extension of two, exercised: the last day is 31 March 2027.
  EXPECT_EQ(outcome_of(decide_text(*direct, chosen.json(), "2027-03-31T10:00:00Z")), "route accepted");
  EXPECT_EQ(outcome_of(decide_text(*direct, chosen.json(), "2027-04-01T10:00:00Z")),
            "hold chosen-provider-not-contracted");
  Referral unsaid;
  unsaid.code.clear();
  EXPECT_EQ(outcome_of(decide_text(*direct, unsaid.json())), "hold specialty-unknown") << "no hub to read it";
}

TEST(Contract, TwoServicesAreNeverGuessedBetween) {
  const services::FhirPathConditions compiler(fhir::definitions::r4());
  std::string second = with(sample_text("services/sussex.yaml"), "id: sussex-msk", "id: second-msk");
  second = with(second, "dos-service-id|2000099001", "dos-service-id|2000099002");
  const auto outcome = services::load_catalogue({{"a.yaml", sample_text("services/sussex.yaml")},
                                                 {"b.yaml", second},
                                                 {"calendar.yaml", sample_text("services/calendar.yaml")}},
                                                compiler);
  ASSERT_NE(outcome.catalogue, nullptr);
  EXPECT_EQ(decide_text(*outcome.catalogue, Referral().json()).service, "sussex-msk") << "the door tells";
  Referral elsewhere;
  elsewhere.endpoint = "https://fhir.nhs.uk/Id/dos-service-id|9";
  const Decision decision =
      decide_text(*outcome.catalogue, elsewhere.json(), "2026-11-22T10:00:00Z", {}, DestinationCheck::kAny);
  EXPECT_EQ(outcome_of(decision), "hold several-services");
}

TEST(Rules, UnknownConditionHolds) {
  // Several items where one is needed: evaluation fails, and a person decides.
  const auto odd = catalogue_of(with(sample_text("services/sussex.yaml"),
                                     "when: \"Bundle.entry.resource.ofType(ServiceRequest).all(code.empty()",
                                     "when: \"Bundle.entry.resource.single().all(code.empty()"));
  EXPECT_EQ(outcome_of(decide_text(*odd, Referral().json())), "hold condition-unknown");
}

}  // namespace
}  // namespace gateway::routing
