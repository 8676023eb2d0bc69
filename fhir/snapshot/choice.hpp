// Elements with a choice of types, and the short ways differentials speak of one type.
#pragma once

#include <string>
#include <string_view>

#include "fhir/snapshot/difference.hpp"
#include "fhir/snapshot/element.hpp"

namespace fhir::snapshot {

/// `valueQuantity` of value[x] and Quantity.
[[nodiscard]] std::string choice_name(const Element& choice, std::string_view type);

/// The type `name` means among those of a choice: `Quantity` for valueQuantity of value[x]; empty when it is
/// none of this choice.
[[nodiscard]] std::string choice_type_of(const Element& choice, std::string_view name);

/// Keeps only the types with this code.
void narrow_types(Definition& definition, std::string_view type);

/// True when the slices of a choice are by type.
[[nodiscard]] bool is_type_slicing(const Element& unsliced, const std::string& choice_type,
                                   std::string_view slice_name);

}  // namespace fhir::snapshot
