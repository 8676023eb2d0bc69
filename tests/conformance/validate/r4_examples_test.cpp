// The official R4 examples: none may be refused for its structure but those that are really wrong.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <map>
#include <set>
#include <string>

#include "fhir/json/reader.hpp"
#include "fhir/validate/validate.hpp"

namespace fhir::validate {
namespace {

std::filesystem::path examples_folder() {
  const char* const named = std::getenv("LIGAMENT_SUITES");
  const std::filesystem::path suites = named != nullptr
                                           ? std::filesystem::path(named)
                                           : std::filesystem::path(LIGAMENT_SOURCE_DIR) / "../shared/suites";
  return suites / "r4-examples";
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// Examples with a real fault of structure: how many errors, and which fault.
struct KnownFault {
  std::size_t errors;
  const char* reason;
};
const std::map<std::string, KnownFault> kKnownFaults = {
    {"ActivityDefinition-heart-valve-replacement.json", {1, "the narrative is empty (txt-2)"}},
    {"DeviceMetric-example.json", {1, "parent is a Device, and refers to a DeviceDefinition"}},
    {"DeviceUseStatement-example.json", {1, "reasonReference may not be a Procedure"}},
    {"EventDefinition-example.json", {1, "the narrative is empty (txt-2)"}},
    {"Library-zika-virus-intervention-logic.json", {2, "urn:oid:X.Y.Z is no OID"}},
    {"MedicationRequest-medrx0301.json",
     {1, "dispenseRequest.performer is an Organization, and refers to a Practitioner"}},
    {"Observation-clinical-gender.json", {1, "performer may not be an Encounter"}},
    {"Questionnaire-qs1.json", {32, "inner items have no linkId, which R4 requires"}},
};

TEST(R4Examples, AreRefusedOnlyForRealFaults) {
  const std::filesystem::path folder = examples_folder();
  if (!std::filesystem::is_directory(folder)) GTEST_SKIP() << "no examples at " << folder;
  std::size_t examples = 0;
  std::set<std::string> faulty;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".json") continue;
    ++examples;
    const std::string name = entry.path().filename().string();
    SCOPED_TRACE(name);
    const std::string bytes = read_file(entry.path());
    const tree::ReadOutcome outcome = json::read(bytes, definitions::r4());
    ASSERT_NE(outcome.tree, nullptr);
    EXPECT_TRUE(outcome.issues.empty());
    std::size_t errors = 0;
    std::string report;
    const IssueList issues = check(outcome.tree->root(), {.source = bytes});
    for (const Issue& issue : issues.items()) {
      if (issue.severity > Severity::kError) continue;
      ++errors;
      report.append(issue.expression).append(": ").append(issue.text).append("\n");
    }
    const auto known = kKnownFaults.find(name);
    EXPECT_EQ(errors, known == kKnownFaults.end() ? 0u : known->second.errors) << report;
    if (errors != 0) faulty.insert(name);
  }
  EXPECT_GE(examples, 300u);
  EXPECT_EQ(faulty.size(), kKnownFaults.size());
}

}  // namespace
}  // namespace fhir::validate
