// The official FHIRPath tests for R4.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace conformance {

struct FhirPathResult {
  std::string name;
  std::string expression;
  std::string problem;  ///< What came instead; empty: passed.
};

/// Runs `fhirpath/tests-fhir-r4.xml` of the folder, on the inputs beside it. Empty when it is not there.
[[nodiscard]] std::vector<FhirPathResult> run_fhirpath_suite(const std::filesystem::path& folder);

}  // namespace conformance
