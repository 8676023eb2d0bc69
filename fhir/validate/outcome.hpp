// Issues as a FHIR OperationOutcome.
#pragma once

#include <string_view>

#include "fhir/base/issue.hpp"
#include "fhir/tree/tree.hpp"

namespace fhir::validate {

/// A code that an interface gives its errors, such as BaRS (`REC_BAD_REQUEST`).
struct OutcomeCoding {
  std::string_view system;
  std::string_view code;
  std::string_view display;  ///< May be empty.
};

/// The OperationOutcome (R4): of each issue severity, code, details.text, expression, and the position as
/// `diagnostics`
/// ("line 3, column 7"). No issues give one of severity information. Issues dropped for capacity are counted
/// in a last one.
[[nodiscard]] tree::TreePtr to_outcome(const IssueList& issues);

/// The same, with `coding` in the details of every issue of severity fatal or error.
[[nodiscard]] tree::TreePtr to_outcome(const IssueList& issues, const OutcomeCoding& coding);

}  // namespace fhir::validate
