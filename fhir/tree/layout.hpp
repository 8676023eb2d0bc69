// How a writer lays text out. The content and its order are the same in both.
#pragma once

#include <cstdint>

namespace fhir::tree {

enum class Layout : std::uint8_t {
  kCompact,  ///< No white space between elements.
  kPretty,   ///< One element a line, two spaces a level, lines end in LF; no LF after the last.
};

}  // namespace fhir::tree
