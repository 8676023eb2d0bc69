// Hands the files of a package to a Collector.
#pragma once

#include <string>
#include <string_view>

#include "fhir/base/result.hpp"
#include "fhir/packages/collector.hpp"
#include "fhir/packages/package_limits.hpp"

namespace fhir::packages {

/// Reads what stands at `path`: a folder with its folders (links inside are passed over with an issue), an
/// archive, or one file. kNotFound when there is nothing, kUnavailable when it cannot be read, kTooLarge over
/// a limit.
[[nodiscard]] Status read_package(const std::string& path, const PackageLimits& limits, Collector& collector,
                                  IssueList& issues);

/// Reads a tar archive, gzipped or plain. Errors as TarReader.
[[nodiscard]] Status read_archive(std::string_view bytes, const PackageLimits& limits, Collector& collector);

}  // namespace fhir::packages
