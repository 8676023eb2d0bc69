// Which search parameters each stored resource type has, and which elements they read (FHIR R4 search
// parameter registry).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "fhir/search/index_entry.hpp"

namespace fhir::search {

/// How the values of a parameter are taken from the elements it names.
enum class Extract : std::uint8_t {
  kCode,        ///< code, uri or string: a token without system.
  kIdentifier,  ///< Identifier: a token of system and value.
  kConcept,     ///< CodeableConcept or Coding: a token of each coding.
  kReference,   ///< Reference: type and id, and for a logical reference a token of `<param>:identifier`.
  kDate,        ///< date, dateTime, instant or Period.
};

struct Parameter {
  std::string_view name;
  IndexKind kind;
  Extract extract;
  std::string_view path;  ///< Child names from the resource, separated by dots: `participant.actor`.
  std::string_view target =
      {};  ///< Reference: only targets of this type (`patient` on `subject`); empty: any.
};

/// The parameters of a type in a fixed order; empty for a type without search. Static storage.
[[nodiscard]] std::span<const Parameter> parameters_of(std::string_view resource_type) noexcept;

/// True for the types that can be searched, if only by `_id` and `_lastUpdated`.
[[nodiscard]] bool is_searchable(std::string_view resource_type) noexcept;

}  // namespace fhir::search
