#include <gtest/gtest.h>

#include "tests/unit/gateway/bars/messages.hpp"

namespace gateway::bars {
namespace {

const UseCases kOurs{{"msk"}};
const std::string kAnswers =
    R"("response":{"identifier":"00000000-0000-4000-8000-0000000000aa","code":"ok"},)";

std::string plan(std::string_view status) {
  return entry(
      "05",
      R"({"resourceType":"CarePlan","status":")" + std::string(status) +
          R"(","intent":"plan","subject":{"reference":"urn:uuid:00000000-0000-4000-8000-000000000003"}})");
}
std::string visit(std::string_view status, std::string_view number = "06") {
  return entry(number, R"({"resourceType":"Encounter","status":")" + std::string(status) +
                           R"(","class":{"code":"AMB"}})");
}
std::string appointment(std::string_view status) {
  return entry("07", R"({"resourceType":"Appointment","status":")" + std::string(status) + R"("})");
}
const std::string kTask = entry("08", R"({"resourceType":"Task","status":"accepted","intent":"order"})");

Draft draft(std::string event, std::string reason, std::string category, std::string status,
            std::string entries, std::string use_case = "msk") {
  Draft made;
  made.response = event == "servicerequest-response" ? kAnswers : "";
  made.event = std::move(event);
  made.reason = std::move(reason);
  made.category = std::move(category);
  made.status = std::move(status);
  made.entries = std::move(entries);
  made.use_case = std::move(use_case);
  return made;
}

TEST(Decision, RowsOfTheTable) {
  const std::string req = "servicerequest-request";
  const std::string resp = "servicerequest-response";
  const std::string book = "booking-request";
  struct Row {
    Draft draft;
    std::string_view expected;
  };
  const Row rows[] = {
      {draft(req, "new", "referral", "active", ""), "new_referral"},
      {draft(req, "new", "referral", "active", plan("completed") + visit("triaged")), "new_referral"},
      {draft(req, "new", "referral", "active", plan("completed") + visit("finished")), "new_referral"},
      {draft(req, "new", "referral", "active", plan("entered-in-error")), "400 invariant"},
      {draft(req, "new", "referral", "active", visit("cancelled")), "400 invariant"},
      {draft(req, "new", "referral", "draft", ""), "400 invariant"},
      {draft(req, "new", "referral", "revoked", ""), "400 invariant"},
      {draft(req, "new", "referral", "active", "", "a1t1"), "other_use_case"},
      {draft(req, "new", "validation", "active", plan("active") + visit("triaged")), "new_validation"},
      {draft(req, "new", "validation", "active", visit("in-progress")), "new_validation"},
      {draft(req, "new", "validation", "active", ""), "400 invariant"},
      {draft(req, "update", "referral", "revoked", ""), "cancel_referral"},
      {draft(req, "update", "referral", "entered-in-error", ""), "cancel_referral"},
      {draft(req, "update", "validation", "revoked", ""), "cancel_referral"},
      {draft(req, "update", "validation", "active", ""), "update_validation"},
      {draft(req, "update", "validation", "on-hold", ""), "update_validation"},
      {draft(req, "update", "referral", "active", ""), "update_referral"},
      {draft(req, "update", "referral", "active", "", "a1t1"), "400 invariant"},
      {draft(req, "update", "referral", "completed", ""), "400 invariant"},
      {draft(req, "delete", "referral", "revoked", ""), "400 invariant"},
      {draft(req, "", "referral", "active", ""), "400 invariant"},
      {draft(req, "new", "request", "active", ""), "400 invariant"},
      {draft(resp, "new", "referral", "revoked", appointment("noshow")), "no_show"},
      {draft(resp, "new", "referral", "revoked", ""), "no_show"},
      {draft(resp, "new", "referral", "active", kTask), "referral_response"},
      {draft(resp, "update", "referral", "active", kTask), "referral_response"},
      {draft(resp, "new", "referral", "active", ""), "400 invariant"},
      {draft(resp, "new", "validation", "active", visit("in-progress")), "interim_response"},
      {draft(resp, "update", "validation", "completed", visit("triaged")), "final_response"},
      {draft(resp, "update", "validation", "active", visit("finished")), "final_response"},
      {draft(resp, "update", "validation", "revoked", ""), "rejected_response"},
      {draft(book, "new", "referral", "active", appointment("booked")), "new_booking"},
      {draft(book, "new", "referral", "active", appointment("cancelled")), "400 invariant"},
      {draft(book, "update", "referral", "active", appointment("cancelled")), "cancel_booking"},
      {draft(book, "update", "referral", "active", appointment("entered-in-error")), "cancel_booking"},
      {draft(book, "update", "referral", "active", appointment("booked")), "update_booking"},
      {draft("booking-response", "new", "referral", "active", ""), "400 invariant"},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.draft.event + " " + row.draft.reason + " " + row.draft.category + " " +
                 row.draft.status + row.draft.entries);
    EXPECT_EQ(verdict(read(row.draft.json()), kOurs), row.expected);
  }
}

TEST(Decision, AResponseNamesWhatItAnswers) {
  Draft made = draft("servicerequest-response", "new", "referral", "active", kTask);
  made.response.clear();
  EXPECT_EQ(verdict(read(made.json()), kOurs), "400 invariant");
}

TEST(Decision, TheVisitOfTheRequestCountsNotTheFirst) {
  Draft made = draft("servicerequest-response", "new", "validation", "active",
                     visit("triaged", "06") + visit("in-progress", "0a"));
  made.focus = "urn:uuid:00000000-0000-4000-8000-00000000000A";
  EXPECT_EQ(verdict(read(made.json()), kOurs), "interim_response");
}

TEST(Decision, EveryRowIsReachable) {
  for (const DecisionRow& row : decision_rows())
    EXPECT_FALSE(row.event.empty() || row.reason.empty());
  for (int i = 0; i < kActionCount; ++i)
    EXPECT_FALSE(to_text(static_cast<Action>(i)).empty());
}

}  // namespace
}  // namespace gateway::bars
