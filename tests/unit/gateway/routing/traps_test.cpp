// The known traps, in every service.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "referral_text.hpp"

namespace gateway::routing {
namespace {

using testing::HasSubstr;

struct Trap {
  const char* name;
  std::string code;    ///< Instead of the code asked for.
  std::string reason;  ///< Instead of the reason, when not empty.
  const char* outcome;
};

std::string function(const std::string& code, const std::string& display) {
  return R"("performerType":{"coding":[{"system":"https://fhir.hl7.org.uk/CodeSystem/UKCore-TreatmentFunctionCode","code":")" +
         code + R"(","display":")" + display + R"("}]})";
}

TEST(Traps, CodesThatLieAreHeldEverywhere) {
  const std::string reason = R"("reasonCode":[{"coding":[)";
  const Trap traps[] = {
      {"psychiatry as physiotherapy", coded("183524004", "Referral to physiotherapy service"), "",
       "hold code-display-mismatch"},
      {"psychiatry as itself", coded("183524004", "Referral to psychiatry service"), "",
       "hold request-not-offered"},
      {"psychiatry alone", coded("183524004"), "", "hold request-not-offered"},
      {"breast surgery as podiatry", coded("306181005", "Podiatry"), "", "hold code-display-mismatch"},
      {"breast surgery alone", coded("306181005"), "", "hold request-not-offered"},
      {"654 as orthotics", function("654", "Orthotics"), "", "hold code-display-mismatch"},
      {"654 alone is dietetics", function("654", "Dietetics"), "", "hold request-not-offered"},
      {"an identifier that was a float", coded("129564003.0", "Physiotherapy"), "", "hold code-impossible"},
      {"a long one destroyed by rounding", coded("10629300000000000.0"), "", "hold code-impossible"},
      {"rounded, without the point", coded("10629300000000000"), "", "hold code-impossible"},
      {"invented: fails Verhoeff", coded("306127001"), "", "hold code-impossible"},
      {"invented: fails Verhoeff", coded("306129003"), "", "hold code-impossible"},
      {"invented: fails Verhoeff", coded("306128006"), "", "hold code-impossible"},
      {"a description, not a concept", coded("680946014"), "", "hold code-impossible"},
      {"a leading zero", coded("0306170007"), "", "hold code-impossible"},
      {"blanks around it", coded(" 306170007"), "", "hold code-impossible"},
      {"shoulder coded as knee", "", reason + snomed("30989003", "Shoulder pain") + "]}]",
       "hold code-display-mismatch"},
  };
  for (const Place& place : kPlaces) {
    for (const Trap& trap : traps) {
      Referral referral = place.referral();
      if (!trap.code.empty()) referral.code = trap.code;
      if (!trap.reason.empty()) referral.reason = trap.reason;
      const Decision decision = decide_text(catalogue(), referral.json(), place.received);
      EXPECT_EQ(outcome_of(decision), trap.outcome) << place.service << ": " << trap.name;
      EXPECT_FALSE(decision.place.empty()) << trap.name;
      EXPECT_TRUE(decision.destination.empty()) << trap.name;
    }
  }
}

TEST(Traps, HarmlessWordingPassesEverywhere) {
  for (const Place& place : kPlaces) {
    for (const char* display :
         {"Refer to physio", "PHYSIOTHERAPY", "Referral to physiotherapy service (procedure)", ""}) {
      Referral referral = place.referral();
      referral.code = coded("306170007", display);
      EXPECT_EQ(outcome_of(decide_text(catalogue(), referral.json(), place.received)), "route accepted")
          << place.service << ' ' << display;
    }
  }
}

TEST(Traps, PriorityThreeLeavesUnderEitherName) {
  for (const Place& place : kPlaces) {
    for (const char* display : {"Two Week Wait", "Urgent Suspected Cancer or Breast Symptomatic", ""}) {
      Referral referral = place.referral();
      referral.priority =
          R"("priority":"urgent","extension":[{"url":"https://ligament.example/fhir/StructureDefinition/referral-priority","valueCodeableConcept":{"coding":[{"code":"3","display":")" +
          std::string(display) + R"("}]}}])";
      if (*display == '\0') referral.priority = with(referral.priority, R"(,"display":"")", "");
      const Decision decision = decide_text(catalogue(), referral.json(), place.received);
      EXPECT_EQ(outcome_of(decision), "redirect cancer") << place.service << ' ' << display;
      EXPECT_EQ(decision.destination, "urgent-suspected-cancer") << place.service;
    }
  }
}

TEST(Traps, RoutineWithARedFlagIsUrgent) {
  for (const Place& place : kPlaces) {
    Referral referral = place.referral();
    referral.more = R"("note":[{"text":"denies saddle numbness"}])";
    const Decision decision = decide_text(catalogue(), referral.json(), place.received);
    EXPECT_EQ(outcome_of(decision), "urgent red-flag") << place.service;
    EXPECT_THAT(decision.text, HasSubstr("coded routine")) << place.service;
  }
}

}  // namespace
}  // namespace gateway::routing
