#include "gateway/outbox/answer.hpp"

#include <gtest/gtest.h>

namespace gateway::outbox {
namespace {

constexpr std::string_view kBundleId = "8e5fc76d-e1cf-4004-b4b3-5717a5807e86";
constexpr std::string_view kRequestId = "11111111-e1cf-4004-b4b3-5717a5807e86";
constexpr std::string_view kCorrelationId = "22222222-e1cf-4004-b4b3-5717a5807e86";

store::DeliveryRow delivery() {
  store::DeliveryRow row;
  row.business_id = kBundleId;
  row.request_id = kRequestId;
  row.correlation_id = kCorrelationId;
  return row;
}

std::string business_answer(std::string_view identifier, std::string_view code) {
  return R"({"resourceType":"Bundle","type":"message","entry":[{"resource":{"resourceType":"MessageHeader",)"
         R"("eventCoding":{"code":"servicerequest-response"},"source":{"endpoint":"x|1"},"response":{"identifier":")" +
         std::string(identifier) + R"(","code":")" + std::string(code) + "\"}}}]}";
}

std::string outcome(std::string_view code) {
  return R"({"resourceType":"OperationOutcome","issue":[{"severity":"error","code":")" + std::string(code) +
         "\"}]}";
}

http::Response response(int status, std::string body, bool mirrored = true) {
  http::Response made = http::make_response(status, "application/fhir+json", std::move(body));
  if (mirrored) {
    made.headers.set("X-Request-Id", kRequestId);
    made.headers.set("X-Correlation-Id", kCorrelationId);
  }
  return made;
}

TEST(Answer, OnlyTheBusinessAnswerDelivers) {
  struct Row {
    const char* what;
    http::Response response;
    Verdict verdict;
    std::string_view code;
  };
  const Row rows[] = {
      {"named and ok", response(200, business_answer(kBundleId, "ok")), Verdict::kDelivered, "answered"},
      {"named, ids not mirrored", response(200, business_answer(kBundleId, "ok"), false), Verdict::kDelivered,
       "answered"},
      {"another message", response(200, business_answer("other", "ok")), Verdict::kAwaitingAnswer,
       "answers-another-message"},
      {"no body", response(202, ""), Verdict::kAwaitingAnswer, "no-business-answer"},
      {"not FHIR", response(200, "<html>"), Verdict::kAwaitingAnswer, "no-business-answer"},
      {"outcome only", response(200, outcome("informational")), Verdict::kAwaitingAnswer,
       "no-business-answer"},
      {"transient", response(200, business_answer(kBundleId, "transient-error")), Verdict::kRetry,
       "transient-error"},
      {"fatal", response(200, business_answer(kBundleId, "fatal-error")), Verdict::kDead, "fatal-error"},
      {"duplicate", response(409, outcome("duplicate")), Verdict::kDelivered, "duplicate"},
      {"conflict", response(409, outcome("conflict")), Verdict::kDead, "http-409"},
      {"too early", response(425, outcome("duplicate")), Verdict::kRetry, "http-425"},
      {"too many", response(429, outcome("transient")), Verdict::kRetry, "http-429"},
      {"timeout", response(408, outcome("timeout")), Verdict::kRetry, "http-408"},
      {"server error", response(500, outcome("exception")), Verdict::kRetry, "http-500"},
      {"unavailable without ids", response(503, "", false), Verdict::kRetry, "http-503"},
      {"refused", response(422, outcome("not-supported")), Verdict::kDead, "http-422"},
      {"refused without ids", response(400, outcome("invalid"), false), Verdict::kRetry, "ids-not-mirrored"},
      {"refused without outcome", response(404, "<html>"), Verdict::kRetry, "no-operation-outcome"},
      {"redirect", response(302, ""), Verdict::kRetry, "no-operation-outcome"},
  };
  for (const Row& row : rows) {
    const Answer answer = interpret(delivery(), row.response);
    EXPECT_EQ(answer.verdict, row.verdict) << row.what;
    EXPECT_EQ(answer.code, row.code) << row.what;
  }
}

TEST(Answer, FailureOfTheTransportIsRetried) {
  const Answer answer = interpret(delivery(), fhir::fail(fhir::ErrorCode::kTimedOut));
  EXPECT_EQ(answer.verdict, Verdict::kRetry);
  EXPECT_EQ(answer.code, "timed_out");
}

TEST(Answer, RetryAfterIsTakenInSecondsAndBounded) {
  http::Response busy = response(429, outcome("throttled"));
  busy.headers.set("Retry-After", "30");
  EXPECT_EQ(interpret(delivery(), busy).retry_after, std::chrono::seconds(30));
  busy.headers.set("Retry-After", "999999999");
  EXPECT_EQ(interpret(delivery(), busy).retry_after, std::chrono::hours(1));
  busy.headers.set("Retry-After", "Wed, 21 Oct 2026 07:28:00 GMT");
  EXPECT_EQ(interpret(delivery(), busy).retry_after, std::nullopt);
}

}  // namespace
}  // namespace gateway::outbox
