// The cases of HL7's validator, held against the outcomes it gave: structure alone finds part of the faults,
// and must raise no alarm where the official validator raises none.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <map>
#include <rapidjson/document.h>
#include <set>
#include <string>

#include "fhir/json/reader.hpp"
#include "fhir/validate/validate.hpp"
#include "fhir/xml/reader.hpp"

namespace fhir::validate {
namespace {

std::filesystem::path cases_folder() {
  const char* const named = std::getenv("LIGAMENT_SUITES");
  const std::filesystem::path suites = named != nullptr
                                           ? std::filesystem::path(named)
                                           : std::filesystem::path(LIGAMENT_SOURCE_DIR) / "../shared/suites";
  return suites / "fhir-test-cases" / "validator";
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// The first error of reading or checking the file; empty if there is none.
std::string first_error(const std::filesystem::path& path) {
  const std::string bytes = read_file(path);
  const tree::ReadOutcome read = path.extension() == ".json" ? json::read(bytes, definitions::r4())
                                                             : xml::read(bytes, definitions::r4());
  IssueList issues = read.issues;
  if (read.tree != nullptr) issues.append(check(read.tree->root(), {.source = bytes}));
  for (const Issue& issue : issues.items()) {
    if (issue.severity <= Severity::kError) return issue.expression + ": " + issue.text;
  }
  return {};
}

bool has_error(const tree::TreePtr& outcome) {
  for (const tree::Node issue : outcome->root().children("issue")) {
    const std::string_view severity = issue.child("severity").text();
    if (severity == "error" || severity == "fatal") return true;
  }
  return false;
}

/// Alarms where the official validator was told to be silent.
const std::map<std::string, const char*> kKnownAlarms = {
    {"contained-resource-bad-id-ignore", "the case switches the check of ids off"},
    {"json-comments-1-yes", "the case allows comments in JSON"},
    {"json-comments-2-yes", "the case allows comments in JSON"},
    {"aggregation-apart-good4", "the outcome was made with R5, where Encounter.class may be absent"},
};

TEST(OfficialOutcomes, RaiseNoFalseAlarm) {
  const std::filesystem::path folder = cases_folder();
  if (!std::filesystem::is_directory(folder)) GTEST_SKIP() << "no validator cases at " << folder;
  rapidjson::Document manifest;
  const std::string text = read_file(folder / "manifest.json");
  ASSERT_FALSE(manifest.Parse(text.data(), text.size()).HasParseError());
  std::size_t cases = 0;
  std::size_t agreed = 0;
  std::set<std::string> alarms;
  for (const auto& one : manifest["test-cases"].GetArray()) {
    const auto java = one.FindMember("java");
    const std::filesystem::path file = folder / one["file"].GetString();
    if (java == one.MemberEnd() || !java->value.IsString()) continue;
    if (file.extension() != ".json" && file.extension() != ".xml") continue;
    const std::filesystem::path recorded = folder / "outcomes" / java->value.GetString();
    if (!std::filesystem::exists(file) || !std::filesystem::exists(recorded)) continue;
    const tree::TreePtr outcome = json::read(read_file(recorded), definitions::r4()).tree;
    if (outcome == nullptr) continue;
    ++cases;
    const std::string error = first_error(file);
    if (error.empty() != has_error(outcome)) ++agreed;
    if (error.empty() || has_error(outcome)) continue;
    const std::string name = one["name"].GetString();
    alarms.insert(name);
    EXPECT_TRUE(kKnownAlarms.contains(name)) << name << "\n" << error;
  }
  EXPECT_GE(cases, 200u);
  EXPECT_LE(alarms.size(), kKnownAlarms.size());
  EXPECT_GE(agreed * 100, cases * 63) << "has-error agreement fell";
  RecordProperty("cases", static_cast<int>(cases));
  RecordProperty("agreed", static_cast<int>(agreed));
  std::printf("official outcomes: %zu of %zu agree on whether there is an error\n", agreed, cases);
}

}  // namespace
}  // namespace fhir::validate
