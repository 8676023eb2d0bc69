// What has been reached on the official suites must not be lost.
#include <cstdio>
#include <gtest/gtest.h>

#include "conformance/runner/patch_suite.hpp"
#include "conformance/runner/report.hpp"
#include "tests/conformance/suites.hpp"

namespace conformance {
namespace {

/// Raised as more is reached; of the runs that have a recorded outcome.
constexpr std::size_t kRuns = 330;
constexpr std::size_t kErrorsAgree = 323;
constexpr std::size_t kPlacesAgree = 308;
/// By `ligament validate` without options.
constexpr std::size_t kErrorsAgreeByCommand = 317;
constexpr std::size_t kPlacesAgreeByCommand = 302;

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

TEST(ConformanceFloors, ThePlainCommandAgreesAsOftenAsItDid) {
  const std::filesystem::path folder = fhir::conformance::suite("fhir-test-cases/validator");
  if (folder.empty()) GTEST_SKIP() << "no fhir-test-cases in LIGAMENT_SUITES";
  const auto results = run_validator_suite(folder, {}, SettingsOf::kCommandLine);
  ASSERT_TRUE(results.has_value());
  const Agreement all = agreement_of(*results)[""];
  EXPECT_EQ(all.runs, kRuns);
  EXPECT_GE(all.errors, kErrorsAgreeByCommand);
  EXPECT_GE(all.places, kPlacesAgreeByCommand);
}

TEST(ConformanceFloors, AllPatchTestsPass) {
  const std::filesystem::path folder = fhir::conformance::suite("fhir-test-cases/r4/patch");
  if (folder.empty()) GTEST_SKIP() << "no fhir-test-cases in LIGAMENT_SUITES";
  const auto fhirpath = run_fhirpath_patch_suite(folder);
  EXPECT_EQ(fhirpath.size(), 33u);
  for (const PatchResult& result : fhirpath)
    EXPECT_EQ(result.problem, "") << result.name;
  const auto json = run_json_patch_suite(folder);
  EXPECT_EQ(json.size(), 16u);
  for (const PatchResult& result : json)
    EXPECT_EQ(result.problem, "") << result.name;
}

}  // namespace
}  // namespace conformance
