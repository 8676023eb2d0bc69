// The official examples and the national ones through both formats and back.
#include <cstdio>
#include <gtest/gtest.h>
#include <string>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/json/writer.hpp"
#include "fhir/xml/reader.hpp"
#include "fhir/xml/writer.hpp"
#include "tests/conformance/suites.hpp"

namespace fhir::conformance {
namespace {

using tree::ReadOutcome;

const tree::TypeTable& r4() {
  return definitions::r4();
}

std::string first_issue(const ReadOutcome& outcome) {
  if (outcome.issues.empty()) return "no issue";
  const Issue& issue = outcome.issues.items().front();
  return issue.expression + ": " + issue.text + " (line " + std::to_string(issue.position.line) + ")";
}

TEST(RoundTrip, OfficialExamplesKeepTheirBytes) {
  const auto folder = suite("r4-examples");
  if (folder.empty()) GTEST_SKIP() << "no r4-examples in LIGAMENT_SUITES";
  std::size_t files = 0;
  std::size_t exact = 0;
  for (const auto& file : files_of(folder)) {
    SCOPED_TRACE(file.filename().string());
    const std::string bytes = bytes_of(file);
    const ReadOutcome from_json = json::read(bytes, r4());
    ASSERT_NE(from_json.tree, nullptr) << first_issue(from_json);
    EXPECT_FALSE(from_json.issues.has_error()) << first_issue(from_json);
    const std::string json = json::write(from_json.tree->root());
    const ReadOutcome again = json::read(json, r4());
    ASSERT_NE(again.tree, nullptr) << first_issue(again);
    EXPECT_EQ(json::write(again.tree->root()), json);
    const std::string pretty = json::write(from_json.tree->root(), tree::Layout::kPretty);
    EXPECT_EQ(json::write(json::read(pretty, r4()).tree->root()), json);

    const std::string xml = xml::write(from_json.tree->root());
    const ReadOutcome from_xml = xml::read(xml, r4());
    ASSERT_NE(from_xml.tree, nullptr) << first_issue(from_xml);
    EXPECT_FALSE(from_xml.issues.has_error()) << first_issue(from_xml);
    EXPECT_EQ(json::write(from_xml.tree->root()), json);
    EXPECT_EQ(xml::write(from_xml.tree->root()), xml);
    const std::string pretty_xml = xml::write(from_json.tree->root(), tree::Layout::kPretty);
    const ReadOutcome from_pretty = xml::read(pretty_xml, r4());
    ASSERT_NE(from_pretty.tree, nullptr) << first_issue(from_pretty);
    EXPECT_EQ(json::write(from_pretty.tree->root()), json);
    ++files;
    if (json == bytes || pretty == bytes) ++exact;
  }
  std::printf("%zu examples read, written and read again in JSON and XML; %zu as they stood\n", files, exact);
  EXPECT_GT(files, 0u);
}

TEST(RoundTrip, BookingAndReferralExamplesAreReadOrRefusedWithAReason) {
  const auto folder = suite("bars/examples");
  if (folder.empty()) GTEST_SKIP() << "no bars/examples in LIGAMENT_SUITES";
  std::size_t read = 0;
  std::size_t flawed = 0;
  for (const auto& file : files_of(folder)) {
    const bool is_json = file.extension() == ".json";
    if (!is_json && file.extension() != ".xml") continue;
    SCOPED_TRACE(file.filename().string());
    const std::string bytes = bytes_of(file);
    const ReadOutcome outcome = is_json ? json::read(bytes, r4()) : xml::read(bytes, r4());
    ++read;
    if (outcome.issues.has_error()) {
      ++flawed;
      std::printf("%s: %s\n", file.filename().c_str(), first_issue(outcome).c_str());
    }
    if (outcome.tree == nullptr) {
      EXPECT_TRUE(outcome.issues.has_error());
      continue;
    }
    const std::string json = json::write(outcome.tree->root());
    const ReadOutcome again = json::read(json, r4());
    ASSERT_NE(again.tree, nullptr) << first_issue(again);
    EXPECT_EQ(json::write(again.tree->root()), json);
    const ReadOutcome from_xml = xml::read(xml::write(outcome.tree->root()), r4());
    ASSERT_NE(from_xml.tree, nullptr) << first_issue(from_xml);
    EXPECT_EQ(json::write(from_xml.tree->root()), json);
  }
  std::printf("%zu booking and referral examples, %zu with errors of the format\n", read, flawed);
  EXPECT_GT(read, 0u);
}

}  // namespace
}  // namespace fhir::conformance
