// Takes the resources out of a definitions Bundle, each as JSON text of its own with every digit as it was.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fhir::packages::generator {

struct CoreResource {
  std::string type;
  std::string url;
  std::string version;
  std::string json;  ///< Compact, without the narrative (`text`) of the resource.
};

/// The resources of Bundle.entry.resource in their order. Bytes that are no JSON end the program.
[[nodiscard]] std::vector<CoreResource> split_entries(std::string_view bundle);

}  // namespace fhir::packages::generator
