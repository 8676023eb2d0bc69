// The words in a Task that a partner puts: kept, told, and read by the red-flag gate.
#include <gmock/gmock.h>

#include "tests/unit/gateway/intake/task_put.hpp"

namespace gateway::intake {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

std::string note(const std::string& text) {
  return R"(,"note":[{"text":")" + text + R"("}])";
}

std::string status_of(House& house) {
  return std::string(house.resource("Task", house.referral().task_id)->root().child("status").text());
}

std::vector<std::string> notes(House& house) {
  std::vector<std::string> texts;
  const auto task = house.resource("Task", house.referral().task_id);
  for (const fhir::tree::Node each : task->root().children("note"))
    texts.emplace_back(each.child("text").text());
  return texts;
}

TEST(TaskNote, AloneIsKeptAndChangesNothingElse) {
  House house;
  referred(house);
  const auto put_note =
      put(house, kHub, task_text(house, house.referral().task_id, "requested", note("Rang the patient.")));
  ASSERT_TRUE(put_note.has_value());
  EXPECT_EQ(put_note->version, 2);
  EXPECT_EQ(house.referral().state, "received");
  EXPECT_THAT(notes(house), Contains("Rang the patient."));
}

TEST(TaskNote, OfTheAuthorGoesToWhoWorksOnIt) {
  House house;
  referred(house);
  const std::size_t before = house.deliveries().size();
  ASSERT_TRUE(
      put(house, kGp, task_text(house, house.referral().task_id, "requested", note("Moves house in May.")))
          .has_value());
  ASSERT_EQ(house.deliveries().size(), before + 1);
  EXPECT_EQ(house.deliveries().back().destination, "sussex-hub");
  EXPECT_THAT(house.body_of(house.deliveries().back().seq), HasSubstr("Moves house in May."));
}

TEST(TaskNote, OnceWrittenStays) {
  House house;
  referred(house);
  ASSERT_TRUE(
      put(house, kHub, task_text(house, house.referral().task_id, "requested", note("First."))).has_value());
  std::string second = task_text(house, house.referral().task_id, "requested");
  const std::size_t at = second.find("First.");
  ASSERT_NE(at, std::string::npos);
  second.replace(at, 6, "Second.");
  ASSERT_TRUE(put(house, kHub, second).has_value());
  EXPECT_THAT(notes(house), Contains("First."));
  EXPECT_THAT(notes(house), Contains("Second."));
}

TEST(TaskNote, AnElementThatDecidesNothingAloneIsRefused) {
  House house;
  referred(house);
  const auto refused = put(house, kHub,
                           task_text(house, house.referral().task_id, "requested",
                                     R"(,"executionPeriod":{"start":"2026-12-01T09:00:00Z"})"));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().http_status, 409);
  EXPECT_EQ(house.referral().task_version, 1);
}

TEST(TaskGate, ANoteThatSpeaksOfARedFlagEscalates) {
  House house;
  referred(house);
  const auto put_note =
      put(house, kGp,
          task_text(house, house.referral().task_id, "requested", note("Now also new saddle numbness.")));
  ASSERT_TRUE(put_note.has_value());
  EXPECT_EQ(house.referral().state, "escalated");
  EXPECT_NE(house.referral().flags & store::kRedFlag, 0u);
  EXPECT_THAT(house.work_kinds(), Contains("red-flag"));
  EXPECT_EQ(put_note->version, house.referral().task_version) << "the caller gets the Task as it is now";
  ASSERT_FALSE(house.sink.alerts.empty());
  EXPECT_EQ(house.sink.alerts.back().kind, "red-flag");
}

TEST(TaskGate, OrdinaryWordsRaiseNothing) {
  House house;
  referred(house);
  ASSERT_TRUE(put(house, kHub, task_text(house, house.referral().task_id, "requested", note("Seen today.")))
                  .has_value());
  EXPECT_THAT(house.work_kinds(), Not(Contains("red-flag")));
}

TEST(TaskGate, AnUpdateThatIsRefusedIsReadToo) {
  House house;
  referred(house);
  const std::string text = task_text(house, house.referral().task_id, "on-hold", note("new saddle numbness"));
  ASSERT_FALSE(put(house, kHub, text).has_value());
  EXPECT_NE(house.referral().flags & store::kRedFlag, 0u);
  // Of somebody the referral does not concern: for a person, and not on the referral.
  House other;
  referred(other);
  ASSERT_FALSE(put(other, kProvider,
                   task_text(other, other.referral().task_id, "on-hold", note("new saddle numbness")))
                   .has_value());
  EXPECT_EQ(other.referral().flags & store::kRedFlag, 0u);
  EXPECT_THAT(other.work_kinds(), Contains("red-flag"));
}

TEST(TaskGate, AClosedReferralOpensWorkForAPerson) {
  House house;
  referred(house);
  const std::string rejected = task_text(
      house, house.referral().task_id, "rejected",
      R"(,"statusReason":{"text":"Not for us: saddle numbness since yesterday, please see today."})");
  ASSERT_TRUE(put(house, kHub, rejected).has_value());
  EXPECT_EQ(status_of(house), "rejected");
  EXPECT_THAT(house.work_kinds(), Contains("red-flag"));
}

TEST(TaskGate, WordsReadBeforeRaiseNothingAgain) {
  House house;
  referred(house);
  ASSERT_TRUE(
      put(house, kGp, task_text(house, house.referral().task_id, "requested", note("new saddle numbness")))
          .has_value());
  const std::size_t work = house.work().size();
  ASSERT_TRUE(put(house, kGp, fhir::json::write(house.resource("Task", house.referral().task_id)->root()))
                  .has_value());
  EXPECT_EQ(house.work().size(), work);
}

}  // namespace
}  // namespace gateway::intake
