// Which of several services a message belongs to.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "referral_text.hpp"

namespace gateway::routing {
namespace {

using testing::HasSubstr;

constexpr const char* kGateway = "https://fhir.nhs.uk/Id/dos-service-id|2000099000";

Decision decide_for(const Referral& referral, const std::string& received, bool own,
                    DestinationCheck check = DestinationCheck::kMustMatch,
                    const services::ServiceCatalogue& of = catalogue()) {
  const auto tree = fhir::json::read(referral.json(), fhir::definitions::r4()).tree;
  const gate::GateResult gate = gate::inspect(of.red_flags(), tree->root());
  RoutingInput input{.bundle = tree->root(),
                     .received = *fhir::parse_instant(received),
                     .catalogue = of,
                     .gate = gate,
                     .sender = {},
                     .destination = check,
                     .use_cases = {}};
  if (own) input.gateway = config::parse_service_id(kGateway);
  return decide(input);
}

TEST(OneOfSeveral, ByTheServiceIdOfTheDestination) {
  for (const Place& place : kPlaces) {
    const Decision decision = decide_for(place.referral(), place.received, true);
    EXPECT_EQ(outcome_of(decision), "route accepted") << place.service << ' ' << decision.text;
    EXPECT_EQ(decision.service, place.service);
    EXPECT_EQ(decision.destination, place.destination);
    EXPECT_EQ(decision.catalogue, catalogue().digest());
  }
}

TEST(OneOfSeveral, ByThePracticeWhenTheGatewayItselfIsNamed) {
  for (const Place& place : kPlaces) {
    Referral referral = place.referral();
    referral.endpoint = kGateway;
    const Decision decision = decide_for(referral, place.received, true);
    EXPECT_EQ(decision.service, place.service);
    EXPECT_EQ(decision.destination, place.destination) << decision.text;
    EXPECT_EQ(outcome_of(decide_for(referral, place.received, false)), "hold no-service")
        << "a destination that is nobody's is not guessed at";
    referral.endpoint = "https://fhir.nhs.uk/Id/dos-service-id|7";
    EXPECT_EQ(decide_for(referral, place.received, true, DestinationCheck::kAny).service, place.service);
    referral.practice = "A10001";
    EXPECT_EQ(outcome_of(decide_for(referral, place.received, true, DestinationCheck::kAny)),
              "hold no-service");
  }
}

TEST(OneOfSeveral, TheDestinationDecidesAgainstThePractice) {
  // A practice of Sussex that writes to Oxfordshire is out of its area, not in Sussex.
  Referral referral = kPlaces[2].referral();
  referral.practice = "99S01";
  const Decision decision = decide_for(referral, kPlaces[2].received, true);
  EXPECT_EQ(decision.service, "oxfordshire-msk");
  EXPECT_EQ(outcome_of(decision), "hold practice-not-listed");
}

TEST(OneOfSeveral, TwoThatMatchAreForAPerson) {
  const services::FhirPathConditions compiler(fhir::definitions::r4());
  const std::string shared =
      with(sample_text("services/oxfordshire.yaml"), R"({ods: "99O0*"})", R"({ods: "99B0*"})");
  const auto two = services::load_catalogue({{"bedfordshire.yaml", sample_text("services/bedfordshire.yaml")},
                                             {"oxfordshire.yaml", shared},
                                             {"calendar.yaml", sample_text("services/calendar.yaml")}},
                                            compiler);
  ASSERT_NE(two.catalogue, nullptr);
  Referral referral = kPlaces[1].referral();
  referral.endpoint = kGateway;
  const std::string day = "2015-01-15T10:00:00Z";
  EXPECT_EQ(outcome_of(decide_for(referral, day, true, DestinationCheck::kMustMatch, *two.catalogue)),
            "hold several-services");
  referral.code.clear();
  EXPECT_EQ(outcome_of(decide_for(referral, day, true, DestinationCheck::kMustMatch, *two.catalogue)),
            "hold several-services");
  // Only one of them offers neurosurgery; no guess is needed.
  referral.code = coded("308482002");
  EXPECT_EQ(decide_for(referral, day, true, DestinationCheck::kMustMatch, *two.catalogue).service,
            "bedfordshire-msk");
  // Before the other began there is only one.
  referral.code = coded("306170007");
  EXPECT_EQ(decide_for(referral, "2013-05-01T10:00:00Z", true, DestinationCheck::kMustMatch, *two.catalogue)
                .service,
            "oxfordshire-msk");
}

TEST(OneOfSeveral, ARedFlagLeavesWhoeverItBelongsTo) {
  for (const Place& place : kPlaces) {
    Referral referral = place.referral();
    referral.more = R"("note":[{"text":"saddle numbness"}])";
    const Decision own = decide_for(referral, place.received, true);
    EXPECT_EQ(outcome_of(own), "urgent red-flag") << place.service;
    EXPECT_FALSE(own.contact.empty()) << place.service;
    referral.endpoint = "https://fhir.nhs.uk/Id/dos-service-id|7";
    EXPECT_EQ(outcome_of(decide_for(referral, place.received, true)), "urgent red-flag") << place.service;
  }
}

}  // namespace
}  // namespace gateway::routing
