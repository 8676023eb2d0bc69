// The official examples: all valid but for those named here.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <map>
#include <set>
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

TEST(ValidatorExamples, OfficialExamplesAreValid) {
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
    for (const std::string& error : errors_of(validator.validate(read.tree->root())))
      ADD_FAILURE() << entry.path().filename().string() << " " << error;
  }
  EXPECT_GT(files, 300u);
}

}  // namespace
}  // namespace fhir::validate
