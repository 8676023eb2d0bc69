// The official patch tests: FHIRPath Patch and JSON Patch. XML Patch is not offered, so its file is not run.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace conformance {

struct PatchResult {
  std::string name;
  std::string problem;  ///< Empty: passed.
};

/// Runs `fhir-patch-tests.xml` of the folder. Empty when it is not there.
[[nodiscard]] std::vector<PatchResult> run_fhirpath_patch_suite(const std::filesystem::path& folder);
/// Runs `json-patch-tests.json`: documents that are no FHIR, by the same operations as for resources.
[[nodiscard]] std::vector<PatchResult> run_json_patch_suite(const std::filesystem::path& folder);

}  // namespace conformance
