#include "gateway/referral/communication.hpp"

#include <algorithm>
#include <gtest/gtest.h>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/writer.hpp"
#include "fhir/validate/validate.hpp"
#include "tests/unit/gateway/referral/scenes.hpp"

namespace gateway::referral {
namespace {

CommunicationFacts facts(CommunicationKind kind) {
  CommunicationFacts made;
  made.kind = kind;
  made.id = "c1";
  made.referral_identifiers = {{"https://fhir.nhs.uk/Id/UBRN", "000000000018", {}},
                               {std::string(kReferralIdSystem), "r1", {}}};
  made.patient_identifiers = {{"https://fhir.nhs.uk/Id/nhs-number", "9990000018", {}}};
  made.patient_name = "EXAMPLE, Alex";
  made.patient_birth_date = "1980-05-17";
  made.patient = "Patient/p1";
  made.service_request = "ServiceRequest/s1";
  made.task = "Task/t1";
  made.contact = "01632 960001";
  return made;
}

std::vector<std::string> lines(const CommunicationFacts& said, State state) {
  return communication_lines(said, scene(state));
}

TEST(Communication, ReceiptSaysWhoStillHolds) {
  CommunicationFacts said = facts(CommunicationKind::kReceipt);
  said.advice = "Knee pain, routine, for the hub.";
  EXPECT_EQ(lines(said, State::kReceived),
            (std::vector<std::string>{
                "Decision: Referral received. It has not been triaged yet.",
                "Understood as: Knee pain, routine, for the hub.",
                "Decided by: no person; made by rule",
                "Next step: Example MSK Hub (RHUB1) triages the referral.",
                "Responsible now: Example Surgery (H81001), the referrer, still holds responsibility for the "
                "patient.",
                "Action for the GP: no action",
                "Contact: 01632 960001",
                "Patient: EXAMPLE, Alex, born 1980-05-17, NHS number 999 000 0018",
                "Referral: UBRN 000000000018",
                "Referral: referral r1",
            }));
}

TEST(Communication, RejectionSaysReasonDeciderAndAction) {
  CommunicationFacts said = facts(CommunicationKind::kRejected);
  said.reason = {"", "criteria", "Outside the criteria", "Under 16: refer to the paediatric service."};
  said.decided_by = kTriager;
  said.actions = {{"Refer to paediatrics", "2026-11-09"}};
  EXPECT_EQ(lines(said, State::kRejected),
            (std::vector<std::string>{
                "Decision: Referral rejected.",
                "Reason: Outside the criteria. Under 16: refer to the paediatric service.",
                "Decided by: Ada Example, Advanced practitioner, Example MSK Hub (RHUB1)",
                "Next step: Nothing more happens with this referral.",
                "Responsible now: Example Surgery (H81001), the referrer, is responsible for the patient.",
                "Action for the GP: Refer to paediatrics (by 2026-11-09)",
                "Contact: 01632 960001",
                "Patient: EXAMPLE, Alex, born 1980-05-17, NHS number 999 000 0018",
                "Referral: UBRN 000000000018",
                "Referral: referral r1",
            }));
}

TEST(Communication, NamesTheOrganisationThatDecidesWhateverItIs) {
  const Organisation provider{"RDIR1", "Direct Clinic"};
  for (int i = 0; i < kCommunicationKindCount; ++i) {
    const auto kind = static_cast<CommunicationKind>(i);
    for (const bool known : {true, false}) {
      ReferralState referral = scene(State::kAtHub);
      referral.hub = known ? provider : Organisation();
      for (const std::string& line : communication_lines(facts(kind), referral)) {
        EXPECT_EQ(line.find("hub"), std::string::npos) << line;
        EXPECT_EQ(line.find('{'), std::string::npos) << line;
      }
    }
  }
  ReferralState direct = scene(State::kAccepted);
  direct.hub = provider;
  EXPECT_EQ(communication_lines(facts(CommunicationKind::kAccepted), direct)[0],
            "Decision: Referral accepted by Direct Clinic (RDIR1).");
  direct.hub = {};
  EXPECT_EQ(communication_lines(facts(CommunicationKind::kRouteChanged), direct)[2],
            "Next step: Whoever takes it on decides the new route.");
}

TEST(Communication, AConfirmedRedFlagSaysWhoWasSentItAndWhoConfirmed) {
  CommunicationFacts said = facts(CommunicationKind::kReceipt);
  said.decided_by = {"Rota Example", "Duty clinician", {"R0TA1", "Example Trust"}};
  ReferralState referral =
      apply(scene(State::kEscalated), EventKind::kEscalationConfirmed, CallerRole::kRota);
  referral.hub = {"RDIR1", "Direct Clinic"};
  const auto text = communication_lines(said, referral);
  EXPECT_EQ(text[0], "Decision: The red flag was confirmed by a person. The referral goes on as urgent.");
  EXPECT_EQ(text[1], "Decided by: Rota Example, Duty clinician, Example Trust (R0TA1)");
  EXPECT_TRUE(text[2].starts_with("Next step: Direct Clinic (RDIR1) was sent the referral as urgent."));
}

TEST(Communication, AcceptanceMovesResponsibility) {
  const auto said = lines(facts(CommunicationKind::kAccepted), State::kAccepted);
  EXPECT_NE(std::find(said.begin(), said.end(),
                      "Responsible now: Example MSK Hub (RHUB1) is responsible for the patient."),
            said.end());
}

TEST(Communication, AQuestionSaysByWhenAndThatTheClockRuns) {
  CommunicationFacts said = facts(CommunicationKind::kInformationAsked);
  said.advice = "Which knee?";
  said.answer_by = hour(48);
  const auto text = lines(said, State::kAwaitingInformation);
  EXPECT_EQ(text[0],
            "Decision: More information is needed to go on. The waiting time of the patient runs on.");
  EXPECT_EQ(text[1], "Question: Which knee?");
  EXPECT_EQ(text[2], "Answer by: 2026-11-04T00:00:00.000Z");
}

TEST(Communication, EveryKindSaysDecisionHolderActionPatientAndReferral) {
  for (int i = 0; i < kCommunicationKindCount; ++i) {
    const auto kind = static_cast<CommunicationKind>(i);
    SCOPED_TRACE(to_code(kind));
    const auto text = lines(facts(kind), State::kAtHub);
    for (const std::string_view label : {"Decision: ", "Decided by: ", "Next step: ", "Responsible now: ",
                                         "Action for the GP: ", "Contact: ", "Patient: ", "Referral: "}) {
      EXPECT_TRUE(std::any_of(text.begin(), text.end(), [&](const std::string& line) {
        return line.starts_with(label) && line.size() > label.size();
      })) << label;
    }
    const auto tree =
        build_communication(fhir::definitions::r4(), facts(kind), scene(State::kAtHub), hour(2));
    EXPECT_FALSE(fhir::validate::check(tree->root(), {}).has_error());
    EXPECT_EQ(tree->root().at("category", "coding", "code").text(), to_code(kind));
  }
}

TEST(Communication, IsReadByMachineToo) {
  CommunicationFacts said = facts(CommunicationKind::kRejected);
  said.reason = {"", "criteria", "Outside the criteria", ""};
  said.in_response_to = "Communication/c0";
  said.letter = "DocumentReference/d1";
  const auto tree = build_communication(fhir::definitions::r4(), said, scene(State::kRejected), hour(2));
  const std::string json = fhir::json::write(tree->root());
  const std::string expected =
      R"({"resourceType":"Communication","id":"c1","meta":{"lastUpdated":"2026-11-02T02:00:00.000Z","profile":[)"
      R"("https://ligament.example/fhir/StructureDefinition/msk-communication"]},"identifier":[{"system":)"
      R"("https://fhir.nhs.uk/Id/UBRN","value":"000000000018"},{"system":"https://ligament.example/fhir/Id/referral","value":"r1"}],)"
      R"("basedOn":[{"reference":"ServiceRequest/s1"}],"partOf":[{"reference":"Task/t1"}],"inResponseTo":[{"reference":"Communication/c0"}],)"
      R"("status":"completed","category":[{"coding":[{"system":"https://ligament.example/fhir/CodeSystem/referral-communication",)"
      R"("code":"rejected"}]}],"priority":"routine","subject":{"reference":"Patient/p1","type":"Patient","identifier":{"system":)"
      R"("https://fhir.nhs.uk/Id/nhs-number","value":"9990000018"},"display":"EXAMPLE, Alex"},"about":[{"reference":"Task/t1"}],)"
      R"("sent":"2026-11-02T02:00:00.000Z","recipient":[{"type":"Organization","identifier":{"system":)"
      R"("https://fhir.nhs.uk/Id/ods-organization-code","value":"H81001"},"display":"Example Surgery"}],"sender":{"type":"Organization",)"
      R"("identifier":{"system":"https://fhir.nhs.uk/Id/ods-organization-code","value":"RHUB1"},"display":"Example MSK Hub"},)"
      R"("reasonCode":[{"coding":[{"system":"https://ligament.example/fhir/CodeSystem/referral-reason","code":"criteria","display":)"
      R"("Outside the criteria"}]}],"payload":[{"contentString":"Decision: Referral rejected."},)";
  EXPECT_EQ(json.substr(0, expected.size()), expected);
  EXPECT_TRUE(json.ends_with(R"({"contentReference":{"reference":"DocumentReference/d1"}}]})"));
}

}  // namespace
}  // namespace gateway::referral
