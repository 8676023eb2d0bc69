// What the maps make of a referral is taken by the same code that takes a FHIR message: decoded, decided,
// identified, gated, routed.
#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "fhir/definitions/definitions.hpp"
#include "gateway/bars/decision.hpp"
#include "gateway/bars/message.hpp"
#include "gateway/care/care_message.hpp"
#include "gateway/gate/gate.hpp"
#include "gateway/identity/patient_identity.hpp"
#include "gateway/routing/routing.hpp"
#include "gateway/services/catalogue.hpp"
#include "gateway/services/fhirpath_conditions.hpp"
#include "tests/unit/mappings/convert/converting.hpp"

namespace mappings::convert {
namespace {

using gateway::bars::Action;

fhir::Instant on(const char* text) {
  return *fhir::parse_instant(text);
}

const gateway::services::ServiceCatalogue& catalogue() {
  static const gateway::services::FhirPathConditions conditions(fhir::definitions::r4());
  static const auto loaded = gateway::services::load_catalogue_folder(
      std::string(LIGAMENT_SOURCE_DIR) + "/samples/services", conditions);
  return *loaded->catalogue;
}

class Acceptance : public ::testing::Test {
 protected:
  /// False when something on the way refused.
  void take(const std::string& hl7) {
    conversion_ = converter_->convert(hl7, example_partner(), {.hash = trial_hash});
    ASSERT_NE(conversion_.bundle, nullptr) << told(conversion_.issues);
    auto message = gateway::bars::decode(conversion_.bundle, {});
    ASSERT_TRUE(message.has_value());
    message_ = std::move(*message);
    const auto action = gateway::bars::decide(message_, {{"msk-spoa"}});
    ASSERT_TRUE(action.has_value());
    action_ = *action;
    fhir::IssueList issues;
    patient_ = gateway::identity::read_identity(message_.patient, gateway::identity::Environment::kTest,
                                                on("2026-11-20T10:00:00Z"), issues);
    EXPECT_FALSE(issues.has_error());
    EXPECT_TRUE(gateway::identity::check_environment(conversion_.bundle->root(),
                                                     gateway::identity::Environment::kTest, issues));
    gate_ = gateway::gate::inspect(catalogue().red_flags(), conversion_.bundle->root());
    gateway::routing::RoutingInput input{
        .bundle = conversion_.bundle->root(),
        .received = on("2026-11-20T10:00:00Z"),
        .catalogue = catalogue(),
        .gate = gate_,
        .sender = {"downland-practice", "99S01", gateway::config::PartnerRole::kGp},
        .destination = gateway::routing::DestinationCheck::kMustMatch,
        .use_cases = {"msk-spoa"}};
    decision_ = gateway::routing::decide(input);
  }

  void take_golden(const std::string& name) {
    take(bytes_of(std::string(LIGAMENT_SOURCE_DIR) + "/mappings/packs/hl7v2-ref/golden/" + name + ".hl7"));
  }

  /// The full referral with the line of `segment` (its beginning) replaced.
  static std::string with(std::string_view segment, std::string_view line) {
    std::string text =
        bytes_of(std::string(LIGAMENT_SOURCE_DIR) + "/mappings/packs/hl7v2-ref/golden/knee-in-full.hl7");
    const std::size_t at = text.find("\n" + std::string(segment)) + 1;
    text.replace(at, text.find('\n', at) - at, line);
    return text;
  }

  std::shared_ptr<const Converter> converter_ = builtin_converter();
  Conversion conversion_;
  gateway::bars::BarsMessage message_;
  Action action_ = Action::kOtherUseCase;
  gateway::identity::PatientIdentity patient_;
  gateway::gate::GateResult gate_;
  gateway::routing::Decision decision_;
};

TEST_F(Acceptance, NewReferralGoesToTheHub) {
  take_golden("knee-in-full");
  EXPECT_EQ(action_, Action::kNewReferral);
  EXPECT_EQ(patient_.nhs_number, "9990310629");
  EXPECT_EQ(patient_.verification, gateway::identity::VerificationStatus::kVerified);
  EXPECT_EQ(patient_.birth_date, "1958-03-14");
  EXPECT_EQ(patient_.family, "Penhaligon");
  EXPECT_EQ(decision_.outcome, gateway::services::Outcome::kRoute) << decision_.reason;
  EXPECT_EQ(decision_.destination, "sussex-hub");
  EXPECT_TRUE(gate_.flags.empty());
  EXPECT_EQ(to_text(message_.source), example_partner().source_endpoint);
}

TEST_F(Acceptance, UpdateAndCancellationSpeakOfTheSameRequest) {
  take_golden("knee-in-full");
  const std::string request(message_.service_request.child("id").text());
  take_golden("update");
  EXPECT_EQ(action_, Action::kUpdateReferral);
  EXPECT_EQ(message_.service_request.child("id").text(), request);
  take_golden("cancelled");
  EXPECT_EQ(action_, Action::kCancelReferral);
  EXPECT_EQ(message_.service_request.child("id").text(), request);
}

TEST_F(Acceptance, CodeThatContradictsItsDisplayIsHeld) {
  take(with(
      "RF1",
      "RF1||R|183524004^Referral to physiotherapy service^SCT|||999000000299^UBRN|||20261120|^Knee pain"));
  EXPECT_EQ(decision_.outcome, gateway::services::Outcome::kHold);
  EXPECT_EQ(decision_.reason, "code-display-mismatch");
}

TEST_F(Acceptance, YesOfTheScreenIsARedFlag) {
  for (const char* answer :
       {"CE|RF01^New difficulty passing urine or opening the bowels?^99LIG||Y^Yes^HL70136",
        "ST|RF01^New difficulty passing urine or opening the bowels?^99LIG||Yes",
        "TX|RF01^New difficulty passing urine or opening the bowels?^99LIG||yes",
        "ID|RF01^New difficulty passing urine or opening the bowels?^99LIG||Y"}) {
    take(with("OBX|6", "OBX|6|" + std::string(answer) + "||||||F"));
    ASSERT_FALSE(gate_.flags.empty()) << answer;
    EXPECT_EQ(decision_.outcome, gateway::services::Outcome::kUrgent) << answer;
  }
}

TEST_F(Acceptance, WordsOfALetterRaiseToo) {
  take(with("NTE|1||Would", "NTE|1||Saddle anaesthesia since Sunday."));
  EXPECT_EQ(decision_.outcome, gateway::services::Outcome::kUrgent);
}

TEST_F(Acceptance, PriorityThreeIsRedirectedAndNeverRoutine) {
  take_golden("cancer-priority");
  EXPECT_TRUE(gate_.cancer_priority);
  EXPECT_EQ(decision_.outcome, gateway::services::Outcome::kRedirect) << decision_.reason;
}

TEST_F(Acceptance, ChoiceOfThePatientIsKept) {
  take_golden("surgical-choice");
  EXPECT_EQ(decision_.chosen_provider_ods, "99S21");
}

TEST_F(Acceptance, BareReferralOfAnOldSystemIsTaken) {
  take_golden("bare");
  EXPECT_EQ(action_, Action::kNewReferral);
  EXPECT_TRUE(patient_.nhs_number.empty());
}

/// What the maps make of letters, appointments, attendances and records is understood as that.
class Care : public ::testing::Test {
 protected:
  gateway::care::CareMessage take(const std::string& golden) {
    conversion_ =
        converter_->convert(bytes_of(std::string(LIGAMENT_SOURCE_DIR) + "/mappings/packs/" + golden + ".hl7"),
                            example_partner(), {.hash = trial_hash});
    EXPECT_NE(conversion_.bundle, nullptr) << told(conversion_.issues);
    if (conversion_.bundle == nullptr) return {};
    auto message = gateway::bars::decode(conversion_.bundle, {});
    EXPECT_TRUE(message.has_value()) << (message ? "" : told(message.error().issues));
    if (!message) return {};
    message_ = std::move(*message);
    auto care = gateway::care::read(message_);
    EXPECT_TRUE(care.has_value()) << (care ? "" : told(care.error().issues));
    return care ? std::move(*care) : gateway::care::CareMessage();
  }
  std::vector<std::string> referral() const {
    std::vector<std::string> values;
    for (const auto& name : gateway::care::referral_names(message_))
      values.push_back(name.system + "|" + name.value);
    return values;
  }

  std::shared_ptr<const Converter> converter_ = builtin_converter();
  Conversion conversion_;
  gateway::bars::BarsMessage message_;
};

TEST_F(Care, LettersAreReadWithTheirVersions) {
  using gateway::care::Completeness;
  auto care = take("hl7v2-mdm/golden/letter-as-text");
  ASSERT_TRUE(care.letter.has_value());
  EXPECT_EQ(care.letter->completeness, Completeness::kComplete);
  EXPECT_EQ(care.letter->document.value, "DOC-881");
  EXPECT_THAT(care.letter->addressees, ::testing::Contains("99S02"));
  EXPECT_THAT(referral(), ::testing::Contains("https://fhir.nhs.uk/Id/UBRN|999000000205"));
  care = take("hl7v2-mdm/golden/letter-replaced-by-pdf");
  ASSERT_TRUE(care.letter.has_value());
  ASSERT_TRUE(care.letter->replaces.has_value());
  EXPECT_EQ(care.letter->replaces->value, "DOC-881");
  care = take("hl7v2-mdm/golden/letter-withdrawn");
  ASSERT_TRUE(care.letter.has_value());
  EXPECT_EQ(care.letter->completeness, Completeness::kWithdrawn);
  care = take("hl7v2-oru/golden/report");
  ASSERT_TRUE(care.letter.has_value());
  EXPECT_EQ(care.letter->completeness, Completeness::kComplete);
}

TEST_F(Care, AppointmentsAndAttendancesSayWhatHappened) {
  using gateway::care::Happening;
  struct Row {
    const char* golden;
    Happening what;
  };
  for (const Row& row : {Row{"hl7v2-siu/golden/booked", Happening::kBooked},
                         Row{"hl7v2-siu/golden/cancelled", Happening::kCancelled},
                         Row{"hl7v2-siu/golden/not-attended", Happening::kNotAttended},
                         Row{"hl7v2-adt/golden/appointment", Happening::kBooked},
                         Row{"hl7v2-adt/golden/appointment-cancelled", Happening::kCancelled},
                         Row{"hl7v2-adt/golden/discharge", Happening::kDischarged}}) {
    SCOPED_TRACE(row.golden);
    const auto care = take(row.golden);
    ASSERT_TRUE(care.visit.has_value());
    EXPECT_EQ(care.visit->what, row.what);
    EXPECT_FALSE(care.visit->names.empty());
    EXPECT_TRUE(care.visit->occurred.has_value());
  }
  (void)take("hl7v2-siu/golden/booked");
  EXPECT_THAT(referral(), ::testing::Contains("https://fhir.nhs.uk/Id/UBRN|999000000201"));
}

TEST_F(Care, RecordsOfPatientsAreReadWithDeathAndMerge) {
  auto care = take("hl7v2-adt/golden/died");
  ASSERT_EQ(care.records.size(), 1U);
  EXPECT_TRUE(care.records[0].died);
  care = take("hl7v2-adt/golden/merge");
  ASSERT_EQ(care.records.size(), 1U);
  ASSERT_EQ(care.records[0].prior.size(), 1U);
  EXPECT_EQ(care.records[0].prior[0].value, "A0999");
  EXPECT_EQ(care.records[0].prior[0].system, care.records[0].names.at(0).system);
}

TEST_F(Care, EveryPatientOfAMergeIsRead) {
  const auto care = take("hl7v2-adt/golden/merges");
  std::vector<std::string> merges;
  for (const auto& record : care.records) {
    std::string& merge = merges.emplace_back(record.names.at(0).value);
    for (const auto& prior : record.prior)
      merge.append("<").append(prior.value);
  }
  EXPECT_THAT(merges, ::testing::ElementsAre("A1001<A0999", "A1001<A0998", "A2002<A2003<A2004"));
}

/// Each place where PAS systems put the NHS number, and what people are then matched by.
TEST(NhsNumberPlaces, AreAllRead) {
  const auto converter = builtin_converter();
  ASSERT_NE(converter, nullptr);
  using gateway::identity::VerificationStatus;
  struct Row {
    const char* name;
    const char* number;
  };
  for (const Row& row :
       {Row{"itk", "9990339368"}, Row{"type-nh", "9990348405"}, Row{"type-hn", "9990358478"},
        Row{"type-nhs", "9990367515"}, Row{"type-nh-alone", "9990376700"}, Row{"pid-2", "9990395292"},
        // Being traced, or not there: no one is matched by it, and nothing is refused.
        Row{"trace-status-beside", ""}, Row{"status-without-number", ""}}) {
    SCOPED_TRACE(row.name);
    const Conversion out =
        converter->convert(bytes_of(std::string(LIGAMENT_SOURCE_DIR) +
                                    "/mappings/packs/hl7v2-adt/golden/nhs-number-" + row.name + ".hl7"),
                           example_partner(), {.hash = trial_hash});
    ASSERT_NE(out.bundle, nullptr) << told(out.issues);
    fhir::tree::Node patient;
    for (const fhir::tree::Node entry : out.bundle->root().children("entry")) {
      if (entry.child("resource").type() == "Patient") patient = entry.child("resource");
    }
    fhir::IssueList issues;
    const auto identity = gateway::identity::read_identity(patient, gateway::identity::Environment::kTest,
                                                           on("2026-11-20T10:00:00Z"), issues);
    EXPECT_FALSE(issues.has_error()) << told(issues);
    EXPECT_EQ(identity.nhs_number, row.number);
    EXPECT_EQ(patient.at("identifier", "system").text(), "https://fhir.nhs.uk/Id/nhs-number");
    EXPECT_EQ(patient.child("gender").text(), "other");
    EXPECT_EQ(patient.child("birthDate").text(), "1980-01-01");
  }
}

}  // namespace
}  // namespace mappings::convert
