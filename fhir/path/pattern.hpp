// Regular expressions of matches(), matchesFull() and replaceMatches(): RE2, so that time is linear in the
// data.
#pragma once

#include <memory>
#include <re2/re2.h>
#include <string>
#include <string_view>

namespace fhir::path {

/// Dot matches newlines; (?<name>...) names a group. Null for what RE2 refuses: look-around, back references,
/// bad syntax.
[[nodiscard]] std::unique_ptr<const re2::RE2> compile_pattern(std::string_view pattern);

/// `$1`, `${name}` and `$$` of a FHIRPath substitution as RE2 writes them.
[[nodiscard]] std::string rewrite_substitution(std::string_view substitution, const re2::RE2& pattern);

}  // namespace fhir::path
