#include "fhir/base/error.hpp"

#include <gtest/gtest.h>
#include <set>
#include <string_view>

namespace fhir {
namespace {

struct Row {
  ErrorCode code;
  int status;
  std::string_view issue;
  std::string_view ack;
  Retry retry;
};

constexpr Row kRows[] = {
    {ErrorCode::kInvalidRequest, 400, "invalid", "AE", Retry::kNever},
    {ErrorCode::kMalformed, 400, "structure", "AE", Retry::kNever},
    {ErrorCode::kUnsupported, 501, "not-supported", "AR", Retry::kNever},
    {ErrorCode::kNotFound, 404, "not-found", "AE", Retry::kNever},
    {ErrorCode::kConflict, 409, "conflict", "AE", Retry::kNever},
    {ErrorCode::kDuplicate, 409, "duplicate", "AE", Retry::kNever},
    {ErrorCode::kUnprocessable, 422, "business-rule", "AE", Retry::kNever},
    {ErrorCode::kUnauthenticated, 401, "login", "AR", Retry::kNever},
    {ErrorCode::kForbidden, 403, "forbidden", "AR", Retry::kNever},
    {ErrorCode::kTooLarge, 413, "too-long", "AR", Retry::kNever},
    {ErrorCode::kBusy, 429, "throttled", "AR", Retry::kLater},
    {ErrorCode::kTimedOut, 408, "timeout", "AR", Retry::kSameKeys},
    {ErrorCode::kCancelled, 503, "transient", "AR", Retry::kLater},
    {ErrorCode::kUnavailable, 503, "transient", "AR", Retry::kLater},
    {ErrorCode::kCommitUnknown, 503, "transient", "AR", Retry::kSameKeys},
    {ErrorCode::kCorrupt, 500, "exception", "AR", Retry::kNever},
    {ErrorCode::kInternal, 500, "exception", "AR", Retry::kNever},
};

TEST(ErrorTable, EveryCodeHasItsOutwardForm) {
  ASSERT_EQ(std::size(kRows), static_cast<std::size_t>(kErrorCodeCount));
  std::set<std::string_view> names;
  for (const Row& row : kRows) {
    const ErrorTraits& got = traits(row.code);
    EXPECT_EQ(got.http_status, row.status) << got.name;
    EXPECT_EQ(got.issue_type, row.issue) << got.name;
    EXPECT_EQ(got.hl7_ack, row.ack) << got.name;
    EXPECT_EQ(got.retry, row.retry) << got.name;
    EXPECT_TRUE(names.insert(got.name).second) << got.name << " twice";
  }
}

TEST(Error, TextIsNameThenDetail) {
  EXPECT_EQ(to_text(Error{ErrorCode::kBusy, "intake queue full", {}}), "busy: intake queue full");
  EXPECT_EQ(to_text(Error{ErrorCode::kNotFound, "", {}}), "not_found");
}

}  // namespace
}  // namespace fhir
