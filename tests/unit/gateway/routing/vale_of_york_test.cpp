// Vale of York: self-referral inside, optional services by date, exclusions, named pathways.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "referral_text.hpp"

namespace gateway::routing {
namespace {

using testing::HasSubstr;

constexpr const Place& kYork = kPlaces[3];
const Sender kPractice{"york-practice", "99V01", config::PartnerRole::kGp};

Decision go(const Referral& referral, const std::string& received = kYork.received, Sender sender = {}) {
  return decide_text(catalogue(), referral.json(), received, std::move(sender));
}

std::string reason(const std::string& text) {
  return R"("reasonCode":[{"text":")" + text + R"("}])";
}
std::string reason_code(const std::string& code) {
  return R"("reasonCode":[{"coding":[)" + snomed(code) + "]}]";
}
std::string source(const std::string& code,
                   const std::string& system = "https://example.org/source-of-referral") {
  return R"("extension":[{"url":"https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-SourceOfServiceRequest","valueCodeableConcept":{"coding":[{"system":")" +
         system + R"(","code":")" + code + R"("}]}}])";
}

TEST(YorkRoute, OrdinaryReferralGoesToTheIntegratedTeam) {
  const Decision decision = go(kYork.referral(), kYork.received, kPractice);
  EXPECT_EQ(outcome_of(decision), "route accepted") << decision.text;
  EXPECT_EQ(decision.destination, "york-msk-team");
  EXPECT_TRUE(fired(decision, "york.source.gp"));
  EXPECT_TRUE(fired(decision, "york.contract.service"));
  EXPECT_EQ(decision.referrer, services::ReferrerKind::kClinician);
}

TEST(YorkSelfReferral, IsTakenFromTheDayOfTheModelThroughTheSameGate) {
  struct Row {
    const char* name;
    std::string more;
  };
  const Row rows[] = {
      {"the patient asks", R"("requester":{"reference":"urn:uuid:pat"})"},
      {"named by type only", R"("requester":{"type":"Patient","display":"the patient"})"},
      {"source of referral 06", source("06")},
      {"source of referral 06 of HL7 v2",
       R"("extension":[{"url":"https://ligament.example/fhir/StructureDefinition/source-of-referral","valueCoding":{"code":"06"}}])"},
      {"physiotherapy self-referral", source("760081000000107", "http://snomed.info/sct")},
      {"orthopaedic self-referral", source("183696002", "http://snomed.info/sct")},
  };
  const Sender portal{"york-self-referral", "99V09", config::PartnerRole::kGp};
  for (const Row& row : rows) {
    Referral referral = kYork.referral();
    referral.more = row.more;
    const Decision taken = go(referral, "2017-03-01T00:00:00Z", portal);
    EXPECT_EQ(outcome_of(taken), "route accepted") << row.name << ' ' << taken.text;
    EXPECT_TRUE(fired(taken, "york.source.self")) << row.name;
    EXPECT_TRUE(fired(taken, "york.triage")) << row.name;
    EXPECT_EQ(taken.referrer, services::ReferrerKind::kSelf) << row.name;
    EXPECT_EQ(taken.practice_ods, "99V01") << "whom the intake informs";
    EXPECT_EQ(outcome_of(go(referral, "2017-02-28T23:59:59Z", portal)), "hold self-referral-not-accepted")
        << row.name;
    EXPECT_EQ(outcome_of(go(referral)), "route accepted") << "the message alone says it";
    referral.birth = R"("birthDate":"2010-01-01")";
    EXPECT_EQ(outcome_of(go(referral, kYork.received, portal)), "redirect paediatric") << row.name;
    referral.more += R"(,"note":[{"text":"numb between my legs, saddle numbness"}])";
    EXPECT_EQ(outcome_of(go(referral, kYork.received, portal)), "urgent red-flag") << row.name;
  }
  // The portal's own code is no practice of the patient.
  Referral nowhere = kYork.referral();
  nowhere.more = source("06");
  nowhere.practice = "";
  const std::string json = with(nowhere.json(), R"(,"value":""})", "}");
  EXPECT_EQ(outcome_of(decide_text(catalogue(), json, kYork.received, portal)), "hold practice-unknown");
}

TEST(YorkSelfReferral, IsForAPersonWhereTheServiceDoesNotSaySo) {
  for (const Place& place : kPlaces) {
    Referral referral = place.referral();
    referral.more = R"("requester":{"reference":"urn:uuid:pat"})";
    const Decision decision = decide_text(catalogue(), referral.json(), place.received,
                                          {"portal", "99V09", config::PartnerRole::kGp});
    const bool taken = std::string_view(place.service) == "vale-of-york-msk";
    EXPECT_EQ(outcome_of(decision), taken ? "route accepted" : "hold self-referral-not-accepted")
        << place.service;
  }
}

TEST(YorkSource, FirstContactPractitionerIsAReferrer) {
  Referral referral = kYork.referral();
  for (const char* code : {"14", "12"}) {
    referral.more = source(code);
    const Decision decision = go(referral, kYork.received, kPractice);
    EXPECT_EQ(outcome_of(decision), "route accepted") << code;
    EXPECT_TRUE(fired(decision, "york.source.first-contact")) << code;
    EXPECT_FALSE(fired(decision, "york.source.gp")) << code;
  }
  referral.more = source("03");
  EXPECT_TRUE(fired(go(referral, kYork.received, kPractice), "york.source.gp"));
  // A service that does not tell them apart takes them as it takes a GP.
  Referral sussex = kPlaces[0].referral();
  sussex.more = source("14");
  const Decision elsewhere = decide_text(catalogue(), sussex.json(), kPlaces[0].received,
                                         {"downland-practice", "99S01", config::PartnerRole::kGp});
  EXPECT_EQ(outcome_of(elsewhere), "route accepted");
  EXPECT_TRUE(fired(elsewhere, "sussex.source.gp"));
}

TEST(YorkAge, EighteenAndOver) {
  struct Row {
    const char* birth;
    const char* outcome;
  };
  const Row rows[] = {{"2000-06-16", "redirect paediatric"},
                      {"2000-06-15", "route accepted"},
                      {"2001-01-01", "redirect paediatric"},
                      {"2002-06-15", "redirect paediatric"}};
  for (const Row& row : rows) {
    Referral referral = kYork.referral();
    referral.birth = R"("birthDate":")" + std::string(row.birth) + '"';
    EXPECT_EQ(outcome_of(go(referral)), row.outcome) << row.birth;
  }
}

TEST(YorkExclusion, EachLeavesByItsOwnRoute) {
  struct Row {
    const char* name;
    std::string code;
    std::string why;
    std::string more;
    const char* outcome;
    const char* destination;
  };
  const std::string plain = coded("183545006");
  const std::string cancer =
      R"("extension":[{"url":"https://ligament.example/fhir/StructureDefinition/referral-priority","valueCodeableConcept":{"coding":[{"code":"3"}]}}])";
  const Row rows[] = {
      {"suspected cancer", plain, "", cancer, "redirect cancer", "urgent-suspected-cancer"},
      {"suspected cancer, in words", plain, reason("Suspected cancer of the femur"), "", "urgent red-flag",
       "urgent-suspected-cancer"},
      {"cauda equina", plain, reason_code("192970008"), "", "urgent red-flag", "emergency-department"},
      {"infection", plain, reason_code("396234004"), "", "urgent red-flag", "emergency-department"},
      {"osteomyelitis", plain, reason_code("60168000"), "", "urgent red-flag", "emergency-department"},
      {"trauma surgery", coded("306200004"), "", "", "redirect trauma", "fracture-clinic"},
      {"rheumatoid arthritis, known", coded("306290009"), reason_code("69896004"), "",
       "redirect inflammatory-arthritis", "rheumatology-team"},
      {"psoriatic arthritis", plain, reason_code("156370009"), "", "redirect inflammatory-arthritis",
       "rheumatology-team"},
      {"ankylosing spondylitis", plain, reason_code("9631008"), "", "redirect inflammatory-arthritis",
       "rheumatology-team"},
      {"after an operation", plain, reason("Post-operative complication, knee replacement in May"), "",
       "redirect post-operative", "operating-team"},
      {"pregnancy", coded("306170007"), reason("Pelvic girdle pain in pregnancy, 24 weeks"), "",
       "redirect pregnancy-related", "maternity-physiotherapy"},
      {"not pregnant", coded("306170007"), reason("Low back pain. Not pregnant."), "", "route accepted",
       "york-msk-team"},
      {"osteoarthritis", plain, reason_code("239873007"), "", "route accepted", "york-msk-team"},
      {"gout is none of these", plain, reason_code("90560007"), "", "route accepted", "york-msk-team"},
  };
  for (const Row& row : rows) {
    Referral referral = kYork.referral();
    referral.code = row.code;
    referral.reason = row.why.empty() ? reason("Knee pain") : row.why;
    referral.more = row.more;
    const Decision decision = go(referral);
    EXPECT_EQ(outcome_of(decision), row.outcome) << row.name << ' ' << decision.text;
    EXPECT_EQ(decision.destination, row.destination) << row.name;
    if (decision.outcome != Outcome::kRoute) EXPECT_FALSE(decision.contact.empty()) << row.name;
  }
  Referral fracture = kYork.referral();
  fracture.reason = reason("Suspected fracture of the wrist");
  const Decision out = go(fracture);
  EXPECT_NE(out.outcome, Outcome::kRoute) << "by the gate or by the exclusion, it leaves";
  EXPECT_EQ(out.destination, "fracture-clinic");
}

TEST(YorkSpecialty, OptionalServicesAreSwitchedByDate) {
  struct Row {
    const char* code;
    const char* received;
    const char* outcome;
  };
  const Row rows[] = {
      {"306290009", "2017-08-31T22:59:59Z", "hold request-not-offered"},
      {"306290009", "2017-08-31T23:00:00Z", "route accepted"},
      {"306109009", "2018-03-31T22:59:59Z", "hold request-not-offered"},
      {"306109009", "2018-03-31T23:00:00Z", "route accepted"},
      {"306299005", "2016-04-01T10:00:00Z", "route accepted"},  // radiology is part of it
      {"308455005", "2018-06-15T10:00:00Z", "hold request-not-offered"},
  };
  for (const Row& row : rows) {
    Referral referral = kYork.referral();
    referral.code = coded(row.code);
    EXPECT_EQ(outcome_of(go(referral, row.received)), row.outcome) << row.code << ' ' << row.received;
  }
  Referral imaging = kYork.referral();
  imaging.code =
      R"("performerType":{"coding":[{"system":"https://fhir.hl7.org.uk/CodeSystem/UKCore-TreatmentFunctionCode","code":"812"}]})";
  EXPECT_EQ(go(imaging).specialty, "radiology");
}

TEST(YorkPathway, HipReplacementIsNamedWithItsVersion) {
  Referral referral = kYork.referral();
  referral.code = coded("183545006");
  referral.reason = reason_code("239872002");
  const Decision decision = go(referral);
  ASSERT_TRUE(decision.pathway.has_value());
  EXPECT_EQ(*decision.pathway, (RuleId{"york.pathway.hip-replacement", "2016.1", "VY-07"}));
  EXPECT_TRUE(fired(decision, "york.pathway.hip-replacement"));
  EXPECT_THAT(to_json(decision),
              HasSubstr(R"("pathway":{"id":"york.pathway.hip-replacement","version":"2016.1")"));
  EXPECT_FALSE(go(referral, "2017-02-28T10:00:00Z").pathway.has_value()) << "not of the model before";
  referral.code = coded("306170007");
  EXPECT_FALSE(go(referral).pathway.has_value()) << "another specialty was asked for";
  referral.code.clear();
  EXPECT_TRUE(go(referral).pathway.has_value()) << "nothing asked for: the problem says it";
  const services::Pathway& pathway = catalogue().service("vale-of-york-msk")->pathways.front();
  EXPECT_EQ(pathway.shared_decisions.size(), 2U);
}

TEST(YorkModel, RunsByTheModelOfTheDay) {
  Referral self = kYork.referral();
  self.more = source("06");
  Referral hip = kYork.referral();
  hip.code = coded("183545006");
  hip.reason = reason_code("239872002");
  for (const auto& [day, new_model] :
       {std::pair{"2017-02-28T12:00:00Z", false}, {"2017-03-01T12:00:00Z", true}}) {
    EXPECT_EQ(outcome_of(go(kYork.referral(), day)), "route accepted") << day;
    EXPECT_EQ(go(self, day).outcome == Outcome::kRoute, new_model) << day;
    EXPECT_EQ(go(hip, day).pathway.has_value(), new_model) << day;
  }
  EXPECT_EQ(outcome_of(go(kYork.referral(), "2016-03-31T12:00:00Z")), "hold service-not-in-effect");
}

}  // namespace
}  // namespace gateway::routing
