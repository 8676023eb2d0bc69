// Where the test suites of others stand. They are not part of the project: tests skip visibly without them.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace fhir::conformance {

/// The folder `name` of the suites, from LIGAMENT_SUITES or beside the sources; empty when it is not there.
inline std::filesystem::path suite(const std::string& name) {
  const char* root = std::getenv("LIGAMENT_SUITES");
  const std::filesystem::path base = root != nullptr
                                         ? std::filesystem::path(root)
                                         : std::filesystem::path(LIGAMENT_SOURCE_DIR) / "../shared/suites";
  return std::filesystem::is_directory(base / name) ? base / name : std::filesystem::path();
}

/// The files of a suite, below it at any depth, in a fixed order.
inline std::vector<std::filesystem::path> files_of(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

inline std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace fhir::conformance
