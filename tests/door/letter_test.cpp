// Letters, from the bytes at the door to the practice: byte for byte, once, and to nobody else.
#include "tests/door/care.hpp"

namespace gateway::door {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string attachment(const fhir::tree::TreePtr& message) {
  return *bars::decode_base64(intake::entry(message, "Binary").child("data").text());
}

TEST(CareLetter, GoesToThePracticeByteForByteWithItsDigestInTheRecord) {
  for (const Keep keep : {Keep::kMemory, Keep::kSqlite}) {
    CareHouse house(keep);
    const std::size_t before = house.deliveries().size();
    Paper paper;
    for (int byte = 0; byte < 256; ++byte)
      paper.content.push_back(static_cast<char>(byte));
    paper.content.append(70'000, '\n');
    const Answer answer = house.tell(letter(paper));
    ASSERT_EQ(answer.status, 200) << answer.body;
    ASSERT_THAT(house.sent(before), ElementsAre("letter downland-practice"));
    const auto told = house.body(house.deliveries().back());
    EXPECT_TRUE(attachment(told) == paper.content);
    const auto communication = intake::entry(told, "Communication");
    EXPECT_EQ(communication.at("category", "coding", "code").text(), "letter");
    EXPECT_TRUE(intake::entry(told, "DocumentReference"));
    const std::string digest = security::to_hex(security::sha256(paper.content));
    bool recorded = false;
    for (const store::ResourceRow& row : house.resources("Provenance"))
      recorded = recorded || row.json.find(digest) != std::string::npos;
    EXPECT_TRUE(recorded);
    EXPECT_EQ(house.referral().state, "accepted");
  }
}

TEST(CareLetter, IsDeliveredOnlyByTheBusinessAnswer) {
  CareHouse house;
  ASSERT_EQ(house.tell(letter(Paper())).status, 200);
  const store::DeliveryRow sent = house.deliveries().back();
  EXPECT_NE(sent.state, store::OutboxState::kDelivered);
  CareMessage answer = letter(Paper());
  answer.header = R"(,"response":{"identifier":")" + sent.business_id + R"(","code":"ok"})";
  ASSERT_EQ(house.tell(answer, 6050, "downland-practice").status, 200);
  EXPECT_EQ(house.deliveries().back().state, store::OutboxState::kDelivered);
}

TEST(CareLetter, ThatIsNotCompleteWaitsUnseen) {
  for (const char* const status : {"preliminary", ""}) {
    SCOPED_TRACE(status);
    CareHouse house;
    const std::size_t before = house.deliveries().size();
    Paper draft;
    draft.status = status;
    ASSERT_EQ(house.tell(letter(draft)).status, 200);
    EXPECT_THAT(house.sent(before), IsEmpty());
    EXPECT_EQ(house.resources("DocumentReference").size(), 1U);
    EXPECT_THAT(house.get("/fhir/DocumentReference", "downland-practice").body,
                Not(HasSubstr(R"("resource":{"resourceType":"DocumentReference")")));
    ASSERT_EQ(house.tell(letter(Paper(), "2026-11-22T09:40:00.000Z"), 6001).status, 200);
    EXPECT_THAT(house.sent(before), ElementsAre("letter downland-practice"));
    ASSERT_EQ(house.tell(letter(draft, "2026-11-22T09:41:00.000Z"), 6002).status, 200);
    EXPECT_EQ(house.sent(before).size(), 1U);
  }
}

TEST(CareLetter, ReplacementGoesOutOnceNamingWhatItReplaces) {
  struct Row {
    const char* name;
    Paper first;
    Paper second;
  };
  const Row rows[] = {{"by relation", {}, {.number = "DOC-2", .replaces = "DOC-1", .content = "new"}},
                      {"by set",
                       {.set = "S1", .version = 1},
                       {.number = "DOC-2", .set = "S1", .version = 2, .content = "new"}},
                      {"by number", {}, {.status = "amended", .content = "new"}}};
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    CareHouse house;
    ASSERT_EQ(house.tell(letter(row.first)).status, 200);
    const std::size_t before = house.deliveries().size();
    ASSERT_EQ(house.tell(letter(row.second, "2026-11-22T09:40:00.000Z"), 6001).status, 200);
    ASSERT_THAT(house.sent(before), ElementsAre("letter downland-practice"));
    const auto told = house.body(house.deliveries().back());
    EXPECT_EQ(attachment(told), "new");
    EXPECT_EQ(
        intake::entry(told, "DocumentReference").at("relatesTo", "target", "identifier", "value").text(),
        "DOC-1");
    EXPECT_THAT(fhir::json::write(intake::entry(told, "Communication")), HasSubstr("DOC-1"));
    ASSERT_EQ(house.tell(letter(row.second, "2026-11-22T09:41:00.000Z"), 6002).status, 200);
    EXPECT_EQ(house.sent(before).size(), 1U);
    EXPECT_THAT(house.ignored(), HasSubstr("received before"));
    ASSERT_EQ(house.tell(letter(row.first, "2026-11-22T09:30:00.000Z"), 6003).status, 200);
    EXPECT_EQ(house.sent(before).size(), 1U) << "the older version came late";
    std::size_t superseded = 0;
    for (const store::ResourceRow& stored : house.resources("DocumentReference"))
      superseded += stored.json.find(R"("status":"superseded")") != std::string::npos ? 1 : 0;
    EXPECT_EQ(superseded, 1U);
  }
}

TEST(CareLetter, OlderVersionOfASetThatArrivesLateIsIgnored) {
  CareHouse house;
  Paper second{.number = "DOC-2", .set = "S1", .version = 2};
  ASSERT_EQ(house.tell(letter(second)).status, 200);
  const std::size_t before = house.deliveries().size();
  Paper first{.number = "DOC-1", .set = "S1", .version = 1, .content = "old"};
  ASSERT_EQ(house.tell(letter(first, "2026-11-22T09:59:00.000Z"), 6001).status, 200);
  EXPECT_THAT(house.sent(before), IsEmpty());
  EXPECT_THAT(house.ignored(), HasSubstr("a later version of the letter is already known"));
}

TEST(CareLetter, WithdrawnAfterItWentOutIsForAPerson) {
  CareHouse house;
  ASSERT_EQ(house.tell(letter(Paper())).status, 200);
  const std::size_t before = house.deliveries().size();
  ASSERT_EQ(house.tell(letter({.status = "entered-in-error"}, "2026-11-22T09:40:00.000Z"), 6001).status, 200);
  EXPECT_TRUE(house.has_work("letter-withdrawn"));
  EXPECT_EQ(house.deliveries().size(), before);
}

TEST(CareLetter, AddressedToAnotherPracticeGoesThereToo) {
  CareHouse house;
  const std::size_t before = house.deliveries().size();
  CareMessage moved = letter(Paper());
  moved.patient.practice = "99S02";  // the patient is registered elsewhere by now
  ASSERT_EQ(house.tell(moved).status, 200);
  EXPECT_THAT(house.sent(before),
              ::testing::UnorderedElementsAre("letter downland-practice", "letter seaview-practice"));
  EXPECT_FALSE(house.has_work("unmatched-letter")) << "it is of a referral";
}

TEST(CareLetter, WhoseAddresseesNobodyCanReachIsForAPersonToo) {
  CareHouse house;
  const std::size_t before = house.deliveries().size();
  CareMessage moved = letter(Paper());
  moved.patient.practice = "99Z99";
  ASSERT_EQ(house.tell(moved).status, 200);
  EXPECT_THAT(house.sent(before), ElementsAre("letter downland-practice")) << "whoever referred has it";
  EXPECT_TRUE(house.has_work("addressee-not-told"));
}

TEST(CareLetter, WithoutAnyMatchStillGoesToItsPracticeAndAPersonLooks) {
  struct Row {
    const char* name;
    void (*change)(CareMessage&);
    const char* reason;
  };
  const Row rows[] = {{"nothing agrees",
                       [](CareMessage& m) {
                         m.patient.nhs = "9990000026";
                         m.focus = Paper{.ubrn = ""}.json();
                       },
                       "unmatched"},
                      {"another name",
                       [](CareMessage& m) {
                         m.patient.family = "Zzcanarymarried";
                         m.focus = Paper{.ubrn = ""}.json();
                       },
                       "unmatched"},
                      {"no number",
                       [](CareMessage& m) {
                         m.patient.nhs = "";
                         m.focus = Paper{.ubrn = ""}.json();
                       },
                       "unmatched"},
                      {"the referral of somebody else", [](CareMessage& m) { m.patient.nhs = "9990000026"; },
                       "patient-disagrees"}};
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    CareHouse house;
    const std::size_t before = house.deliveries().size();
    CareMessage message = letter(Paper());
    row.change(message);
    message.patient.practice = "99S02";
    ASSERT_EQ(house.tell(message).status, 200);
    ASSERT_THAT(house.sent(before), ElementsAre("letter seaview-practice"));
    const auto told = house.body(house.deliveries().back());
    EXPECT_EQ(attachment(told), Paper().content);
    EXPECT_EQ(intake::entry(told, "MessageHeader").at("event", "code").text(), "letter");
    ASSERT_TRUE(house.has_work("unmatched-letter"));
    EXPECT_EQ(house.work().back().reason, row.reason);
  }
}

TEST(CareLetter, ByThePatientNeedsExactlyOneOpenPathwayWithThatProvider) {
  CareHouse house;
  const std::size_t before = house.deliveries().size();
  ASSERT_EQ(house.tell(letter({.ubrn = ""})).status, 200);
  EXPECT_THAT(house.sent(before), ElementsAre("letter downland-practice"));
  EXPECT_FALSE(house.has_work("unmatched-letter"));
  // A second one of the same patient: which of them is meant cannot be said.
  Letter second;
  second.bundle = uuid(7000);
  second.request_id = uuid(7001);
  second.ubrn = "000049735222";
  ASSERT_EQ(house.House::send(second).status, 200);
  house.accept(house.referrals().back());
  ASSERT_EQ(house.tell(letter({.number = "DOC-9", .ubrn = ""}), 6001).status, 200);
  EXPECT_TRUE(house.has_work("unmatched-letter"));
}

TEST(CareLetter, ForAPracticeThatIsNoPartnerIsAWorkItem) {
  CareHouse house;
  const std::size_t before = house.deliveries().size();
  CareMessage message = letter({.ubrn = ""});
  message.patient.nhs = "9990000026";
  message.patient.practice = "99S09";
  ASSERT_EQ(house.tell(message).status, 200);
  EXPECT_THAT(house.sent(before), IsEmpty());
  EXPECT_TRUE(house.has_work("no-route-to-gp"));
  EXPECT_TRUE(house.has_work("unmatched-letter"));
}

TEST(CareLetter, OfARestrictedPatientSaysNothingOfWhereTheyAre) {
  for (const bool by_label : {false, true}) {
    CareHouse house;
    const std::size_t before = house.deliveries().size();
    CareMessage message = letter({.ubrn = "", .label = by_label ? "V" : ""});
    message.patient.nhs = "9990000026";
    message.patient.more =
        R"(,"address":[{"line":["Zzcanarystreet 5"]}],"telecom":[{"system":"phone","value":"Zzcanary99"}])";
    if (!by_label) message.patient.more += R"(,"meta":{"security":[{"code":"R"}]})";
    ASSERT_EQ(house.tell(message).status, 200);
    ASSERT_THAT(house.sent(before), ElementsAre("letter downland-practice"));
    const std::string told = fhir::json::write(house.body(house.deliveries().back())->root());
    EXPECT_THAT(told, Not(HasSubstr("Zzcanarystreet")));
    EXPECT_THAT(told, Not(HasSubstr("Zzcanary99")));
    EXPECT_THAT(told, Not(HasSubstr("generalPractitioner")));
  }
}

TEST(CareLetter, ThatIsNotWhatItSaysIsRefused) {
  struct Row {
    const char* name;
    void (*change)(CareMessage&);
    const char* place;
  };
  const Row rows[] = {
      {"another digest", [](CareMessage& m) { m.focus = Paper{.digest = std::string(64, '0')}.json(); },
       "extension"},
      {"no content", [](CareMessage& m) { m.entries = ""; }, "url"},
      {"no number", [](CareMessage& m) { m.focus = Paper{.number = ""}.json(); }, ""},
      {"focus of another type", [](CareMessage& m) { m.focus = Booking().json(); }, "focus"},
      {"a number that fails", [](CareMessage& m) { m.patient.nhs = "9990000019"; }, "value"},
      {"an event that is none", [](CareMessage& m) { m.event = "gossip"; }, "event"}};
  for (const Row& row : rows) {
    SCOPED_TRACE(row.name);
    CareHouse house;
    const std::size_t before = house.deliveries().size();
    CareMessage message = letter(Paper());
    row.change(message);
    const Answer answer = house.tell(message);
    EXPECT_GE(answer.status, 400);
    EXPECT_LT(answer.status, 423);
    EXPECT_THAT(answer.expressions(), Contains(HasSubstr(row.place)));
    EXPECT_EQ(house.deliveries().size(), before);
  }
}

TEST(CareLetter, OfADischargedPatientIsTheOneThatWasDue) {
  CareHouse house;
  ASSERT_EQ(house.tell(appointment(Booking())).status, 200);
  ASSERT_EQ(house.tell(attendance({.outcome = "1"}), 6001).status, 200);
  ASSERT_EQ(house.referral().deadline->what, "letter_delivered");
  ASSERT_EQ(house.tell(letter(Paper()), 6002).status, 200);
  const store::DeliveryRow sent = house.deliveries().back();
  ASSERT_EQ(sent.kind, "letter");
  CareMessage answer = letter(Paper());
  answer.header = R"(,"response":{"identifier":")" + sent.business_id + R"(","code":"ok"})";
  ASSERT_EQ(house.tell(answer, 6050, "downland-practice").status, 200);
  EXPECT_FALSE(house.referral().deadline.has_value());
}

}  // namespace
}  // namespace gateway::door
