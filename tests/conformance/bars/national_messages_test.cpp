// The published messages of the national standard against our decision table: what each asks for, and whether
// its NHS number stands. The expected rows follow from the guide's receiver rules, with the known defects of
// the samples.
#include <cstdio>
#include <filesystem>
#include <gtest/gtest.h>
#include <map>
#include <string>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/xml/reader.hpp"
#include "gateway/bars/decision.hpp"
#include "gateway/identity/patient_identity.hpp"
#include "tests/conformance/suites.hpp"

namespace gateway::bars {
namespace {

struct Expected {
  std::string_view served_elsewhere;  ///< Verdict of a hub whose use case is its own.
  std::string_view served_here;       ///< Verdict of a receiver that serves the message's use case.
  std::string_view number;            ///< `good`, `refused` or `none`.
};

/// By the beginning of the file name. Sample number 3478526985 fails modulus 11, as does every national
/// sample that bears it.
const std::map<std::string, Expected> kExpected = {
    {"REFREQ01", {"other_use_case", "new_referral", "refused"}},
    {"REFREQ02", {"other_use_case", "new_referral", "refused"}},
    {"REFREQ03", {"other_use_case", "new_referral", "refused"}},
    {"REFREQ04", {"other_use_case", "new_referral", "refused"}},
    {"REFREQ05", {"other_use_case", "new_referral", "refused"}},
    {"REFREQ06", {"other_use_case", "new_referral", "refused"}},
    {"REFREQ07", {"other_use_case", "new_referral", "refused"}},
    {"SERVREQ01", {"cancel_referral", "cancel_referral", "refused"}},
    {"VALREQ01", {"new_validation", "new_validation", "refused"}},
    {"VALRESP01 ", {"new_validation", "new_validation", "refused"}},  // the HTTP answer echoes the request
    {"VALRESP01A", {"interim_response", "interim_response", "refused"}},
    {"VALRESP01B", {"final_response", "final_response", "refused"}},
    {"BOOKREQ01", {"new_booking", "new_booking", "good"}},
    {"BOOKREQRESP01", {"400 invalid", "400 invalid", "none"}},  // a searchset
    {"POST-body", {"new_booking", "new_booking", "good"}},
    {"POST-success", {"400 invariant", "400 invariant", "none"}},  // no versionId
    {"Booking (POST)", {"new_booking", "new_booking", "good"}},
    {"ValidationRequest (POST)", {"new_validation", "new_validation", "refused"}},
    {"ValidationResponse (POST)", {"final_response", "final_response", "refused"}},
    {"ValidationRequest (HTTP Response)", {"400 invariant", "400 invariant", "none"}},
    {"Booking (HTTP Response)", {"400 invariant", "400 invariant", "none"}},
};

const Expected* find_expected(const std::string& name) {
  const std::pair<const std::string, Expected>* best = nullptr;
  for (const auto& row : kExpected) {
    if (name.starts_with(row.first) && (best == nullptr || row.first.size() > best->first.size()))
      best = &row;
  }
  return best == nullptr ? nullptr : &best->second;
}

fhir::tree::TreePtr read_file(const std::filesystem::path& path) {
  const std::string bytes = fhir::conformance::bytes_of(path);
  if (path.extension() == ".xml") return fhir::xml::read(bytes, fhir::definitions::r4()).tree;
  return fhir::json::read(bytes, fhir::definitions::r4()).tree;
}

std::string verdict(const tl::expected<Action, Refusal>& decided) {
  if (decided) return std::string(to_text(*decided));
  return std::to_string(decided.error().http_status())
      .append(" ")
      .append(fhir::to_code(decided.error().issues.items().front().type));
}

std::string verdict(const fhir::tree::TreePtr& tree, const UseCases& ours) {
  const auto message = decode(tree, DecodeLimits{});
  if (!message) return verdict(tl::expected<Action, Refusal>(tl::unexpected(message.error())));
  return verdict(decide(*message, ours));
}

std::string number(const fhir::tree::TreePtr& tree) {
  const auto message = decode(tree, DecodeLimits{});
  if (!message) return "none";
  fhir::IssueList issues;
  const auto now = *fhir::parse_instant("2026-11-22T00:00:00Z");
  const auto identity = identity::read_identity(message->patient, identity::Environment::kTest, now, issues);
  if (identity.nhs_number_refused) return "refused";
  return identity.nhs_number.empty() ? "none" : "good";
}

bool is_message(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  if (path.parent_path().filename() != "examples") return path.extension() == ".json";
  for (const std::string_view start : {"REFREQ", "VALREQ", "SERVREQ", "BOOKREQ", "VALRESP"}) {
    if (name.starts_with(start)) return path.extension() == ".xml";
  }
  return false;
}

TEST(NationalMessages, AskForWhatTheGuideSays) {
  const std::filesystem::path suite = fhir::conformance::suite("bars");
  if (suite.empty()) GTEST_SKIP() << "no bars in LIGAMENT_SUITES";
  const UseCases elsewhere{{"msk"}};
  const UseCases here{{"a1t1", "a3t1", "a4t1", "a5t1", "a5t2", "a5t3", "a6t1", "a6t3"}};
  std::size_t files = 0;
  for (const auto& root : {suite / "examples", suite / "api-1.3.0" / "process_message"}) {
    for (const std::filesystem::path& file : fhir::conformance::files_of(root)) {
      if (!is_message(file)) continue;
      const std::string name = file.filename().string();
      SCOPED_TRACE(name);
      const Expected* expected = find_expected(name);
      ASSERT_NE(expected, nullptr) << "a file without an expected row";
      const fhir::tree::TreePtr tree = read_file(file);
      ASSERT_NE(tree, nullptr);
      const std::string theirs = verdict(tree, elsewhere);
      const std::string ours = verdict(tree, here);
      const std::string checked = number(tree);
      std::printf("%-34.34s %-18s %-18s %s\n", name.c_str(), theirs.c_str(), ours.c_str(), checked.c_str());
      EXPECT_EQ(theirs, expected->served_elsewhere);
      EXPECT_EQ(ours, expected->served_here);
      EXPECT_EQ(checked, expected->number);
      ++files;
    }
  }
  EXPECT_EQ(files, kExpected.size());
}

TEST(NationalErrors, EveryPublishedReceiverErrorIsOneOfOurs) {
  const std::filesystem::path suite = fhir::conformance::suite("bars");
  if (suite.empty()) GTEST_SKIP() << "no bars in LIGAMENT_SUITES";
  std::size_t files = 0;
  std::size_t known = 0;
  for (const std::filesystem::path& file :
       fhir::conformance::files_of(suite / "api-1.3.0" / "OperationOutcome" / "REC")) {
    const fhir::tree::TreePtr tree = read_file(file);
    const std::string name = file.filename().string();
    SCOPED_TRACE(name);
    ASSERT_NE(tree, nullptr);
    ++files;
    const fhir::tree::Node issue = tree->root().child("issue");
    const std::string_view code = issue.at("details", "coding", "code").text();
    for (int i = 0; i < kRecCount; ++i) {
      const RecTraits& row = traits(static_cast<Rec>(i));
      if (row.code != code && !(code == "REC_SERVICE_UNAVAILABLE" && row.code == "REC_UNAVAILABLE")) continue;
      ++known;
      EXPECT_TRUE(name.starts_with(std::to_string(row.http_status)));
    }
  }
  EXPECT_EQ(known, files);
  EXPECT_GT(files, 15u);
}

}  // namespace
}  // namespace gateway::bars
