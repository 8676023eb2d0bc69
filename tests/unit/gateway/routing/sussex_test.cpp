// Sussex, rule by rule.
#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "referral_text.hpp"

namespace gateway::routing {
namespace {

using testing::HasSubstr;

const services::ServiceCatalogue& sussex_alone() {
  static const services::CataloguePtr loaded = sussex();
  return *loaded;
}

Decision go(const Referral& referral, const std::string& received = "2026-11-22T10:00:00Z",
            Sender sender = {}) {
  return decide_text(sussex_alone(), referral.json(), received, std::move(sender));
}

TEST(SussexRoute, OrdinaryReferralGoesToTheHubForPaperTriage) {
  const Decision decision = go({});
  EXPECT_EQ(outcome_of(decision), "route accepted") << decision.text << ' ' << decision.place;
  EXPECT_EQ(decision.service, "sussex-msk");
  EXPECT_EQ(decision.destination, "sussex-hub");
  EXPECT_EQ(decision.destination_ods, "99S10");
  EXPECT_EQ(decision.specialty, "orthopaedics");
  EXPECT_EQ(decision.catalogue, sussex_alone().digest());
  for (const char* rule : {"sussex.age", "sussex.area", "sussex.specialty.orthopaedics",
                           "sussex.contract.hub", "sussex.triage"}) {
    EXPECT_TRUE(fired(decision, rule)) << rule;
  }
}

TEST(SussexRoute, EverySpecialtyIsTaken) {
  struct Row {
    const char* code;
    const char* specialty;
  };
  const Row rows[] = {{"183545006", "orthopaedics"},
                      {"306170007", "physiotherapy"},
                      {"306109009", "pain"},
                      {"306290009", "rheumatology"},
                      {"308455005", "orthotics"},
                      {"308451001", "podiatry"},
                      {"413159000", ""},
                      {"841261000000105", ""}};
  for (const Row& row : rows) {
    Referral referral;
    referral.code = R"("code":{"coding":[)" + snomed(row.code) + "]}";
    const Decision decision = go(referral);
    EXPECT_EQ(outcome_of(decision), "route accepted") << row.code;
    EXPECT_EQ(decision.specialty, row.specialty) << row.code;
  }
  Referral none;
  none.code.clear();
  EXPECT_EQ(outcome_of(go(none)), "route accepted") << "triage decides";
}

struct AgeRow {
  const char* birth;
  const char* received;
  const char* outcome;
};

TEST(SussexAge, IsJudgedAtTheLocalDateOfReceipt) {
  const AgeRow rows[] = {
      {"2010-11-23", "2026-11-22T12:00:00Z", "redirect paediatric"},  // 15 years 364 days
      {"2010-11-22", "2026-11-22T12:00:00Z", "route accepted"},       // the 16th birthday
      {"2010-11-21", "2026-11-22T12:00:00Z", "route accepted"},
      {"2010-06-16", "2026-06-15T22:59:59Z", "redirect paediatric"},  // still the 15th in London
      {"2010-06-16", "2026-06-15T23:00:00Z", "route accepted"},       // already the 16th in London
      {"2010-06-16", "2026-06-15T18:30:00-05:00", "route accepted"},
      {"2010-01-16", "2026-01-15T23:30:00Z", "redirect paediatric"},
      {"2012-02-29", "2028-02-28T12:00:00Z", "redirect paediatric"},
      {"2012-02-29", "2028-02-29T12:00:00Z", "route accepted"},
      {"2010-03-01", "2026-02-28T12:00:00Z", "redirect paediatric"},
      {"2026-11-22", "2026-11-22T12:00:00Z", "redirect paediatric"},
      {"2026-11-23", "2026-11-22T12:00:00Z", "hold age-unknown"},  // not yet born
      {"1890-01-01", "2026-11-22T12:00:00Z", "hold age-unknown"},
      {"2010", "2026-11-22T12:00:00Z", "hold age-unknown"},  // before or after the birthday
      {"2009", "2026-11-22T12:00:00Z", "route accepted"},    // 16 on every day of it
      {"2011", "2026-11-22T12:00:00Z", "redirect paediatric"},
      {"2010-11", "2026-11-22T12:00:00Z", "hold age-unknown"},
      {"2010-10", "2026-11-22T12:00:00Z", "route accepted"},
      {"2010-13-01", "2026-11-22T12:00:00Z", "hold age-unknown"},
      {"2025-02-29", "2026-11-22T12:00:00Z", "hold age-unknown"},
  };
  for (const AgeRow& row : rows) {
    Referral referral;
    referral.birth = R"("birthDate":")" + std::string(row.birth) + '"';
    const Decision decision = go(referral, row.received);
    EXPECT_EQ(outcome_of(decision), row.outcome) << row.birth << " at " << row.received;
    EXPECT_TRUE(fired(decision, "sussex.age"));
  }
}

TEST(SussexAge, YoungerPatientsAreReturnedWithTheirRoute) {
  Referral referral;
  referral.birth = R"("birthDate":"2011-03-04")";
  const Decision decision = go(referral);
  EXPECT_EQ(decision.destination, "paediatric-msk");
  EXPECT_THAT(decision.text, HasSubstr("16 and over"));
  EXPECT_FALSE(decision.contact.empty());
  EXPECT_EQ(decision.rules.back(), (RuleId{"sussex.age", "1", "SX-02"}));
  EXPECT_EQ(decision.place, "Bundle.entry[2].resource.birthDate");
}

TEST(SussexAge, UnknownBirthHolds) {
  Referral referral;
  referral.birth.clear();
  EXPECT_EQ(outcome_of(go(referral)), "hold age-unknown");
  const std::string json = with(Referral().json(), "urn:uuid:pat\"}", "urn:uuid:nobody\"}");
  EXPECT_EQ(outcome_of(decide_text(sussex_alone(), json)), "hold age-unknown");
}

struct Change {
  const char* name;
  std::string code;
  std::string reason;
  const char* outcome;
};

TEST(SussexExclusion, LeavesWithReasonAndDestination) {
  const auto codes = [](const std::string& coding) { return R"("code":{"coding":[)" + coding + "]}"; };
  const auto reasons = [](const std::string& coding) {
    return R"("reasonCode":[{"coding":[)" + coding + "]}]";
  };
  const std::string podiatry = codes(snomed("308451001"));
  const Change rows[] = {
      {"trauma asked for", codes(snomed("306200004", "Referral to trauma surgery service")), "",
       "redirect trauma"},
      {"fracture clinic in words", codes(snomed("183545006")),
       R"("reasonCode":[{"text":"For Fracture Clinic please"}])", "redirect trauma"},
      {"diabetic foot coded", podiatry, reasons(snomed("280137006", "Diabetic foot")),
       "redirect diabetic-foot"},
      {"diabetic foot in words", podiatry, R"("reasonCode":[{"text":"Diabetic foot ulcer, left heel"}])",
       "redirect diabetic-foot"},
      {"diabetic foot, second reason", podiatry,
       R"("reasonCode":[{"text":"Corns"},{"text":"diabetic ulcer"}])", "redirect diabetic-foot"},
      {"podiatry of others", podiatry, R"("reasonCode":[{"text":"Plantar heel pain"}])", "route accepted"},
      {"knee of a diabetic", codes(snomed("183545006")),
       R"("reasonCode":[{"text":"Knee pain; known diabetic foot under review"}])", "route accepted"},
      {"diabetic foot without specialty", "", R"("reasonCode":[{"text":"Diabetic foot"}])",
       "redirect diabetic-foot"},
  };
  for (const Change& row : rows) {
    Referral referral;
    referral.code = row.code;
    referral.reason = row.reason;
    const Decision decision = go(referral);
    EXPECT_EQ(outcome_of(decision), row.outcome) << row.name << ": " << decision.text;
    if (decision.outcome == Outcome::kRedirect) {
      EXPECT_FALSE(decision.destination.empty()) << row.name;
      EXPECT_FALSE(decision.contact.empty()) << row.name;
      EXPECT_EQ(decision.rules.back().requirement, "SX-03") << row.name;
    }
  }
}

struct AreaRow {
  const char* practice;
  const char* received;
  const char* outcome;
};

TEST(SussexArea, FollowsThePracticeAndItsDates) {
  const AreaRow rows[] = {
      {"99S01", "2026-11-22T10:00:00Z", "route accepted"},
      {"G81001", "2026-11-22T10:00:00Z", "route accepted"},
      {"H82999", "2026-11-22T10:00:00Z", "route accepted"},
      {"99S03", "2026-03-31T22:59:00Z", "route accepted"},
      {"99S03", "2026-03-31T23:01:00Z", "redirect out-of-area"},  // 1 April in London
      {"99S04", "2026-11-22T10:00:00Z", "redirect out-of-area"},
      {"99S04", "2027-04-01T10:00:00Z", "route accepted"},
      {"A10001", "2026-11-22T10:00:00Z", "hold practice-not-listed"},
      {"", "2026-11-22T10:00:00Z", "hold practice-unknown"},
  };
  for (const AreaRow& row : rows) {
    Referral referral;
    referral.practice = row.practice;
    std::string json = referral.json();
    if (*row.practice == '\0') {
      json = with(json, R"(,"value":""})", "}");
    }
    const Decision decision = decide_text(sussex_alone(), json, row.received);
    EXPECT_EQ(outcome_of(decision), row.outcome) << row.practice << ' ' << row.received;
  }
}

TEST(SussexRedFlag, LeavesByTheUrgentRoute) {
  struct Row {
    const char* name;
    std::string more;
    const char* destination;
  };
  const Row rows[] = {
      {"text", R"("note":[{"text":"Saddle numbness since yesterday"}])", "emergency-department"},
      {"denied text", R"("note":[{"text":"Denies saddle numbness"}])", "emergency-department"},
      {"added by the service's file", R"("note":[{"text":"? CES"}])", "emergency-department"},
      {"giant cell arteritis", R"("note":[{"text":"jaw claudication"}])", "gca-fast-track"},
  };
  for (const Row& row : rows) {
    Referral referral;
    referral.more = row.more;
    const Decision decision = go(referral);
    EXPECT_EQ(outcome_of(decision), "urgent red-flag") << row.name;
    EXPECT_EQ(decision.destination, row.destination) << row.name;
    EXPECT_FALSE(decision.contact.empty()) << row.name;
    EXPECT_TRUE(decision.time_limit.has_value()) << row.name;
    EXPECT_THAT(decision.text, HasSubstr("coded routine")) << row.name;
    EXPECT_EQ(decision.rules.front(), (RuleId{"sussex.red-flag", "1", "SX-22"}));
  }
}

TEST(SussexRedFlag, IsHeldUpByNothing) {
  Referral referral;
  referral.more = R"("note":[{"text":"Saddle numbness"}])";
  referral.birth.clear();
  EXPECT_EQ(go(referral).outcome, Outcome::kUrgent) << "unknown age";
  referral.practice = "A10001";
  EXPECT_EQ(go(referral).outcome, Outcome::kUrgent) << "out of area";
  referral.endpoint = "https://fhir.nhs.uk/Id/dos-service-id|1";
  const Decision nowhere = go(referral);
  EXPECT_EQ(nowhere.outcome, Outcome::kUrgent) << "no service";
  EXPECT_EQ(nowhere.destination, "emergency-department");
  EXPECT_EQ(nowhere.rules.front().id, "gate.red-flag");
  referral.code = R"("code":{"coding":[)" + snomed("183524004", "Physiotherapy") + "]}";
  EXPECT_EQ(go(referral).outcome, Outcome::kUrgent) << "wrong code";
  referral.use_case = "a5t2";
  EXPECT_EQ(go(referral).outcome, Outcome::kUrgent) << "another use case";
}

TEST(SussexRedFlag, SuspectedCancerIsBouncedAtOnce) {
  Referral referral;
  referral.priority =
      R"("priority":"urgent","extension":[{"url":"https://ligament.example/fhir/StructureDefinition/referral-priority","valueCodeableConcept":{"coding":[{"code":"3","display":"Urgent Suspected Cancer or Breast Symptomatic"}]}}])";
  for (const char* note : {"", R"("note":[{"text":"two week wait please"}])"}) {
    referral.more = note;
    const Decision decision = go(referral);
    EXPECT_EQ(outcome_of(decision), "redirect cancer") << note;
    EXPECT_EQ(decision.destination, "urgent-suspected-cancer");
    EXPECT_TRUE(fired(decision, "sussex.cancer"));
  }
  referral.more = R"("note":[{"text":"saddle numbness"}])";
  EXPECT_EQ(go(referral).outcome, Outcome::kUrgent) << "the more urgent wins";
}

TEST(SussexChoice, ChosenProviderIsKeptAndNobodyElseIsOffered) {
  Referral referral;
  referral.more = choice("99S21");
  const Decision decision = go(referral);
  EXPECT_EQ(outcome_of(decision), "route accepted");
  EXPECT_EQ(decision.destination, "sussex-hub") << "paper triage still comes first";
  EXPECT_EQ(decision.chosen_provider_ods, "99S21");
  EXPECT_TRUE(fired(decision, "sussex.choice"));
  bool other = false;
  for (const RefusedDestination& refused : decision.refused) {
    EXPECT_NE(refused.destination, "coast-surgical");
    other = other || (refused.destination == "downs-trust" && refused.reason == "not-chosen");
  }
  EXPECT_TRUE(other);
  EXPECT_THAT(decision.beside_choice, testing::UnorderedElementsAre("99S10", "99S23"));
}

TEST(SussexChoice, PerformerNamedIsAChoice) {
  Referral referral;
  referral.more =
      R"("performer":[{"identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"99S20"}}])";
  EXPECT_EQ(go(referral).chosen_provider_ods, "99S20");
  referral.more =
      R"("performer":[{"identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"99S10"}}])";
  EXPECT_EQ(go(referral).chosen_provider_ods, "") << "the hub itself is no choice";
}

TEST(SussexChoice, ProviderWithoutAgreementIsForAPersonNeverReplaced) {
  Referral referral;
  referral.more = choice("99S22");  // ended, extension not exercised
  const Decision lapsed = go(referral);
  EXPECT_EQ(outcome_of(lapsed), "hold chosen-provider-not-contracted");
  EXPECT_EQ(lapsed.chosen_provider_ods, "99S22");
  referral.more = choice("RXX99");
  const Decision unknown = go(referral);
  EXPECT_EQ(outcome_of(unknown), "hold chosen-provider-not-contracted");
  EXPECT_EQ(unknown.refused.back().reason, "no-contract");
}

TEST(SussexSource, ProviderMaySendBack) {
  Referral referral;
  const Decision back =
      go(referral, "2026-11-22T10:00:00Z", {"downs-trust", "99S20", config::PartnerRole::kProvider});
  EXPECT_EQ(outcome_of(back), "route accepted");
  EXPECT_EQ(back.rules.front(), (RuleId{"sussex.source.discharge", "1", "SX-17"}));
  const Decision rota =
      go(referral, "2026-11-22T10:00:00Z", {"duty-clinician", "99S10", config::PartnerRole::kRota});
  EXPECT_EQ(outcome_of(rota), "hold source-not-accepted");
}

TEST(SussexContracts, SeveralProvidersOfOneSpecialty) {
  int orthopaedic = 0;
  for (const services::Contract& contract : sussex_alone().services()[0].contracts) {
    orthopaedic += static_cast<int>(
        std::count(contract.specialties.begin(), contract.specialties.end(), "orthopaedics"));
  }
  EXPECT_GE(orthopaedic, 3);
}

TEST(SussexMessage, OtherPlacesAndUsesAreForAPerson) {
  struct Row {
    const char* name;
    std::string json;
    const char* outcome;
  };
  Referral pharmacy;
  pharmacy.use_case = "a5t2";
  Referral validation;
  validation.kind = "validation";
  Referral elsewhere;
  elsewhere.endpoint = "https://fhir.nhs.uk/Id/dos-service-id|111111111";
  Referral empty;
  empty.code.clear();
  empty.reason.clear();
  Referral two;
  two.entries =
      R"(,{"fullUrl":"urn:uuid:sr2","resource":{"resourceType":"ServiceRequest","status":"active","intent":"plan","subject":{"reference":"urn:uuid:pat"}}})";
  const Row rows[] = {
      {"another use case", pharmacy.json(), "hold other-use-case"},
      {"a validation", validation.json(), "hold not-a-referral"},
      {"another service", elsewhere.json(), "hold no-service"},
      {"nothing asked", empty.json(), "hold nothing-asked"},
      {"the request in focus counts", two.json(), "route accepted"},
      {"two requests, no focus",
       with(two.json(), R"("reference":"urn:uuid:sr")", R"("reference":"urn:uuid:zz")"),
       "hold several-requests"},
      {"no request", R"({"resourceType":"Bundle","type":"message"})", "hold no-request"},
  };
  for (const Row& row : rows) {
    const Decision decision =
        decide_text(sussex_alone(), row.json, "2026-11-22T10:00:00Z", {}, DestinationCheck::kMustMatch);
    EXPECT_EQ(outcome_of(decision), row.outcome) << row.name;
  }
  const Decision any =
      decide_text(sussex_alone(), elsewhere.json(), "2026-11-22T10:00:00Z", {}, DestinationCheck::kAny);
  EXPECT_EQ(outcome_of(any), "route accepted") << "--dev accepts any destination";
}

TEST(SussexJson, SaysWhatTheCommandLinePromises) {
  const Decision decision = go({});
  const std::string json = to_json(decision);
  EXPECT_THAT(
      json,
      testing::StartsWith(
          R"({"decision":"route","service":"sussex-msk","destination":"sussex-hub","rules":[{"id":"sussex.age","version":"1","requirement":"SX-02"})"));
  EXPECT_THAT(json, HasSubstr(R"("refused":[])"));
  Referral unborn;
  unborn.birth.clear();
  EXPECT_THAT(to_json(go(unborn)),
              HasSubstr(R"("decision":"hold","service":"sussex-msk","destination":null)"));
}

}  // namespace
}  // namespace gateway::routing
