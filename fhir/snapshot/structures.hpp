// Where a snapshot gets the definitions it is built on.
#pragma once

#include <string>
#include <string_view>

#include "fhir/tree/tree.hpp"

namespace fhir::snapshot {

class Structures {
 public:
  Structures() = default;
  Structures(const Structures&) = delete;
  Structures& operator=(const Structures&) = delete;
  virtual ~Structures() = default;
  /// The StructureDefinition of a canonical, with its snapshot; an empty node when there is none or it cannot
  /// have one. The node lives as long as the call that asks needs it.
  [[nodiscard]] virtual tree::Node structure(std::string_view canonical) = 0;
};

/// The canonical of a type: `http://hl7.org/fhir/StructureDefinition/Patient`; a URL stays as it is.
[[nodiscard]] std::string type_canonical(std::string_view type);

}  // namespace fhir::snapshot
