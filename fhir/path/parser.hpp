// Tokens to Ast: precedence climbing, bounded in length and depth. FHIRPath 2.0, 6.8 (precedence) and
// appendix B.
#pragma once

#include <string_view>

#include "fhir/path/ast.hpp"
#include "fhir/path/failure.hpp"
#include "fhir/path/plan.hpp"

namespace fhir::path {

/// The whole text as one expression. Failures are syntax; execution for a date, time or number that does not
/// exist.
[[nodiscard]] Outcome<AstPtr> parse(std::string_view text, const CompileOptions& options = {});

}  // namespace fhir::path
