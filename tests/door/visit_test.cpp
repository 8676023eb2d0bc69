// Appointments and attendances, from the bytes at the door to what the practice is told.
#include "tests/door/care.hpp"

namespace gateway::door {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Appointment, BookingMovesTheReferralAndTellsThePractice) {
  for (const Keep keep : {Keep::kMemory, Keep::kSqlite}) {
    CareHouse house(keep);
    const std::size_t before = house.deliveries().size();
    const Answer answer = house.tell(appointment(Booking()));
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(house.referral().state, "booked");
    EXPECT_EQ(house.referral().holder_ods, "99S20");
    EXPECT_EQ(parse(house.stored("Task", house.referral().task_id))->root().child("status").text(),
              "in-progress");
    EXPECT_THAT(house.sent(before), ElementsAre("decision downland-practice"));
    EXPECT_EQ(house.resources("Appointment").size(), 1U);
  }
}

TEST(Appointment, OfEveryAttendedCodeDoesWhatTheTableSays) {
  struct Row {
    const char* attended;
    const char* status;
    const char* outcome;
    const char* state;
    std::size_t told;
  };
  // After a booking. 7 came too late: no failure to attend, and the next step is due again.
  for (const Row& row :
       {Row{"5", "fulfilled", "", "in_treatment", 0}, Row{"6", "booked", "", "in_treatment", 0},
        Row{"5", "fulfilled", "1", "discharged", 1}, Row{"5", "fulfilled", "2", "in_treatment", 0},
        Row{"7", "noshow", "", "accepted", 1}, Row{"2", "cancelled", "", "accepted", 1},
        Row{"4", "cancelled", "", "accepted", 1}, Row{"3", "booked", "", "not_attended", 1},
        Row{"", "noshow", "", "not_attended", 1}, Row{"", "cancelled", "", "accepted", 1},
        Row{"0", "booked", "", "booked", 0}, Row{"", "arrived", "", "in_treatment", 0},
        Row{"", "pending", "", "booked", 0}}) {
    SCOPED_TRACE(std::string(row.attended) + ' ' + row.status + ' ' + row.outcome);
    CareHouse house;
    ASSERT_EQ(house.tell(appointment(Booking())).status, 200);
    const std::size_t before = house.deliveries().size();
    Booking later;
    later.attended = row.attended;
    later.status = row.status;
    later.outcome = row.outcome;
    ASSERT_EQ(house.tell(appointment(later, "2026-11-22T09:40:00.000Z"), 6001).status, 200);
    EXPECT_EQ(house.referral().state, row.state);
    EXPECT_EQ(house.sent(before).size(), row.told);
  }
}

TEST(Appointment, CodeSevenIsToldAsComingTooLate) {
  CareHouse house;
  ASSERT_EQ(house.tell(appointment(Booking())).status, 200);
  Booking late;
  late.attended = "7";
  late.status = "noshow";
  ASSERT_EQ(house.tell(appointment(late, "2026-12-01T11:00:00.000Z"), 6001).status, 200);
  const auto told = house.body(house.deliveries().back());
  const auto communication = intake::entry(told, "Communication");
  EXPECT_EQ(communication.at("category", "coding", "code").text(), "appointment-cancelled");
  EXPECT_EQ(communication.at("reasonCode", "coding", "code").text(), "came-too-late");
}

TEST(Appointment, AnotherStartIsAMove) {
  CareHouse house;
  ASSERT_EQ(house.tell(appointment(Booking())).status, 200);
  const std::size_t before = house.deliveries().size();
  Booking moved;
  moved.start = "2026-12-08T10:00:00Z";
  ASSERT_EQ(house.tell(appointment(moved, "2026-11-22T09:45:00.000Z"), 6001).status, 200);
  EXPECT_THAT(house.sent(before), ElementsAre("decision downland-practice"));
  const auto told = house.body(house.deliveries().back());
  EXPECT_EQ(intake::entry(told, "Communication").at("category", "coding", "code").text(),
            "appointment-moved");
  EXPECT_EQ(house.resources("Appointment").size(), 1U);
}

TEST(Appointment, RepeatedStaleAndEarlyWordsAreIgnoredWithTheReason) {
  CareHouse house;
  ASSERT_EQ(house.tell(appointment(Booking())).status, 200);
  const std::size_t told = house.deliveries().size();
  ASSERT_EQ(house.tell(appointment(Booking()), 6001).status, 200);
  EXPECT_THAT(house.ignored(), HasSubstr("the same was said before"));
  Booking cancelled;
  cancelled.status = "cancelled";
  ASSERT_EQ(house.tell(appointment(cancelled, "2026-11-22T09:00:00.000Z"), 6002).status, 200);
  EXPECT_THAT(house.ignored(), HasSubstr("stale"));
  Booking asked;
  asked.number = "A2";
  asked.status = "proposed";
  ASSERT_EQ(house.tell(appointment(asked, "2026-11-22T09:50:00.000Z"), 6003).status, 200);
  EXPECT_THAT(house.ignored(), HasSubstr("nothing happened yet"));
  EXPECT_EQ(house.referral().state, "booked");
  EXPECT_EQ(house.deliveries().size(), told);
}

TEST(Appointment, CancellationThatOvertookItsBookingStands) {
  CareHouse house;
  Booking cancelled;
  cancelled.status = "cancelled";
  ASSERT_EQ(house.tell(appointment(cancelled, "2026-11-22T09:40:00.000Z")).status, 200);
  ASSERT_EQ(house.tell(appointment(Booking(), "2026-11-22T09:30:00.000Z"), 6001).status, 200);
  EXPECT_EQ(house.referral().state, "accepted");
  EXPECT_THAT(house.ignored(), HasSubstr("stale"));
}

TEST(Appointment, IsFoundByItsOwnNumberAndByThePatient) {
  CareHouse house;
  Booking nameless;
  nameless.ubrn = "";
  ASSERT_EQ(house.tell(appointment(nameless)).status, 200);
  EXPECT_EQ(house.referral().state, "booked");
  // Nothing but the appointment's number says whose it is.
  CareMessage cancelled = appointment(nameless, "2026-11-22T09:40:00.000Z");
  CareHouse::replace(cancelled.focus, R"("status":"booked")", R"("status":"cancelled")");
  cancelled.patient.nhs = "";
  cancelled.patient.hospital = "D999";
  ASSERT_EQ(house.tell(cancelled, 6001).status, 200);
  EXPECT_EQ(house.referral().state, "accepted");
}

TEST(Appointment, OfNobodyKnownHereIsCountedAndNotKept) {
  CareHouse house;
  const std::size_t messages = house.messages().size();
  const std::size_t resources = house.resource_count();
  const std::size_t audit = house.audit().size();
  CareMessage stranger = appointment(Booking());
  stranger.patient.nhs = "9990000026";
  stranger.patient.family = "Zzcanaryother";
  CareHouse::replace(stranger.focus, "000049735221", "000049735299");
  const Answer answer = house.tell(stranger);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(house.messages().size(), messages);
  EXPECT_EQ(house.resource_count(), resources);
  EXPECT_EQ(house.audit().size(), audit);
  EXPECT_THAT(house.metrics.expose(), HasSubstr("not-here"));
}

TEST(Appointment, OfTheSamePatientWithAnotherNameIsNotMatched) {
  CareHouse house;
  CareMessage other = appointment(Booking());
  other.patient.nhs = "9990000026";
  ASSERT_EQ(house.tell(other).status, 200);
  EXPECT_EQ(house.referral().state, "accepted");
  EXPECT_TRUE(house.has_work("unmatched-visit"));
}

TEST(Appointment, AfterTheDeathIsNotBookedAndAPersonLooks) {
  CareHouse house;
  CareMessage died;
  died.event = "patient-update";
  died.patient.more = R"(,"deceasedBoolean":true)";
  ASSERT_EQ(house.tell(died).status, 200);
  ASSERT_EQ(house.tell(appointment(Booking(), "2026-11-22T09:59:00.000Z"), 6001).status, 200);
  EXPECT_EQ(house.referral().state, "accepted");
  EXPECT_TRUE(house.has_work("booking-after-death"));
}

TEST(Appointment, OfARestrictedPatientIsShownToItsSiteAlone) {
  CareHouse house;
  CareMessage hidden = appointment(Booking());
  hidden.patient.more =
      R"(,"meta":{"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-Confidentiality","code":"R"}]})";
  hidden.entries = R"(,{"fullUrl":"urn:uuid:)" + uuid(6910) +
                   R"(","resource":{"resourceType":"Location","name":"Zzcanaryplace clinic"}})";
  ASSERT_EQ(house.tell(hidden).status, 200);
  EXPECT_EQ(house.referral().state, "booked");
  for (const std::string type : {"Appointment", "Location"}) {
    const Answer seen = house.get("/fhir/" + type, "downland-practice");
    EXPECT_THAT(seen.body, ::testing::Not(HasSubstr(R"("resource":{"resourceType":")" + type)));
  }
  for (const store::DeliveryRow& row : house.deliveries())
    EXPECT_THAT(fhir::json::write(house.body(row)->root()), ::testing::Not(HasSubstr("Zzcanaryplace")));
}

TEST(Appointment, FromAPracticeIs403) {
  CareHouse house;
  const Answer answer = house.tell(appointment(Booking()), "downland-practice");
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(house.referral().state, "accepted");
}

TEST(Appointment, ThatCannotBeReadIsRefusedAtItsPlace) {
  CareHouse house;
  Booking odd;
  odd.attended = "9";
  const Answer answer = house.tell(appointment(odd));
  EXPECT_EQ(answer.status, 422);
  EXPECT_THAT(answer.expressions(), Contains(HasSubstr("extension")));
  Booking never;
  never.start = "";
  EXPECT_EQ(house.tell(appointment(never), 6001).status, 422);
}

TEST(Attendance, DischargeCompletesTheReferralAndThePracticeHolds) {
  CareHouse house;
  ASSERT_EQ(house.tell(appointment(Booking())).status, 200);
  Visit visit;
  visit.outcome = "1";
  ASSERT_EQ(house.tell(attendance(visit), 6001).status, 200);
  EXPECT_EQ(house.referral().state, "discharged");
  EXPECT_EQ(house.referral().holder_ods, "99S01");
  const auto told = house.body(house.deliveries().back());
  EXPECT_EQ(intake::entry(told, "Communication").at("category", "coding", "code").text(), "discharged");
}

TEST(Attendance, WithADispositionAndNoOutcomeIsADischargeAndOthersAreNot) {
  struct Row {
    const char* status;
    const char* outcome;
    const char* disposition;
    const char* state;
  };
  for (const Row& row :
       {Row{"finished", "", "Home", "discharged"}, Row{"finished", "", "", "in_treatment"},
        Row{"finished", "2", "Home", "in_treatment"}, Row{"arrived", "", "Home", "in_treatment"},
        Row{"planned", "", "", "booked"}, Row{"cancelled", "", "", "booked"}}) {
    SCOPED_TRACE(std::string(row.status) + row.outcome + row.disposition);
    CareHouse house;
    ASSERT_EQ(house.tell(appointment(Booking())).status, 200);
    Visit visit;
    visit.status = row.status;
    visit.outcome = row.outcome;
    visit.disposition = row.disposition;
    ASSERT_EQ(house.tell(attendance(visit), 6001).status, 200);
    EXPECT_EQ(house.referral().state, row.state);
  }
}

}  // namespace
}  // namespace gateway::door
