// Files of the suites.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "fhir/tree/read_outcome.hpp"

namespace conformance {

/// All bytes of a file; empty when it cannot be read.
[[nodiscard]] std::string bytes_of(const std::filesystem::path& file);

/// The files below `folder` at any depth, in a fixed order; none when there is no such folder.
[[nodiscard]] std::vector<std::filesystem::path> files_of(const std::filesystem::path& folder);

/// Reads a resource: XML when it begins like XML, else JSON.
[[nodiscard]] fhir::tree::ReadOutcome read_resource(const std::string& bytes);

}  // namespace conformance
