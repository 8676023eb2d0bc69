// The form of primitive values (FHIR R4 2.24.0.1), by hand-written matchers.
//
// Pure; any thread; linear in the text, one pass, no allocation. Dates must exist: no 30 February, 29
// February in leap years only, no year 0000. Hours run to 23, seconds to 59 and, as FHIR allows, 60.
#pragma once

#include <string_view>

#include "fhir/tree/type_table.hpp"

namespace fhir::validate {

/// True if `text` is a value of the primitive type whose name is `type` (a definitions::WellKnown below
/// kPrimitiveCount). xhtml is always true here: see xhtml.hpp.
[[nodiscard]] bool has_form(tree::NameId type, std::string_view text) noexcept;

/// What a value of the type must look like, as the end of a sentence: "must be a date: YYYY, YYYY-MM or
/// YYYY-MM-DD".
[[nodiscard]] std::string_view form_of(tree::NameId type) noexcept;

}  // namespace fhir::validate
