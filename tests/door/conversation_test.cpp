// Who may speak, under which ids, in which format, and what a repetition gets.
#include "tests/door/refused.hpp"

namespace gateway::door {
namespace {

using ::testing::HasSubstr;

TEST(Ids, MissingAndMalformedAre400) {
  struct Row {
    bool request;
    const char* value;
    const char* verdict;
  };
  for (const Row& row :
       {Row{true, "", "REC_BAD_REQUEST required"}, Row{false, "", "REC_BAD_REQUEST required"},
        Row{true, "Zzcanary", "REC_BAD_REQUEST value"}, Row{false, "Zzcanary", "REC_BAD_REQUEST value"},
        Row{true, "{00000000-0000-4000-8000-000000000001}", "REC_BAD_REQUEST value"}}) {
    SCOPED_TRACE(std::string(row.request ? "request " : "correlation ") + row.value);
    House house;
    Ask ask = house.message(marked(with([](Letter& l) { l.note = kRedFlag; }).json()));
    (row.request ? ask.request_id : ask.correlation_id) = row.value;
    expect_refused_whole(house, house.send(ask), {400, row.verdict, ""}, true);
  }
}

TEST(Claims, OfStrictModeAreRequiredAndChecked) {
  House house;
  Ask ask = house.message(marked(Letter().json()));
  ask.claims = false;
  EXPECT_EQ(house.send(ask).verdict(), "REC_BAD_REQUEST required");
  ask = house.message(marked(Letter().json()));
  ask.claims = false;
  ask.headers = "NHSD-Target-Identifier: Zzcanary not base64\r\n";
  EXPECT_EQ(house.send(ask).verdict(), "REC_BAD_REQUEST value");
  EXPECT_TRUE(house.referrals().empty());
}

TEST(Repetition, IsA409DuplicateAndHasNoSecondEffect) {
  for (const Keep keep : {Keep::kMemory, Keep::kSqlite}) {
    House house(false, keep);
    const Ask ask = house.message(marked(Letter().json()));
    ASSERT_EQ(house.send(ask).status, 200);
    const std::size_t resources = house.resource_count();
    const std::size_t deliveries = house.deliveries().size();
    const Answer again = house.send(ask);
    EXPECT_EQ(again.status, 409);
    EXPECT_EQ(again.verdict(), "REC_CONFLICT duplicate");
    EXPECT_EQ(house.resource_count(), resources);
    EXPECT_EQ(house.deliveries().size(), deliveries);
    EXPECT_EQ(house.messages().front().verdict, store::Verdict::kDuplicate);
  }
}

TEST(Repetition, WithAnotherBodyIsA409KeptForReviewWithItsRedFlag) {
  House house;
  Ask ask = house.message(marked(Letter().json()));
  ASSERT_EQ(house.send(ask).status, 200);
  ask.body = marked(with([](Letter& l) { l.note = kRedFlag; }).json());
  expect_refused(house, house.send(ask), {409, "REC_CONFLICT duplicate", ""}, true);
  EXPECT_EQ(house.referrals().size(), 1U);
  bool flagged = false;
  for (const auto& entry : house.audit())
    flagged = flagged || entry.what.event == "same-ids-other-body";
  EXPECT_TRUE(flagged);
}

TEST(Repetition, OfAnotherPartnerIsNoRepetition) {
  House house;
  const Ask ask = house.message(marked(Letter().json()));
  ASSERT_EQ(house.send(ask).status, 200);
  Ask other = ask;
  other.partner = "seaview-practice";
  EXPECT_NE(house.send(other).status, 409);
}

async::awaitable<void> converse(House& house, std::string bytes, std::string& received) {
  auto stream = co_await house.simulation.network.connect({"127.0.0.1", 8080}, async::Deadline::never());
  if (!stream.has_value()) co_return;
  const fhir::Status written = co_await async::write_all(**stream, bytes);
  if (!written.has_value()) co_return;
  std::array<char, 16384> buffer{};
  while (true) {
    const async::ReadSome some = co_await async::read_some(**stream, boost::asio::buffer(buffer));
    if (some.bytes == 0) break;
    received.append(buffer.data(), some.bytes);
  }
}

TEST(Repetition, WhileTheFirstIsWorkedOnIs425) {
  House house;
  const std::string bytes = house.wire(house.message(marked(Letter().json())));
  std::array<std::string, 2> received;
  for (std::string& into : received)
    house.simulation.tasks.spawn("test", converse(house, bytes, into));
  house.simulation.timers.run_until_idle();
  std::sort(received.begin(), received.end());
  EXPECT_THAT(received[0], ::testing::StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(received[1], ::testing::StartsWith("HTTP/1.1 425"));
  EXPECT_THAT(received[1], HasSubstr("REC_TOO_EARLY"));
  EXPECT_THAT(received[1], HasSubstr(R"("code":"duplicate")"));
  EXPECT_EQ(house.referrals().size(), 1U);
}

TEST(Format, UnacceptableIs406) {
  for (const char* const accept :
       {"text/html", "application/fhir+json; version=9.9.9", "application/pdf, text/plain"}) {
    SCOPED_TRACE(accept);
    House house;
    Ask ask = house.message(marked(Letter().json()));
    ask.accept = accept;
    const Answer answer = house.send(ask);
    EXPECT_EQ(answer.status, 406);
    EXPECT_EQ(answer.verdict(), "REC_NOT_ACCEPTABLE processing");
    EXPECT_TRUE(house.referrals().empty());
  }
}

TEST(Format, AcceptedVersionsAreTaken) {
  for (const char* const accept :
       {"application/fhir+json; version=1.4.0", "application/fhir+json;version=1.0.0", "*/*",
        "application/fhir+xml;q=0.5, application/fhir+json", ""}) {
    SCOPED_TRACE(accept);
    House house;
    Ask ask = house.message(marked(Letter().json()));
    ask.accept = accept;
    EXPECT_EQ(house.send(ask).status, 200);
  }
}

TEST(Format, OtherContentTypeIs415WithItsRedFlagEscalated) {
  for (const char* const type :
       {"text/plain", "application/hl7-v2", "application/fhir+json; charset=utf-16", ""}) {
    SCOPED_TRACE(type);
    House house;
    Ask ask = house.message(marked(with([](Letter& l) { l.note = kRedFlag; }).json()));
    ask.type = type;
    expect_refused_whole(house, house.send(ask), {415, "REC_BAD_REQUEST not-supported", ""}, true);
  }
}

TEST(Identity, UnknownCallerIs401AndNothingOfItIsRead) {
  struct Row {
    const char* name;
    const char* partner;
    const char* headers;
  };
  for (const Row& row : {Row{"none", "", ""}, Row{"wrong", "nobody", ""},
                         Row{"basic", "", "Authorization: Basic dHJpYWw6dHJpYWw=\r\n"},
                         Row{"empty", "", "Authorization: Bearer \r\n"},
                         Row{"dev header", "", "X-Ligament-Partner: downland-practice\r\n"},
                         Row{"jwt none", "", "Authorization: Bearer eyJhbGciOiJub25lIn0.e30.\r\n"}}) {
    SCOPED_TRACE(row.name);
    House house;
    for (const char* const method : {"POST", "GET", "PUT"}) {
      SCOPED_TRACE(method);
      Ask ask = house.message("<Zzcanary not anything");
      ask.method = method;
      if (ask.method == "GET") ask.target = "/fhir/Patient/1";
      if (ask.method == "PUT") ask.target = "/fhir/Task/1";
      ask.partner = row.partner;
      ask.headers = row.headers;
      const Answer answer = house.send(ask);
      EXPECT_EQ(answer.status, 401);
      EXPECT_THAT(answer.verdict(), ::testing::StartsWith("REC_UNAUTHORIZED"));
    }
    EXPECT_TRUE(house.messages().empty());
    EXPECT_TRUE(house.work().empty());
  }
}

TEST(Identity, TwoAuthorizationsAre401) {
  House house;
  Ask ask = house.message(marked(Letter().json()));
  ask.headers = "Authorization: Bearer trial-sussex-hub\r\n";
  EXPECT_EQ(house.send(ask).status, 401);
}

TEST(Place, UnknownIs404AndOtherMethodIs405) {
  House house;
  for (const char* const target :
       {"/fhir/Zzz", "/fhir/Patient/none", "/fhir/Patient/a/b/c", "/elsewhere", "/"}) {
    const Answer answer = house.get(target);
    EXPECT_EQ(answer.status, 404) << target;
    EXPECT_EQ(answer.verdict(), "REC_NOT_FOUND not-found") << target;
  }
  for (const auto& [method, target] : {std::pair{"DELETE", "/fhir/Task/1"},
                                       {"GET", "/fhir/$process-message"},
                                       {"PUT", "/fhir/Patient/1"},
                                       {"PATCH", "/fhir/Task/1"},
                                       {"POST", "/fhir/Patient"}}) {
    Ask ask = house.message("{}");
    ask.method = method;
    ask.target = target;
    const Answer answer = house.send(ask);
    EXPECT_EQ(answer.status, 405) << method << ' ' << target;
    EXPECT_EQ(answer.verdict(), "REC_METHOD_NOT_ALLOWED not-supported") << method << ' ' << target;
    EXPECT_FALSE(answer.header("allow").empty());
  }
}

/// A message for a service that is not here is not silently taken.
TEST(Address, OfAnotherServiceIsNotRoutedHere) {
  House house;
  const std::string body = replaced(marked(Letter().json()), "2000099001", "2000099999");
  const Answer answer = house.send(house.message(body));
  if (answer.status == 200) {
    ASSERT_EQ(house.referrals().size(), 1U);
    EXPECT_THAT(house.referrals().front().state, ::testing::AnyOf("quarantined", "redirected"));
  } else {
    EXPECT_TRUE(answer.status == 400 || answer.status == 404 || answer.status == 422) << answer.status;
  }
  for (const auto& row : house.deliveries())
    EXPECT_NE(row.kind, "referral");
}

/// Who a partner is follows from its credential alone: what a message claims gives nothing to anybody else.
TEST(Address, SenderThatNamesAnotherPracticeStaysWhoItIs) {
  House house;
  const std::string body = marked(with([](Letter& l) { l.practice = "99S02"; }).json());
  const Answer answer = house.send(house.message(body));
  if (answer.status != 200) {
    EXPECT_TRUE(answer.status == 400 || answer.status == 403 || answer.status == 422) << answer.status;
    return;
  }
  const store::ReferralRow referral = house.referrals().front();
  EXPECT_EQ(referral.holder_ods, "99S01");
  EXPECT_EQ(referral.sender_partner, "downland-practice");
  for (const auto& row : house.deliveries())
    EXPECT_NE(row.destination, "seaview-practice");
  EXPECT_EQ(house.get("/fhir/Task/" + referral.task_id, "seaview-practice").status, 404);
}

TEST(Acceptance, IsAnsweredByABusinessAnswerNamingTheRequest) {
  for (const char* const format : {"application/fhir+json", "application/fhir+xml"}) {
    House house(false, Keep::kSqlite);
    Ask ask = house.message(marked(Letter().json()));
    ask.accept = format;
    const Answer answer = house.send(ask);
    ASSERT_EQ(answer.status, 200) << answer.body;
    EXPECT_THAT(answer.header("content-type"), ::testing::StartsWith(format));
    const auto bundle = answer.tree();
    EXPECT_EQ(bundle->root().child("type").text(), "message");
    const fhir::tree::Node header = intake::entry(bundle, "MessageHeader");
    EXPECT_EQ(header.at("response", "identifier").text(), Letter().bundle);
    EXPECT_EQ(header.at("response", "code").text(), "ok");
    // The answer of the moment repeats the event, as the national acknowledgement does.
    EXPECT_EQ(header.at("event", "code").text(), Letter().event);
    EXPECT_FALSE(intake::entry(bundle, "Task").child("id").text().empty());
  }
}

TEST(WallClock, ThatJumpsBackLosesNothing) {
  for (const Keep keep : {Keep::kMemory, Keep::kSqlite}) {
    House house(false, keep);
    const Ask first = house.message(marked(Letter().json()));
    ASSERT_EQ(house.send(first).status, 200);
    house.simulation.clock.set(house.simulation.clock.now() - std::chrono::hours(1));
    ASSERT_EQ(house
                  .send(with([](Letter& l) {
                    l.bundle = uuid(8100);
                    l.request_id = uuid(8101);
                    l.ubrn = "000049735222";
                  }))
                  .status,
              200);
    EXPECT_EQ(house.send(first).status, 409) << "what was taken is known all the same";
    EXPECT_EQ(house.referrals().size(), 2U);
    house.simulation.timers.run_for(std::chrono::hours(2));
    for (const store::DeliveryRow& row : house.deliveries())
      EXPECT_GT(row.attempts, 0) << row.kind << ' ' << row.destination << ": it is not forgotten";
  }
}

}  // namespace
}  // namespace gateway::door
