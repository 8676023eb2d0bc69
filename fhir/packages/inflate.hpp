// Inflates zlib and gzip bytes under a bound.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "fhir/base/result.hpp"

namespace fhir::packages {

/// The plain bytes of one zlib stream made with a preset dictionary. kCorrupt when it is not one, or is not
/// `plain_bytes` long. Cost: linear.
[[nodiscard]] Result<std::string> inflate_exactly(std::string_view packed, std::string_view dictionary,
                                                  std::size_t plain_bytes);

}  // namespace fhir::packages
