// Messages that read well and hang together badly (rows 17, 22, 24, 25 and 26 of the list of bad inputs).
#include "tests/door/refused.hpp"

namespace gateway::door {
namespace {

using ::testing::HasSubstr;

std::string entry(const std::string& url, const std::string& resource) {
  return R"(,{"fullUrl":")" + url + R"(","resource":)" + resource + "}";
}

std::string observation(const std::string& subject, const std::string& id = "ob1") {
  return R"({"resourceType":"Observation","id":")" + id +
         R"(","status":"final","code":{"text":"Zzcanary"},"subject":{"reference":")" + subject + R"("}})";
}

const std::string kOther = R"({"resourceType":"Patient","id":"p2","name":[{"family":"Zzcanaryother"}]})";

std::string many_entries(int count) {
  std::string entries;
  for (int i = 0; i < count; ++i)
    entries += entry("urn:uuid:" + uuid(100'000 + i),
                     R"({"resourceType":"Basic","id":"b)" + std::to_string(i) + R"(","code":{"text":"x"}})");
  return entries;
}

struct Row {
  const char* name;
  Letter letter;
  Refusal expected;
};

const Refusal kUnprocessable{422, "REC_UNPROCESSABLE_ENTITY invariant", "Bundle.entry"};

std::vector<Row> rows() {
  return {
      {"DuplicateFullUrl", with([](Letter& l) {
         l.entries = entry("urn:uuid:aaaaaaaa-0000-4000-8000-000000000003",
                           observation("urn:uuid:aaaaaaaa-0000-4000-8000-000000000003"));
       }),
       kUnprocessable},
      {"ReferenceToAnotherPatient", with([](Letter& l) {
         l.entries = entry("urn:uuid:" + uuid(50), kOther) +
                     entry("urn:uuid:" + uuid(51), observation("urn:uuid:" + uuid(50)));
       }),
       kUnprocessable},
      {"AHundredThousandEntries",
       with([](Letter& l) { l.entries = many_entries(100'000); }),
       {422, "REC_UNPROCESSABLE_ENTITY too-costly", "Bundle"}},
      {"NoHeader",
       with([](Letter& l) { l.event = "zzcanary"; }),
       {400, "REC_BAD_REQUEST invariant", "Bundle.entry[0]"}},
  };
}

TEST(BadBundle, IsRefusedWhole) {
  for (Row row : rows()) {
    SCOPED_TRACE(row.name);
    const Stopwatch watch;
    House house;
    row.letter.note = kRedFlag;
    expect_refused_whole(house, house.send(row.letter), row.expected, true);
  }
}

TEST(CyclicReferences, AreTakenOrRefusedInBoundedTime) {
  const Stopwatch watch;
  House house;
  const auto organisation = [](const std::string& id, const std::string& part_of) {
    return R"({"resourceType":"Organization","id":")" + id +
           R"(","name":"Zzcanary","partOf":{"reference":")" + part_of + R"("}})";
  };
  Letter letter;
  letter.note = kRedFlag;
  letter.entries = entry("https://gp.example/fhir/Organization/c1",
                         organisation("c1", "https://gp.example/fhir/Organization/c2")) +
                   entry("https://gp.example/fhir/Organization/c2",
                         organisation("c2", "https://gp.example/fhir/Organization/c1"));
  const Answer answer = house.send(letter);
  EXPECT_TRUE(answer.status == 200 || answer.status == 422) << answer.status;
  if (answer.status == 422) expect_refused_whole(house, answer, kUnprocessable, true);
  EXPECT_TRUE(house.has_work("red-flag"));
}

/// A referral is never lost for a document: it is held, and the practice is asked.
TEST(Attachment, ThatIsNotWhatItSaysHoldsTheReferral) {
  struct Row {
    std::string bytes;
    const char* state;
    const char* reason;
  };
  const Row rows[] = {
      {"%PDF-1.7 a letter", "received", ""},
      {"MZ a program", "quarantined", "document-not-what-it-says"},
      {base64("%PDF-1.7 a letter"), "quarantined", "document-not-what-it-says"},
      {"%PDF" + std::string((5u << 20u) + 1, 'x'), "quarantined", "document-too-large"},
  };
  for (const Row& row : rows) {
    House house;
    Letter letter;
    letter.entries =
        R"(,{"fullUrl":"urn:uuid:aaaaaaaa-0000-4000-8000-000000000009","resource":{"resourceType":"Binary",)"
        R"("contentType":"application/pdf","data":")" +
        base64(row.bytes) + R"("}})";
    const Answer answer = house.send(letter);
    ASSERT_EQ(answer.status, 200) << answer.body.substr(0, 600);
    EXPECT_EQ(house.referrals().front().state, row.state) << row.bytes.substr(0, 20);
    const bool reasoned = *row.reason == '\0' || house.has_work("held-referral");
    EXPECT_TRUE(reasoned);
    for (const store::WorkRow& work : house.work()) {
      if (work.kind == "held-referral") EXPECT_EQ(work.reason, row.reason);
    }
  }
}

// --- the patient
// ---------------------------------------------------------------------------------------------

TEST(NhsNumber, ThatCannotBeIsRefusedAtItsPlace) {
  for (const char* const number :
       {"0000000000", "1111111111", "9990000019", "ZZCANARYID", "999000001", "99900000181", "999-000-0018",
        "\xD9\xA9\xD9\xA9\xD9\xA9\xD9\xA0\xD9\xA0\xD9\xA0\xD9\xA0\xD9\xA0\xD9\xA1\xD9\xA8"}) {
    SCOPED_TRACE(number);
    House house;
    const Answer answer = house.send(with([&](Letter& l) {
      l.nhs = number;
      l.note = kRedFlag;
    }));
    EXPECT_EQ(answer.status, 400);
    expect_refused_whole(house, answer, {400, answer.verdict(), "identifier[0]"}, true);
    EXPECT_THAT(answer.body, ::testing::Not(HasSubstr(number)));
  }
}

TEST(NhsNumber, WithSpacesIsTheSamePatient) {
  House house;
  ASSERT_EQ(house.send(Letter()).status, 200);
  const Answer answer = house.send(with([](Letter& l) {
    l.nhs = "999 000 0018";
    l.bundle = uuid(1);
    l.request_id = uuid(2);
    l.ubrn = "000049735222";
  }));
  ASSERT_EQ(answer.status, 200) << answer.body;
  const auto referrals = house.referrals();
  ASSERT_EQ(referrals.size(), 2U);
  EXPECT_EQ(referrals[0].patient_key, referrals[1].patient_key);
  EXPECT_TRUE(house.has_work("clinical-duplicate"));
  const std::string patients = "/fhir/Patient?identifier=https://fhir.nhs.uk/Id/nhs-number%7C9990000018";
  EXPECT_EQ(house.get(patients).tree()->root().children("entry").size(), 1U);
}

TEST(BirthDate, ThatCannotBeIsRefusedAtItsPlace) {
  for (const char* const date :
       {"0000-01-01", "2026-02-29", "2025-13-01", "1961-04-09T00:00:00Z", "2027-01-01", "Zzcanary"}) {
    SCOPED_TRACE(date);
    House house;
    const Answer answer = house.send(with([&](Letter& l) {
      l.birth = date;
      l.note = kRedFlag;
    }));
    EXPECT_TRUE(answer.status == 400 || answer.status == 422) << answer.status;
    expect_refused_whole(house, answer, {answer.status, answer.verdict(), "birthDate"}, true);
  }
}

struct AgeRow {
  const char* now;
  const char* birth;
  bool old_enough;
};

TEST(Age, IsCountedByTheLocalDayOfReceipt) {
  const AgeRow rows[] = {
      {"2026-11-22T10:00:00Z", "2010-11-23", false},  // 15 years and 364 days
      {"2026-11-22T10:00:00Z", "2010-11-22", true},   // the birthday
      {"2026-11-22T10:00:00Z", "2010-11-21", true},
      {"2026-11-21T23:59:59Z", "2010-11-22", false},  // a second before midnight, winter
      {"2027-06-01T22:59:59Z", "2011-06-02", false},  // a second before midnight, summer
      {"2027-06-01T23:00:00Z", "2011-06-02", true},   // midnight in Sussex
      {"2028-02-28T12:00:00Z", "2012-02-29", false},
      {"2028-02-29T12:00:00Z", "2012-02-29", true},
      {"2028-02-29T12:00:00Z", "2012-03-01", false},
  };
  for (const AgeRow& row : rows) {
    SCOPED_TRACE(std::string(row.now) + " born " + row.birth);
    House house(false, Keep::kMemory, row.now);
    const Answer answer = house.send(with([&](Letter& l) { l.birth = row.birth; }));
    ASSERT_EQ(answer.status, 200) << answer.body;
    ASSERT_EQ(house.referrals().size(), 1U);
    const std::string state = house.referrals().front().state;
    if (row.old_enough) {
      EXPECT_NE(state, "redirected");
    } else {
      EXPECT_EQ(state, "redirected");
    }
  }
}

// --- urgency
// -------------------------------------------------------------------------------------------------

TEST(Priority, MissingIsTaken) {
  House house;
  const std::string body = replaced(marked(Letter().json()), R"("priority":"routine",)", "");
  EXPECT_EQ(house.send(house.message(body)).status, 200);
  EXPECT_EQ(house.referrals().size(), 1U);
}

TEST(Priority, RoutineWithARedFlagIsEscalated) {
  House house;
  const std::string answered = entry(
      "urn:uuid:" + uuid(60),
      R"({"resourceType":"QuestionnaireResponse","id":"q1","status":"completed","item":[{"linkId":"1",)"
      R"("text":"Numbness between the legs or around the back passage?","answer":[{"valueBoolean":true}]}]})");
  const Answer answer = house.send(with([&](Letter& l) {
    l.note = "Denies saddle numbness.";
    l.entries = answered;
  }));
  ASSERT_EQ(answer.status, 200) << answer.body;
  ASSERT_EQ(house.referrals().size(), 1U);
  EXPECT_EQ(house.referrals().front().state, "escalated");
  EXPECT_TRUE(house.has_work("red-flag"));
  bool urgent = false;
  for (const auto& row : house.deliveries())
    urgent = urgent || (row.kind == "escalation" && row.priority == store::kEmergency);
  EXPECT_TRUE(urgent);
}

// --- order
// ---------------------------------------------------------------------------------------------------

Letter update(auto change) {
  return with([&](Letter& l) {
    l.bundle = uuid(70);
    l.reason = "update";
    l.updated = "2026-11-22T09:59:30.000Z";
    l.note = "Now both knees.";
    change(l);
  });
}

TEST(Order, UpdateAndWithdrawalBeforeNewAre404) {
  const Letter early[] = {
      update([](Letter& l) { l.note = kRedFlag; }),
      update([](Letter& l) {
        l.status = "revoked";
        l.note = kRedFlag;
      }),
      update([](Letter& l) {
        l.status = "entered-in-error";
        l.note = kRedFlag;
      }),
  };
  for (const Letter& letter : early) {
    House house;
    expect_refused_whole(house, house.send(letter), {404, "REC_NOT_FOUND not-found", "ServiceRequest"}, true);
  }
}

TEST(Order, ReasonDeleteIs400) {
  House house;
  expect_refused_whole(house, house.send(with([](Letter& l) {
    l.reason = "delete";
    l.note = kRedFlag;
  })),
                       {400, "REC_BAD_REQUEST invariant", "Bundle.entry[0].resource"}, true);
}

TEST(Order, SecondUpdateOfTheSameVersionIs409AndKeptForReview) {
  House house;
  ASSERT_EQ(house.send(Letter()).status, 200);
  ASSERT_EQ(house.send(update([](Letter& l) { l.version = "2"; })).status, 200);
  const std::string before = house.resources("ServiceRequest").front().json;
  const Answer second = house.send(update([](Letter& l) {
    l.version = "2";
    l.bundle = uuid(71);
    l.note = kRedFlag;
  }));
  expect_refused(house, second, {409, "REC_CONFLICT conflict", "ServiceRequest"}, true);
  EXPECT_EQ(house.resources("ServiceRequest").front().json, before);
  EXPECT_EQ(house.referrals().size(), 1U);
}

/// Nothing tells which of the two is newer: the later arrival stands, and both are kept.
TEST(Order, SecondUpdateOfTheSameMomentMakesAVersionOfItsOwn) {
  House house;
  ASSERT_EQ(house.send(Letter()).status, 200);
  ASSERT_EQ(house.send(update([](Letter&) {})).status, 200);
  ASSERT_EQ(house.send(update([](Letter& l) { l.bundle = uuid(71); })).status, 200);
  EXPECT_EQ(house.resources("ServiceRequest").front().version, 3);
  EXPECT_EQ(house.referrals().size(), 1U);
}

TEST(Order, OlderUpdateIs409OrIgnored) {
  House house;
  ASSERT_EQ(house.send(Letter()).status, 200);
  const Answer older = house.send(update([](Letter& l) { l.updated = "2026-11-22T09:00:00.000Z"; }));
  EXPECT_TRUE(older.status == 200 || older.status == 409) << older.status;
  EXPECT_THAT(house.resources("ServiceRequest").front().json, ::testing::Not(HasSubstr("both knees")));
}

TEST(Order, UpdateOfAnotherPracticeIsAsUnknown) {
  House house;
  ASSERT_EQ(house.send(Letter()).status, 200);
  const std::string body = marked(update([](Letter&) {}).json());
  const Answer answer = house.send(house.message(body, "seaview-practice"));
  EXPECT_TRUE(answer.status == 404 || answer.status == 403) << answer.status << answer.body;
  EXPECT_THAT(house.resources("ServiceRequest").front().json, ::testing::Not(HasSubstr("both knees")));
}

TEST(Order, WithdrawalTwiceIsIgnored) {
  House house;
  ASSERT_EQ(house.send(Letter()).status, 200);
  ASSERT_EQ(house.send(update([](Letter& l) { l.status = "revoked"; })).status, 200);
  EXPECT_EQ(house.referrals().front().state, "cancelled");
  EXPECT_EQ(house
                .send(update([](Letter& l) {
                  l.status = "revoked";
                  l.bundle = uuid(72);
                }))
                .status,
            200);
  EXPECT_EQ(house.referrals().front().state, "cancelled");
}

}  // namespace
}  // namespace gateway::door
