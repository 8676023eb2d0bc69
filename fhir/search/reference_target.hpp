// What a reference points at.
#pragma once

#include <string_view>

namespace fhir::search {

/// `Patient/1` and `https://host/fhir/Patient/1/_history/2` give type Patient and id 1; anything else has no
/// type and is its own id.
struct ReferenceTarget {
  std::string_view type;
  std::string_view id;
};

/// The parts point into `reference`. A fragment (`#p1`) gives an empty target: it means nothing outside its
/// resource.
[[nodiscard]] ReferenceTarget reference_target(std::string_view reference) noexcept;

}  // namespace fhir::search
