#include "gateway/bars/rec_error.hpp"

#include <gtest/gtest.h>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/writer.hpp"

namespace gateway::bars {
namespace {

using fhir::ErrorCode;
using fhir::IssueType;

TEST(RecError, RowsOfTheErrorTable) {
  struct Row {
    ErrorCode code;
    std::string_view rec;
    int status;
    std::string_view issue;
  };
  const Row rows[] = {
      {ErrorCode::kInvalidRequest, "REC_BAD_REQUEST", 400, "invalid"},
      {ErrorCode::kMalformed, "REC_BAD_REQUEST", 400, "invalid"},
      {ErrorCode::kUnsupported, "REC_NOT_IMPLEMENTED", 501, "not-supported"},
      {ErrorCode::kNotFound, "REC_NOT_FOUND", 404, "not-found"},
      {ErrorCode::kConflict, "REC_CONFLICT", 409, "conflict"},
      {ErrorCode::kDuplicate, "REC_CONFLICT", 409, "duplicate"},
      {ErrorCode::kUnprocessable, "REC_UNPROCESSABLE_ENTITY", 422, "business-rule"},
      {ErrorCode::kUnauthenticated, "REC_UNAUTHORIZED", 401, "security"},
      {ErrorCode::kForbidden, "REC_FORBIDDEN", 403, "forbidden"},
      {ErrorCode::kTooLarge, "REC_UNPROCESSABLE_ENTITY", 422, "too-costly"},
      {ErrorCode::kBusy, "REC_TOO_MANY_REQUESTS", 429, "throttled"},
      {ErrorCode::kTimedOut, "REC_TIMEOUT", 408, "timeout"},
      {ErrorCode::kCancelled, "REC_UNAVAILABLE", 503, "transient"},
      {ErrorCode::kUnavailable, "REC_UNAVAILABLE", 503, "transient"},
      {ErrorCode::kCommitUnknown, "REC_UNAVAILABLE", 503, "transient"},
      {ErrorCode::kCorrupt, "REC_SERVER_ERROR", 500, "exception"},
      {ErrorCode::kInternal, "REC_SERVER_ERROR", 500, "exception"},
  };
  static_assert(std::size(rows) == fhir::kErrorCodeCount);
  for (const Row& row : rows) {
    const Refusal refused = refusal(fhir::Error{row.code, "why"});
    EXPECT_EQ(traits(refused.rec).code, row.rec);
    EXPECT_EQ(refused.http_status(), row.status);
    EXPECT_EQ(fhir::to_code(refused.issues.items().front().type), row.issue);
    EXPECT_TRUE(allows(refused.rec, refused.issues.items().front().type));
  }
}

TEST(RecError, EveryCodeHasAnIssueAndAnHttpErrorStatus) {
  for (int i = 0; i < kRecCount; ++i) {
    const RecTraits& row = traits(static_cast<Rec>(i));
    EXPECT_TRUE(row.code.starts_with("REC_"));
    EXPECT_GE(row.http_status, 400);
    EXPECT_FALSE(row.issues.empty());
  }
}

TEST(RecError, DuplicateIsSaidOfNothingElse) {
  for (int i = 0; i < kRecCount; ++i) {
    const auto rec = static_cast<Rec>(i);
    EXPECT_EQ(allows(rec, IssueType::kDuplicate), rec == Rec::kConflict || rec == Rec::kTooEarly);
  }
}

TEST(RecError, ContentThatBreaksRulesIs422AndContentThatCannotBeReadIs400) {
  fhir::IssueList rules;
  rules.add(fhir::Severity::kError, IssueType::kBusinessRule, "Task.for", "never changes");
  rules.add(fhir::Severity::kWarning, IssueType::kValue, "Task", "odd");
  EXPECT_EQ(refusal(rules).http_status(), 422);
  rules.add(fhir::Severity::kError, IssueType::kStructure, "Task.status", "wrong type");
  const Refusal mixed = refusal(rules);
  EXPECT_EQ(mixed.http_status(), 400);
  for (const fhir::Issue& issue : mixed.issues.items()) {
    if (issue.severity == fhir::Severity::kError) EXPECT_TRUE(allows(mixed.rec, issue.type));
  }
}

TEST(RecError, WhatCannotBeReadIs400WhateverTheRule) {
  fhir::IssueList rules;
  rules.add(fhir::Severity::kFatal, IssueType::kDuplicate, "Bundle.type", "the member stands twice");
  rules.add(fhir::Severity::kFatal, IssueType::kTooCostly, "Bundle", "too many members");
  const Refusal refused = refusal(Rec::kBadRequest, rules);
  EXPECT_EQ(refused.http_status(), 400);
  for (const fhir::Issue& issue : refused.issues.items()) {
    EXPECT_TRUE(allows(Rec::kBadRequest, issue.type));
  }
}

TEST(RecError, OutcomeIsTheNationalShape) {
  const Refusal refused =
      refusal(Rec::kConflict, IssueType::kDuplicate, "Bundle.entry[0]", "already processed");
  EXPECT_EQ(
      fhir::json::write(build_outcome(fhir::definitions::r4(), refused, "o1")->root()),
      R"({"resourceType":"OperationOutcome","id":"o1","meta":{"profile":["https://fhir.hl7.org.uk/StructureDefinition/)"
      R"(UKCore-OperationOutcome"]},"issue":[{"severity":"error","code":"duplicate","details":{"coding":[{"system":)"
      R"("https://fhir.nhs.uk/CodeSystem/http-error-codes","code":"REC_CONFLICT"}]},"diagnostics":"already processed",)"
      R"("expression":["Bundle.entry[0]"]}]})");
}

}  // namespace
}  // namespace gateway::bars
