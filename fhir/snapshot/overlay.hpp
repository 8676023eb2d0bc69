// Lays one ElementDefinition of a differential over the definition it constrains.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "fhir/base/issue.hpp"
#include "fhir/snapshot/definition.hpp"
#include "fhir/tree/tree.hpp"

namespace fhir::snapshot {

/// What stands around the element.
struct OverlayContext {
  std::string place;         ///< Of the ElementDefinition, for issues.
  std::string_view source;   ///< URL of the profile: the source of its constraints.
  bool is_slice = false;     ///< Its cardinality is not that of the unsliced element.
  bool specializes = false;  ///< A new type: it may widen what it inherits.
};

/// Texts starting with `...` are appended; aliases, conditions, codes, examples, mappings, constraints and
/// extensions are added to those there; bindings keep the value set when only the strength is given; slicing
/// is merged; all else replaces. A wider cardinality, another type, a weaker required binding, mustSupport
/// taken back and a fixed value of another type are errors; the overlay is made all the same.
void lay_over(Definition& base, tree::Node differential, const OverlayContext& context, IssueList& issues);

/// True when `type` may stand where `allowed` is.
[[nodiscard]] bool type_fits(std::string_view type, std::string_view allowed);

/// The value of min; 0 when there is none.
[[nodiscard]] std::uint32_t min_of(const Definition& definition);
/// The value of max; the largest number for `*`, and when there is none.
[[nodiscard]] std::uint32_t max_of(const Definition& definition);

}  // namespace fhir::snapshot
