// The official examples: all valid but for those named here.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "fhir/packages/registry.hpp"
#include "fhir/terminology/terminology.hpp"
#include "fhir/validate/validator.hpp"

namespace fhir::validate {
namespace {

std::filesystem::path examples() {
  const char* const root = std::getenv("LIGAMENT_SUITES");
  const std::filesystem::path suites = root != nullptr
                                           ? std::filesystem::path(root)
                                           : std::filesystem::path(LIGAMENT_SOURCE_DIR) / "../shared/suites";
  return suites / "r4-examples";
}

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// Every error as "place: text".
std::vector<std::string> errors_of(const IssueList& issues) {
  std::vector<std::string> out;
  for (const Issue& issue : issues.items()) {
    if (issue.severity <= Severity::kError) out.push_back(issue.expression + ": " + issue.text);
  }
  return out;
}

/// Examples that are wrong, with the number of errors.
const std::map<std::string, std::size_t> kFaulty = {
    {"ActivityDefinition-heart-valve-replacement.json", 1},   // empty narrative
    {"EventDefinition-example.json", 1},                      // empty narrative
    {"Bundle-10bb101f-a121-4264-a920-67be9cb82c74.json", 1},  // fullUrl and id differ
    {"Bundle-lri-example.json", 16},                          // fullUrl and id differ
    {"Bundle-hla-1.json", 1},                                 // a part the extension does not have
    {"Library-zika-virus-intervention-logic.json", 2},        // no OID
    {"Observation-example-genetics-brcapat.json", 1},         // an extension nobody defines
    {"Questionnaire-qs1.json", 37},                           // no linkId
};

TEST(ValidatorExamples, OfficialExamplesAreValidButForRealFaults) {
  if (!std::filesystem::exists(examples())) GTEST_SKIP() << "no suites at " << examples();
  const packages::Registry registry = packages::Registry::core();
  const terminology::Terminology terminology(registry);
  const Validator validator(registry, terminology);
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(examples())) {
    if (entry.path().extension() != ".json") continue;
    ++files;
    const std::string bytes = bytes_of(entry.path());
    const tree::ReadOutcome read = json::read(bytes, definitions::r4());
    ASSERT_NE(read.tree, nullptr) << entry.path();
    const std::string name = entry.path().filename().string();
    const auto faulty = kFaulty.find(name);
    const std::vector<std::string> errors = errors_of(validator.validate(read.tree->root()));
    EXPECT_EQ(errors.size(), faulty == kFaulty.end() ? 0u : faulty->second)
        << name << " " << testing::PrintToString(errors);
  }
  EXPECT_GT(files, 300u);
}

}  // namespace
}  // namespace fhir::validate
