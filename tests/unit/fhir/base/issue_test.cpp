#include "fhir/base/issue.hpp"

#include <gtest/gtest.h>

namespace fhir {
namespace {

TEST(IssueList, KeepsTheFirstErrorPastCapacity) {
  IssueList issues(2);
  issues.add(Severity::kWarning, IssueType::kValue, "A", "one");
  issues.add(Severity::kInformation, IssueType::kValue, "B", "two");
  EXPECT_FALSE(issues.has_error());
  issues.add(Severity::kWarning, IssueType::kValue, "C", "three");
  EXPECT_EQ(issues.dropped(), 1u);
  issues.add(Severity::kError, IssueType::kRequired, "D", "four");
  EXPECT_TRUE(issues.has_error());
  ASSERT_EQ(issues.items().size(), 3u);
  EXPECT_EQ(issues.items().back().expression, "D");
  issues.add(Severity::kError, IssueType::kRequired, "E", "five");
  EXPECT_EQ(issues.dropped(), 2u);
}

TEST(Locate, CountsLinesAndColumnsFromOne) {
  const std::string_view text = "ab\ncd\n\nx";
  EXPECT_EQ(locate(text, 0).line, 1u);
  EXPECT_EQ(locate(text, 0).column, 1u);
  EXPECT_EQ(locate(text, 4).line, 2u);
  EXPECT_EQ(locate(text, 4).column, 2u);
  EXPECT_EQ(locate(text, 7).line, 4u);
  EXPECT_EQ(locate(text, 100).line, 4u);
}

TEST(IssueCodes, AreFhirCodes) {
  EXPECT_EQ(to_code(Severity::kInformation), "information");
  EXPECT_EQ(to_code(IssueType::kTooLong), "too-long");
  EXPECT_EQ(to_code(IssueType::kBusinessRule), "business-rule");
}

}  // namespace
}  // namespace fhir
