// Questions for advice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "referral_text.hpp"

namespace gateway::routing {
namespace {

using testing::HasSubstr;

constexpr const Place& kBedford = kPlaces[1];

std::string asks(const std::string& more = {}) {
  return R"("code":{"coding":[{"system":"https://ligament.example/fhir/CodeSystem/request-kind","code":"advice"})" +
         more + "]}";
}
std::string conversion(const char* value) {
  return R"("extension":[{"url":"https://ligament.example/fhir/StructureDefinition/advice-conversion","valueBoolean":)" +
         std::string(value) + "}]";
}

TEST(BedfordAdvice, IsItsOwnDecisionAndConvertsOnlyWhenAllowed) {
  struct Row {
    std::string code;
    std::string more;
    Purpose purpose;
    const char* specialty;
  };
  const Row rows[] = {
      {asks(), "", Purpose::kAdvice, ""},
      {asks(), conversion("false"), Purpose::kAdvice, ""},
      {asks(), conversion("true"), Purpose::kConvertibleAdvice, ""},
      {asks("," + snomed("306290009")), conversion("true"), Purpose::kConvertibleAdvice, "rheumatology"},
      {coded("908981000000101", "Remote triage and advice"), "", Purpose::kAdvice, ""},
      {coded("306290009"), conversion("true"), Purpose::kReferral, "rheumatology"},
  };
  for (const Row& row : rows) {
    Referral referral = kBedford.referral();
    referral.code = row.code;
    referral.more = row.more;
    const Decision decision = decide_text(catalogue(), referral.json(), kBedford.received);
    const bool advice = row.purpose != Purpose::kReferral;
    EXPECT_EQ(outcome_of(decision), advice ? "route advice-requested" : "route accepted") << row.code;
    EXPECT_EQ(decision.destination, "circle-hub");
    EXPECT_EQ(decision.purpose, row.purpose) << row.code << row.more;
    EXPECT_EQ(decision.specialty, row.specialty) << row.code;
    EXPECT_EQ(fired(decision, "bedford.advice"), advice);
    if (advice) {
      EXPECT_EQ(decision.triage.routine, std::chrono::days(10));
      EXPECT_EQ(decision.triage.urgent, std::chrono::hours(48));
      EXPECT_THAT(decision.text, HasSubstr("no referral"));
    }
    EXPECT_THAT(to_json(decision),
                HasSubstr(std::string(R"("purpose":")") + std::string(to_code(row.purpose))));
  }
}

TEST(BedfordAdvice, NeverStandsInForAnUrgentRoute) {
  Referral referral = kBedford.referral();
  referral.code = asks();
  referral.more = R"("note":[{"text":"Saddle numbness since this morning"}])";
  EXPECT_EQ(outcome_of(decide_text(catalogue(), referral.json(), kBedford.received)), "urgent red-flag");
  referral.more =
      R"("extension":[{"url":"https://ligament.example/fhir/StructureDefinition/referral-priority","valueCodeableConcept":{"coding":[{"code":"3","display":"Two Week Wait"}]}}])";
  EXPECT_EQ(outcome_of(decide_text(catalogue(), referral.json(), kBedford.received)), "redirect cancer");
}

TEST(BedfordAdvice, IsHeldWhereNobodyGivesIt) {
  for (const Place& place : kPlaces) {
    Referral referral = place.referral();
    referral.code = asks("," + snomed(place.code));
    const Decision decision = decide_text(catalogue(), referral.json(), place.received);
    const bool offered = catalogue().service(place.service)->advice.has_value();
    EXPECT_EQ(outcome_of(decision), offered ? "route advice-requested" : "hold advice-not-offered")
        << place.service;
  }
}

}  // namespace
}  // namespace gateway::routing
