// Bounds on what a package may cost.
#pragma once

#include <cstddef>
#include <cstdint>

#include "fhir/base/limits.hpp"

namespace fhir::packages {

struct PackageLimits {
  std::size_t max_archive_bytes = 256u << 20;  ///< A .tgz as it stands on disk.
  std::size_t max_plain_bytes = 1u << 30;      ///< An archive inflated, or the files of a folder together.
  std::size_t max_kept_bytes = 512u << 20;     ///< The conformance resources of one package together.
  std::size_t max_files = 50'000;              ///< Members of an archive or files of a folder.
  std::uint32_t max_depth = 8;                 ///< Folders in folders.
  /// One resource. Code systems may be large.
  ReadLimits resource = {.max_bytes = 64u << 20, .max_nodes = 4'000'000};
};

}  // namespace fhir::packages
