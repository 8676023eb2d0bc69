// Hostile and doubtful JSON at the door (rows 8 to 12 of the list of bad inputs).
#include "fhir/xml/writer.hpp"
#include "tests/door/refused.hpp"

namespace gateway::door {
namespace {

using ::testing::HasSubstr;

struct Row {
  const char* name;
  std::string body;
  Refusal expected;
  bool red_flag = true;
};

std::string flagged(auto change) {
  Letter letter;
  letter.note = kRedFlag;
  change(letter);
  return marked(letter.json());
}

std::string extended(const std::string& value) {
  return R"(,"extension":[{"url":"http://example.org/x","valueDecimal":)" + value + "}]";
}

std::string many_keys() {
  std::string more;
  for (int i = 0; i < 1'000'000; ++i)
    more.append(",\"k").append(std::to_string(i)).append("\":1");
  return more;
}

std::vector<Row> rows() {
  const Refusal bad;
  return {
      {"EmptyBody", " ", bad, false},
      {"NotJson", std::string("saddle numbness and urinary retention"), bad},
      {"Truncated", flagged([](Letter&) {}).substr(0, 2800), bad},
      {"TrailingData", flagged([](Letter&) {}) + "{}", bad},
      {"ArrayAtTop", "[" + flagged([](Letter&) {}) + "]", bad},
      {"NoResourceType", R"({"note":"saddle numbness and urinary retention"})", bad},
      {"UnknownResourceType",
       R"({"resourceType":"Zzcanarytype","note":"saddle numbness and urinary retention"})", bad},
      {"Depth100000Objects",
       flagged([](Letter& l) {
         l.more = R"(,"extension":)" + repeated(R"({"extension":)", 100'000) + "1" + repeated("}", 100'000);
       }),
       {400, "REC_BAD_REQUEST invalid", "Bundle.entry[1].resource"}},
      {"Depth100000Arrays",
       repeated("[", 100'000) + R"("saddle numbness and urinary retention")" + repeated("]", 100'000), bad},
      {"AMillionKeys",
       flagged([](Letter& l) { l.more = many_keys(); }),
       {400, "REC_BAD_REQUEST invalid", "Bundle.entry[1].resource"}},
      {"DuplicateKey",
       flagged([](Letter& l) { l.more = R"(,"status":"revoked")"; }),
       {400, "REC_BAD_REQUEST invalid", "Bundle.entry[1].resource"}},
      {"DuplicateResourceType",
       flagged([](Letter& l) { l.more = R"(,"resourceType":"Patient")"; }),
       {400, "REC_BAD_REQUEST invalid", "Bundle.entry[1].resource"}},
      {"DuplicateKeyByEscape",
       flagged([](Letter& l) { l.more = R"(,"st\u0061tus":"revoked")"; }),
       {400, "REC_BAD_REQUEST invalid", "Bundle.entry[1].resource"}},
      {"NumberNaN", flagged([](Letter& l) { l.more = extended("NaN"); }), bad},
      {"NumberWithPlus", flagged([](Letter& l) { l.more = extended("+1"); }), bad},
      {"NumberWithLeadingZero", flagged([](Letter& l) { l.more = extended("01"); }), bad},
      {"LoneSurrogate", flagged([](Letter& l) { l.family = R"(Zzcanary\ud800)"; }), bad},
      {"ReversedSurrogates", flagged([](Letter& l) { l.family = R"(Zzcanary\udc00\ud800)"; }), bad},
      {"SurrogateInUtf8", flagged([](Letter& l) { l.family = "Zzcanary\xED\xA0\x80"; }), bad},
      {"OverlongUtf8", flagged([](Letter& l) { l.family = "Zzcanary\xC0\xAF"; }), bad},
      {"BareContinuation", flagged([](Letter& l) { l.family = "Zzcanary\x80"; }), bad},
      {"Latin1", flagged([](Letter& l) { l.family = "Zzcanary\xE9"; }), bad},
      {"RawNul", flagged([](Letter& l) { l.family = std::string("Zzcanary\0x", 10); }), bad},
      {"EscapedNul", flagged([](Letter& l) { l.family = R"(Zzcanary\u0000x)"; }), bad},
      {"RawLineBreakInString", flagged([](Letter& l) { l.family = "Zzcanary\nx"; }), bad},
      {"Utf16", std::string("\xFF\xFE{\0}\0", 6), bad, false},
  };
}

TEST(BadJson, IsRefusedAtItsPlaceWithItsRedFlagEscalated) {
  for (const Row& row : rows()) {
    SCOPED_TRACE(row.name);
    const Stopwatch watch;
    House house;
    const Answer answer = house.send(house.message(row.body));
    expect_refused_whole(house, answer, row.expected, row.red_flag);
  }
}

TEST(BadJson, HashCollidingKeysAreNoSlowerThanOthers) {
  const Stopwatch watch;
  std::string more;
  for (int i = 0; i < 200'000; ++i) {
    more.append(",\"");
    for (int bit = 0; bit < 18; ++bit)
      more.append((i >> bit) & 1 ? "Aa" : "BB");
    more.append("\":1");
  }
  House house;
  const Answer answer = house.send(house.message(flagged([&](Letter& l) { l.more = more; })));
  EXPECT_GE(answer.status, 400);
  EXPECT_LT(answer.status, 500);
}

/// Digits go through the house unchanged, in both formats, or the message is refused.
TEST(Numbers, ArePreservedOrRefusedNeverRounded) {
  for (const char* const number : {"0.1000000000000000055", "9007199254740993", "1.00", "-0", "-0.0", "1E3",
                                   "1e-7", "1e400", "123456789012345678901234567890.123456789"}) {
    SCOPED_TRACE(number);
    House house;
    const Answer answer = house.send(with([&](Letter& l) { l.more = extended(number); }));
    if (answer.status == 400) continue;
    ASSERT_EQ(answer.status, 200) << answer.body.substr(0, 600);
    const std::string path = "/fhir/ServiceRequest/" + house.resources("ServiceRequest").front().id;
    EXPECT_THAT(house.get(path).body, HasSubstr(std::string(R"("valueDecimal":)") + number + "}"));
    EXPECT_THAT(house.get(path, "downland-practice", "application/fhir+xml").body,
                HasSubstr(std::string(R"(<valueDecimal value=")") + number + "\""));
    // What the hub is sent has the same digits.
    for (const auto& row : house.deliveries()) {
      if (row.kind != "referral") continue;
      const auto body = house.read([&](store::Transaction& tx) { return tx.outbox().read_body(row.seq); });
      EXPECT_THAT(body, HasSubstr(std::string(R"("valueDecimal":)") + number + "}"));
    }
  }
}

/// Valid though strange: stored as sent.
TEST(Text, StrangeButValidCharactersAreKept) {
  for (const char* const part :
       {"\xE2\x80\xAE"
        "drow",
        "Zero\xE2\x80\x8B"
        "width",
        "\xF0\x9F\xA6\xB4", "O'Neill; DROP TABLE", "=cmd()", "a<b>&amp;", "Zo\xC3\xAB"}) {
    SCOPED_TRACE(part);
    House house;
    const std::string family = std::string("Zzcanary") + part;
    const Answer answer = house.send(with([&](Letter& l) { l.family = family; }));
    ASSERT_EQ(answer.status, 200) << answer.body.substr(0, 600);
    const std::string path = "/fhir/Patient/" + house.resources("Patient").front().id;
    for (const char* const accept : {"application/fhir+json", "application/fhir+xml"}) {
      const Answer read = house.get(path, "downland-practice", accept);
      ASSERT_EQ(read.status, 200);
      EXPECT_EQ(read.tree()->root().at("name", "family").text(), family);
    }
  }
}

TEST(Text, ByteOrderMarkIsRefusedOrPassedOver) {
  House house;
  const Answer answer = house.send(house.message("\xEF\xBB\xBF" + flagged([](Letter&) {})));
  EXPECT_TRUE(answer.status == 200 || answer.status == 400) << answer.status;
  EXPECT_TRUE(house.has_work("red-flag"));
}

TEST(Xml, SameReferralInXmlIsTakenAndAnsweredInXml) {
  House house;
  Ask ask = house.message(fhir::xml::write(parse(marked(Letter().json()))->root()));
  ask.type = ask.accept = "application/fhir+xml";
  const Answer answer = house.send(ask);
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.header("content-type").substr(0, 20), "application/fhir+xml");
  EXPECT_EQ(house.referrals().size(), 1U);
}

}  // namespace
}  // namespace gateway::door
