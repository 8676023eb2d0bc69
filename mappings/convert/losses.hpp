// What of a source reached nothing.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "mappings/convert/converter.hpp"

namespace mappings::convert {

/// Knows what each field of the v2 type table is to the conversion. Immutable; any thread.
class LossFinder {
 public:
  explicit LossFinder(const fhir::tree::TypeTable& v2);

  /// The receipt's unmapped elements, without what only steers the conversion: delimiters, set ids, types of
  /// values. In a referral a mandatory field is also lost when rules read it and made nothing of it, as with
  /// a code that is in no table. Linear.
  [[nodiscard]] std::vector<Loss> find(const engine::Receipt& receipt, fhir::tree::Node source,
                                       bool is_referral) const;

 private:
  enum class Field : std::uint8_t { kNone, kOrdinary, kSteering, kMandatory, kMandatoryParts };
  struct Standing {
    fhir::tree::Node part;  ///< What must not be lost: the field or a component. Empty: may be.
    bool counts = false;    ///< Within a field that holds content.
  };
  [[nodiscard]] Standing standing(fhir::tree::Node node) const;

  std::vector<Field> fields_;  ///< By name of the type table.
  std::vector<std::vector<fhir::tree::NameId>> parts_;
};

}  // namespace mappings::convert
