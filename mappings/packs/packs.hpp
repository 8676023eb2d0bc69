// The maps and code tables that come with the program, one folder for each flow, and how a folder of an
// installation replaces or adds to them.
//
//   for (const PackFile& file : builtin_packs()) ...   // "hl7v2-ref/referral.map", its text
//
// `*.map` is FHIR Mapping Language, `*.conceptmap.json` an R4 ConceptMap. A folder given by the operator has
// the same shape: FOLDER/<flow>/<file>. A file of the same flow and name replaces the built-in one, others
// are added. Golden pairs beside the maps are for tests and not embedded.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.hpp"

namespace mappings::packs {

struct PackFile {
  std::string_view name;  ///< `hl7v2-ref/referral.map`
  std::string_view text;
};

/// In order of their names. Static storage; any thread.
[[nodiscard]] std::span<const PackFile> builtin_packs() noexcept;

/// A file with its own storage.
struct OwnedPackFile {
  std::string name;
  std::string text;
};

/// The built-in files with those of `folder` in their places; an empty path gives the built-in ones.
/// kNotFound when the folder is not there, kMalformed when it holds no map or table at all, kTooLarge past 4
/// MiB a file.
[[nodiscard]] fhir::Result<std::vector<OwnedPackFile>> load_packs(const std::string& folder);

}  // namespace mappings::packs
