// Bounds on what one message may cost. Every reader takes them; none has a hidden limit of its own.
#pragma once

#include <cstddef>
#include <cstdint>

namespace fhir {

struct ReadLimits {
  std::size_t max_bytes = 16u << 20;    ///< Of the whole document. Also under 4 GiB: offsets are 32 bits.
  std::uint32_t max_depth = 64;         ///< Nested objects, arrays or elements.
  std::uint32_t max_nodes = 1'000'000;  ///< Elements of the tree.
  std::uint32_t max_members =
      10'000;  ///< Members of one JSON object; names of a document the type table does not know.
  std::uint32_t max_attributes = 256;  ///< Of one XML element; comparing them costs their square.
  std::size_t max_name_bytes = 256;    ///< One element or attribute name.
};

}  // namespace fhir
