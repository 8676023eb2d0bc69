// The tables of HL7 that FHIR R4 has as code systems: which codes they hold, and what these are called.
#pragma once

#include <string_view>

#include "fhir/packages/registry.hpp"
#include "fhir/terminology/terminology.hpp"

namespace mappings::convert {

/// Any thread. Cost: a hash; the first question about a table also parses it.
class Hl7Tables {
 public:
  Hl7Tables() = default;
  Hl7Tables(const Hl7Tables&) = delete;
  Hl7Tables& operator=(const Hl7Tables&) = delete;

  /// False when the table is known and has no such code: a site added it to a user-defined table.
  [[nodiscard]] bool may_hold(std::string_view system, std::string_view code) const;
  /// True when the table has another name for the code.
  [[nodiscard]] bool calls_otherwise(std::string_view system, std::string_view code,
                                     std::string_view display) const;

 private:
  fhir::packages::Registry registry_ = fhir::packages::Registry::core();
  fhir::terminology::Terminology terms_{registry_};
};

}  // namespace mappings::convert
