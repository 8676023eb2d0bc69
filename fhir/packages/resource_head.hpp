// What must be known of a JSON resource before it is parsed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/issue.hpp"

namespace fhir::packages {

/// Members of the outermost object; empty when absent, or not of the kind wanted.
struct ResourceHead {
  std::string type;
  std::string url;
  std::string version;
  std::vector<std::string>
      fhir_versions;  ///< Of a package.json: `fhirVersions`, or what it was called before.
};

/// Checks that `bytes` are one JSON document of at most `max_depth` levels, and reads its head. What is wrong
/// goes to `issues`; then the head is empty. Cost: linear, without a tree.
[[nodiscard]] ResourceHead read_head(std::string_view bytes, std::uint32_t max_depth, IssueList& issues);

}  // namespace fhir::packages
