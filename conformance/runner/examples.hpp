// Folders of examples: read, written, read again, validated.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace conformance {

struct ExampleResult {
  std::string name;
  bool round_trip = false;          ///< JSON and XML, each written again as it was written before.
  std::vector<std::string> errors;  ///< Of reading and of the whole validator, `place: text`.
};

/// Every .json and .xml file below `folder`, validated with the definitions of `packages` (files or folders)
/// beside the core. Empty when there is no such folder.
[[nodiscard]] std::vector<ExampleResult> run_examples(
    const std::filesystem::path& folder, const std::vector<std::filesystem::path>& packages = {});

/// How many of the StructureDefinitions of a package get a snapshot without an error.
struct SnapshotCount {
  std::size_t structures = 0;
  std::size_t generated = 0;
};
[[nodiscard]] SnapshotCount count_snapshots(const std::filesystem::path& package);

}  // namespace conformance
