// The official FHIRPath suite for R4, counted.
#include "conformance/runner/fhirpath_suite.hpp"

#include <cstdio>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <string>

#include "tests/conformance/suites.hpp"

namespace fhir::path {
namespace {

/// The number of tests that pass must not fall below this.
constexpr std::size_t kReached = 935;
constexpr std::size_t kTestsInSuite = 935;

std::map<std::string, std::string> read_skips() {
  std::map<std::string, std::string> skips;
  std::ifstream file(std::string(LIGAMENT_SOURCE_DIR) + "/tests/conformance/path/skip_list.txt");
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    const std::size_t space = line.find(' ');
    skips[line.substr(0, space)] = space == std::string::npos ? "" : line.substr(space + 1);
  }
  return skips;
}

TEST(FhirPathSuite, OfficialR4TestsPassButForTheNamedExceptions) {
  const std::filesystem::path folder = conformance::suite("fhir-test-cases/r4");
  if (folder.empty()) GTEST_SKIP() << "no fhir-test-cases in LIGAMENT_SUITES";
  const auto results = ::conformance::run_fhirpath_suite(folder);
  ASSERT_EQ(results.size(), kTestsInSuite);
  const auto skips = read_skips();
  std::size_t passed = 0;
  for (const ::conformance::FhirPathResult& test : results) {
    const auto skip = skips.find(test.name);
    if (test.problem.empty()) {
      ++passed;
      EXPECT_EQ(skip, skips.end()) << test.name << " passes and is in the skip list";
    } else if (skip == skips.end()) {
      ADD_FAILURE() << test.name << ": " << test.expression << "\n  gave " << test.problem;
    } else {
      EXPECT_FALSE(skip->second.empty()) << test.name << " is skipped without a reason";
    }
  }
  std::printf("FHIRPath R4 suite: %zu of %zu\n", passed, results.size());
  EXPECT_GE(passed, kReached);
}

}  // namespace
}  // namespace fhir::path
