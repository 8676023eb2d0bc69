// What has been reached on the official suites must not be lost.
#include <cstdio>
#include <gtest/gtest.h>

#include "conformance/runner/report.hpp"
#include "tests/conformance/suites.hpp"

namespace conformance {
namespace {

/// Raised as more is reached; of the runs that have a recorded outcome.
constexpr std::size_t kRuns = 330;
constexpr std::size_t kErrorsAgree = 202;
constexpr std::size_t kPlacesAgree = 170;

TEST(ConformanceFloors, ValidatorCasesAgreeAsOftenAsTheyDid) {
  const std::filesystem::path folder = fhir::conformance::suite("fhir-test-cases/validator");
  if (folder.empty()) GTEST_SKIP() << "no fhir-test-cases in LIGAMENT_SUITES";
  const auto results = run_validator_suite(folder);
  ASSERT_TRUE(results.has_value());
  std::fputs(modules_table(*results).c_str(), stdout);
  const Agreement all = agreement_of(*results)[""];
  EXPECT_EQ(all.runs, kRuns);
  EXPECT_GE(all.errors, kErrorsAgree);
  EXPECT_GE(all.places, kPlacesAgree);
}

}  // namespace
}  // namespace conformance
