#include "gateway/partner/task_words.hpp"

#include <gtest/gtest.h>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/json/writer.hpp"
#include "fhir/validate/validate.hpp"

namespace gateway::partner {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kTask = R"({"resourceType":"Task","id":"t1","status":"received",
 "businessStatus":{"coding":[{"system":"https://ligament.example/fhir/CodeSystem/referral-business-status","code":"awaiting-triage"}]},
 "intent":"order","priority":"routine","for":{"reference":"Patient/p1"},
 "owner":{"identifier":{"value":"99S10"}},
 "restriction":{"repetitions":1,"period":{"end":"2026-11-22T10:00:00Z"}},
 "note":[{"text":"old"}]})";

fhir::tree::TreePtr task() {
  return fhir::json::read(kTask, fhir::definitions::r4()).tree;
}

/// The word with everything any word may need.
Action action(Word word) {
  Action said;
  said.word = word;
  said.reason = {"capacity", "No capacity", "Full"};
  said.decided_by = {"Ada Example", "surgeon"};
  said.say = "Words";
  return said;
}

TEST(TaskWords, EveryWordSetsItsStatesAndStaysValid) {
  const fhir::Instant now = *fhir::parse_instant("2026-11-22T09:00:00Z");
  for (int at = 0; at < kWordCount; ++at) {
    const Word word = static_cast<Word>(at);
    SCOPED_TRACE(std::string(to_text(word)));
    EXPECT_EQ(row(word).word, word);
    const fhir::tree::TreePtr said = with_word(task()->root(), action(word), now);
    const std::string_view status = row(word).status.empty() ? "received" : row(word).status;
    const std::string_view business =
        row(word).business_status.empty() ? "awaiting-triage" : row(word).business_status;
    EXPECT_EQ(said->root().child("status").text(), status);
    EXPECT_EQ(said->root().at("businessStatus", "coding", "code").text(), business);
    EXPECT_EQ(said->root().at("for", "reference").text(), "Patient/p1");
    EXPECT_FALSE(fhir::validate::check(said->root(), {}).has_error());
  }
}

TEST(TaskWords, WhoDecidedIsTheAuthorOfANewNote) {
  const auto said = with_word(task()->root(), action(Word::kAccept), fhir::Instant{});
  const auto notes = said->root().children("note");
  ASSERT_EQ(notes.size(), 2u);
  EXPECT_EQ((*++notes.begin()).child("author").text(), "Ada Example, surgeon");
  EXPECT_EQ((*++notes.begin()).child("text").text(), "Words");
}

TEST(TaskWords, DestinationTimesAndPriorityAreSetWhenGiven) {
  Action said = action(Word::kBook);
  said.destination = Organisation{"99S21", "Coast"};
  said.by = 2h;
  said.starts = 24h;
  said.lasts = 30min;
  said.priority = "urgent";
  const auto made = with_word(task()->root(), said, *fhir::parse_instant("2026-11-22T09:00:00Z"));
  EXPECT_EQ(made->root().at("owner", "identifier", "value").text(), "99S21");
  EXPECT_EQ(made->root().at("restriction", "period", "end").text(), "2026-11-22T11:00:00.000Z");
  EXPECT_EQ(made->root().at("restriction", "repetitions").text(), "1");
  EXPECT_EQ(made->root().at("executionPeriod", "start").text(), "2026-11-23T09:00:00.000Z");
  EXPECT_EQ(made->root().at("executionPeriod", "end").text(), "2026-11-23T09:30:00.000Z");
  EXPECT_EQ(made->root().child("priority").text(), "urgent");
}

TEST(TaskWords, InformationIsAnInput) {
  const auto said = with_word(task()->root(), action(Word::kGiveInformation), fhir::Instant{});
  EXPECT_EQ(said->root().at("input", "value").text(), "Words");
  EXPECT_EQ(said->root().children("note").size(), 1u);
}

}  // namespace
}  // namespace gateway::partner
