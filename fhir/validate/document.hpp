// Validates a document as it came: reads what can be read, mends the faults of JSON that people make, and
// says all that is wrong with it.
//
//   const IssueList issues = validate_document(validator, bytes, profiles);
//
// JSON or XML, told apart by the first character; JSON lines (one resource a line) are validated one by one.
// What stops reading is fatal and has line and column but no expression: there is no element yet.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "fhir/base/issue.hpp"
#include "fhir/base/limits.hpp"
#include "fhir/validate/validator.hpp"

namespace fhir::validate {

struct DocumentOptions {
  /// JSON with comments is let pass.
  bool allow_comments = false;
  ReadLimits limits;
};

/// Issues of reading, then those of the validator. Any thread.
[[nodiscard]] IssueList validate_document(const Validator& validator, std::string_view bytes,
                                          std::span<const std::string> profiles = {},
                                          const DocumentOptions& options = {});

}  // namespace fhir::validate
