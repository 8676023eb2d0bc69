#include "fhir/validate/outcome.hpp"

#include <gtest/gtest.h>

namespace fhir::validate {
namespace {

TEST(ToOutcome, GivesEveryPartOfAnIssue) {
  IssueList issues;
  issues.add(Severity::kError, IssueType::kRequired, "Patient.contact[0]", "an element is missing",
             {120, 3, 7});
  issues.add(Severity::kWarning, IssueType::kValue, "", "something is odd");
  const tree::TreePtr outcome = to_outcome(issues);
  const tree::Node root = outcome->root();
  EXPECT_EQ(root.type(), "OperationOutcome");
  ASSERT_EQ(root.children("issue").size(), 2u);
  const tree::Node first = root.child("issue");
  EXPECT_EQ(first.child("severity").text(), "error");
  EXPECT_EQ(first.child("code").text(), "required");
  EXPECT_EQ(first.at("details", "text").text(), "an element is missing");
  EXPECT_EQ(first.child("diagnostics").text(), "line 3, column 7");
  EXPECT_EQ(first.child("expression").text(), "Patient.contact[0]");
  EXPECT_FALSE(first.at("details", "coding"));
  const tree::Node second = first.next_sibling();
  EXPECT_EQ(second.child("severity").text(), "warning");
  EXPECT_FALSE(second.child("expression"));
  EXPECT_FALSE(second.child("diagnostics"));
}

TEST(ToOutcome, PutsTheCodingOnErrorsOnly) {
  IssueList issues;
  issues.add(Severity::kFatal, IssueType::kStructure, "", "cannot be read");
  issues.add(Severity::kInformation, IssueType::kInformational, "", "by the way");
  const tree::TreePtr outcome = to_outcome(
      issues, {"https://fhir.nhs.uk/CodeSystem/http-error-codes", "REC_BAD_REQUEST", "Bad request"});
  const tree::Node first = outcome->root().child("issue");
  EXPECT_EQ(first.at("details", "coding", "code").text(), "REC_BAD_REQUEST");
  EXPECT_EQ(first.at("details", "coding", "system").text(),
            "https://fhir.nhs.uk/CodeSystem/http-error-codes");
  EXPECT_EQ(first.at("details", "coding", "display").text(), "Bad request");
  EXPECT_EQ(first.at("details", "text").text(), "cannot be read");
  EXPECT_FALSE(first.next_sibling().at("details", "coding"));
}

TEST(ToOutcome, SaysSoWhenNothingIsWrong) {
  const tree::TreePtr outcome = to_outcome(IssueList());
  ASSERT_EQ(outcome->root().children("issue").size(), 1u);
  EXPECT_EQ(outcome->root().at("issue", "severity").text(), "information");
}

TEST(ToOutcome, CountsWhatDidNotFit) {
  IssueList issues(2);
  for (int i = 0; i < 5; ++i)
    issues.add(Severity::kError, IssueType::kValue, "Patient", "wrong");
  const tree::TreePtr outcome = to_outcome(issues);
  ASSERT_EQ(outcome->root().children("issue").size(), 3u);
  tree::Node last;
  for (const tree::Node issue : outcome->root().children("issue"))
    last = issue;
  EXPECT_EQ(last.at("details", "text").text(), "3 further issues are not listed");
  EXPECT_EQ(last.child("severity").text(), "information");
}

}  // namespace
}  // namespace fhir::validate
