// Records of patients: within one organisation, and nothing of another's.
#include "tests/door/care.hpp"

namespace gateway::door {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

CareMessage record(const std::string& hospital = "D100") {
  CareMessage message;
  message.event = "patient-update";
  message.patient.hospital = hospital;
  return message;
}

CareMessage merge(const std::string& survivor, const std::string& prior,
                  const std::string& system = kTrustNumbers) {
  CareMessage message = record(survivor);
  message.event = "patient-merge";
  message.patient.more = R"(,"contained":[{"resourceType":"Patient","id":"prior","identifier":[{"system":")" +
                         system + R"(","value":")" + prior +
                         R"("}]}],"link":[{"other":{"reference":"#prior"},"type":"replaces"}])";
  return message;
}

std::vector<store::ReferralRow> known_by(CareHouse& house, const std::string& ods,
                                         const std::string& number) {
  return house.read([&](store::Transaction& tx) {
    return tx.referrals().find_by_identifier({"record:" + ods + ":" + kTrustNumbers, number});
  });
}

TEST(PatientUpdate, KeepsTheRecordOfTheTrustAndWhatCameWithTheReferral) {
  CareHouse house;
  CareMessage moved = record();
  moved.patient.more = R"(,"address":[{"city":"Lewes"}])";
  ASSERT_EQ(house.tell(moved).status, 200);
  EXPECT_EQ(known_by(house, "99S20", "D100").size(), 1U);
  std::size_t with_city = 0;
  for (const store::ResourceRow& row : house.resources("Patient"))
    with_city += row.json.find("Lewes") != std::string::npos ? 1 : 0;
  EXPECT_EQ(with_city, 1U);
  EXPECT_EQ(house.resources("Patient").size(), 2U) << "the one sent with the referral stays";
  ASSERT_EQ(house.tell(moved, 6001).status, 200);
  EXPECT_THAT(house.ignored(), HasSubstr("nothing new"));
  ASSERT_EQ(house.tell(record(), 6002).status, 200);
  CareMessage older = moved;
  older.at = "2026-11-22T08:00:00.000Z";
  ASSERT_EQ(house.tell(older, 6003).status, 200);
  EXPECT_THAT(house.ignored(), HasSubstr("stale"));
}

TEST(PatientUpdate, OfADeathStopsBookingAndTheHolderMustClose) {
  CareHouse house;
  CareMessage died = record();
  died.patient.more = R"(,"deceasedDateTime":"2026-11-21")";
  ASSERT_EQ(house.tell(died).status, 200);
  EXPECT_EQ(house.referral().deadline->what, "holder_closes");
  EXPECT_TRUE(house.has_work("patient-died"));
  EXPECT_EQ(house.deliveries().back().destination, "sussex-hub");
}

TEST(PatientUpdate, OfAPatientWithoutAPathwayIsNotKept) {
  CareHouse house;
  const std::size_t messages = house.messages().size();
  const std::size_t resources = house.resource_count();
  for (const char* const number : {"9990000026", "9990000019", ""}) {
    CareMessage stranger = record("D500");
    stranger.patient.nhs = number;
    EXPECT_EQ(house.tell(stranger).status, 200) << number;
  }
  CareMessage merged = merge("D500", "D501");
  merged.patient.nhs = "";
  EXPECT_EQ(house.tell(merged, 6001).status, 200);
  EXPECT_EQ(house.messages().size(), messages);
  EXPECT_EQ(house.resource_count(), resources);
}

TEST(PatientMerge, RepointsWhatTheTrustKnewByThePriorNumber) {
  for (const Keep keep : {Keep::kMemory, Keep::kSqlite}) {
    CareHouse house(keep);
    ASSERT_EQ(house.tell(record()).status, 200);
    CareMessage merged = merge("D200", "D100");
    merged.patient.nhs = "";
    ASSERT_EQ(house.tell(merged, 6001).status, 200);
    EXPECT_EQ(known_by(house, "99S20", "D200").size(), 1U);
    bool retired = false;
    for (const store::ResourceRow& row : house.resources("Patient"))
      retired = retired || (row.json.find("replaced-by") != std::string::npos &&
                            row.json.find(R"("active":false)") != std::string::npos);
    EXPECT_TRUE(retired);
    // What only the new number names is found from now on.
    CareMessage died = record("D200");
    died.patient.nhs = "";
    died.at = "2026-11-22T09:55:00.000Z";
    died.patient.more = R"(,"deceasedBoolean":true)";
    ASSERT_EQ(house.tell(died, 6002).status, 200);
    EXPECT_TRUE(house.has_work("patient-died"));
  }
}

TEST(PatientMerge, OfOneTrustMovesNothingOfAnothers) {
  CareHouse house;
  ASSERT_EQ(house.tell(record()).status, 200);
  const store::ReferralSeq seq = house.referral().seq;
  const auto identifiers = [&] {
    return house.read([&](store::Transaction& tx) { return tx.referrals().identifiers(seq); });
  };
  const auto before = identifiers();
  const std::size_t patients = house.resources("Patient").size();
  // Another hospital merges under the very same system and numbers.
  CareMessage merged = merge("D200", "D100");
  merged.patient.nhs = "";
  ASSERT_EQ(house.tell(merged, 6001, "coast-surgical").status, 200);
  EXPECT_THAT(known_by(house, "99S20", "D200"), IsEmpty());
  EXPECT_THAT(known_by(house, "99S21", "D200"), IsEmpty());
  EXPECT_EQ(identifiers(), before);
  EXPECT_EQ(house.resources("Patient").size(), patients);
}

TEST(PatientMerge, UnsentDeliveriesToTheTrustCarryTheSurvivor) {
  CareHouse house;
  ASSERT_EQ(house.tell(record()).status, 200);
  // A letter of the practice's own making, waiting for the trust, with the prior number inside.
  house.wait_to_go("downs-trust-pas", "a", "application/fhir+json", record("D100").json(), uuid(8001));
  house.wait_to_go("coast-surgical", "b", "application/fhir+json", record("D100").json(), uuid(8003));
  ASSERT_EQ(house.tell(merge("D200", "D100"), 6001).status, 200);
  std::vector<std::string> to_trust;
  std::vector<std::string> to_other;
  for (const store::DeliveryRow& row : house.deliveries()) {
    if (row.state == store::OutboxState::kAbandoned) continue;
    const std::string text = fhir::json::write(house.body(row)->root());
    if (row.lane == "a") to_trust.push_back(text);
    if (row.lane == "b") to_other.push_back(text);
  }
  ASSERT_EQ(to_trust.size(), 1U);
  EXPECT_THAT(to_trust.front(), HasSubstr("D200"));
  EXPECT_THAT(to_trust.front(), ::testing::Not(HasSubstr("D100")));
  ASSERT_EQ(to_other.size(), 1U);
  EXPECT_THAT(to_other.front(), HasSubstr("D100"));
}

TEST(PatientMerge, WhatMayBeUnderWayIsLeftAloneAndWhatIsBehindItIsNot) {
  CareHouse house;
  ASSERT_EQ(house.tell(record()).status, 200);
  house.wait_to_go("downs-trust-pas", "a", "application/fhir+json", record("D100").json(), uuid(8001), 0);
  house.wait_to_go("downs-trust-pas", "a", "application/fhir+json", record("D100").json(), uuid(8003), 0);
  ASSERT_EQ(house.tell(merge("D200", "D100"), 6001).status, 200);
  std::vector<std::string> lane;
  for (const store::DeliveryRow& row : house.deliveries()) {
    if (row.lane == "a" && row.state != store::OutboxState::kAbandoned)
      lane.push_back(fhir::json::write(house.body(row)->root()));
  }
  ASSERT_EQ(lane.size(), 2U);
  EXPECT_THAT(lane.front(), HasSubstr("D100")) << "another message of it could arrive beside the first";
  EXPECT_THAT(lane.back(), HasSubstr("D200"));
}

/// A merge of one more patient in the same message.
std::string with_second(const CareMessage& message, const CareMessage& second) {
  std::string text = message.json();
  const std::string focus = R"("focus":[{"reference":"urn:uuid:)" + uuid(6901) + R"("}])";
  text.replace(text.find(focus), focus.size(),
               R"("focus":[{"reference":"urn:uuid:)" + uuid(6901) + R"("},{"reference":"urn:uuid:)" +
                   uuid(6903) + R"("}])");
  text.resize(text.size() - 2);
  return text + R"(,{"fullUrl":"urn:uuid:)" + uuid(6903) + R"(","resource":)" + second.patient.json() + "}]}";
}

CareMessage merge_of_numbers(const std::string& survivor, const std::string& prior) {
  CareMessage merged = merge(survivor, prior);
  merged.patient.nhs = "";
  return merged;
}

TEST(PatientMerge, OfSeveralPatientsIsSettledTogether) {
  for (const Keep keep : {Keep::kMemory, Keep::kSqlite}) {
    CareHouse house(keep);
    ASSERT_EQ(house.tell(record()).status, 200);
    const std::size_t messages = house.messages().size();
    // The first is of a stranger, the second of the patient known here.
    const std::string both = with_second(merge_of_numbers("D500", "D501"), merge_of_numbers("D200", "D100"));
    ASSERT_EQ(house.tell_text(both, 6001).status, 200);
    EXPECT_EQ(known_by(house, "99S20", "D200").size(), 1U);
    EXPECT_EQ(house.messages().size(), messages + 1) << "one message, logged once";
    for (const store::ResourceRow& row : house.resources("Patient"))
      EXPECT_EQ(row.json.find("D500"), std::string::npos) << "a stranger's record is not kept";
  }
}

TEST(PatientMerge, ThatGoesOnInTheSameMessageEndsAtTheLast) {
  CareHouse house;
  ASSERT_EQ(house.tell(record()).status, 200);
  const std::string chain = with_second(merge_of_numbers("D200", "D100"), merge_of_numbers("D300", "D200"));
  ASSERT_EQ(house.tell_text(chain, 6001).status, 200);
  EXPECT_EQ(known_by(house, "99S20", "D300").size(), 1U);
}

TEST(PatientMerge, OfSeveralPatientsIsRefusedWholeWhenOneIsAtFault) {
  CareHouse house;
  ASSERT_EQ(house.tell(record()).status, 200);
  CareMessage without_prior = record("D600");
  without_prior.patient.nhs = "";
  const std::string both = with_second(merge_of_numbers("D200", "D100"), without_prior);
  const Answer refused = house.tell_text(both, 6001);
  EXPECT_EQ(refused.status, 422);
  EXPECT_THAT(refused.body, HasSubstr("Bundle.entry[2].resource")) << "the place of the one at fault";
  EXPECT_THAT(known_by(house, "99S20", "D200"), IsEmpty()) << "nothing of it took effect";
}

TEST(PatientMerge, OfStrangersAloneIsNotKept) {
  CareHouse house;
  const std::size_t messages = house.messages().size();
  ASSERT_EQ(
      house.tell_text(with_second(merge_of_numbers("D500", "D501"), merge_of_numbers("D502", "D503")), 6001)
          .status,
      200);
  EXPECT_EQ(house.messages().size(), messages);
}

TEST(PatientUpdate, OfTwoPatientsIsOneMessageOfTwoFoci) {
  CareHouse house;
  CareMessage other = record("D700");
  other.patient.nhs = "";
  ASSERT_EQ(house.tell_text(with_second(record(), other), 6001).status, 200);
  EXPECT_EQ(known_by(house, "99S20", "D100").size(), 1U);
  // A second Patient that is no focus is another's.
  std::string text = with_second(record(), other);
  const std::string focus = R"(,{"reference":"urn:uuid:)" + uuid(6903) + R"("}])";
  text.replace(text.find(focus), focus.size(), "]");
  EXPECT_EQ(house.tell_text(text, 6002).status, 422);
}

TEST(PatientMerge, WithoutAPriorNumberIsRefused) {
  CareHouse house;
  CareMessage merged = record();
  merged.event = "patient-merge";
  EXPECT_EQ(house.tell(merged).status, 422);
}

}  // namespace
}  // namespace gateway::door
