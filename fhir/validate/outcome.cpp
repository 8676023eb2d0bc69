#include "fhir/validate/outcome.hpp"

#include <string>

#include "fhir/definitions/definitions.hpp"
#include "fhir/tree/resource_builder.hpp"

namespace fhir::validate {
namespace {

void add_details(tree::ResourceBuilder& out, std::string_view text, const OutcomeCoding* coding) {
  if (coding == nullptr && text.empty()) return;
  out.open("details");
  if (coding != nullptr) {
    out.open("coding")
        .set("system", coding->system)
        .set("code", coding->code)
        .set("display", coding->display)
        .close();
  }
  out.set("text", text).close();
}

void add_issue(tree::ResourceBuilder& out, const Issue& issue, const OutcomeCoding* coding) {
  out.open("issue").set("severity", to_code(issue.severity)).set("code", to_code(issue.type));
  add_details(out, issue.text, issue.severity <= Severity::kError ? coding : nullptr);
  if (issue.position.line != 0) {
    std::string place = "line ";
    place.append(std::to_string(issue.position.line))
        .append(", column ")
        .append(std::to_string(issue.position.column));
    out.set("diagnostics", place);
  }
  out.set("expression", issue.expression).close();
}

tree::TreePtr render(const IssueList& issues, const OutcomeCoding* coding) {
  tree::ResourceBuilder out(definitions::r4(), "OperationOutcome");
  for (const Issue& issue : issues.items())
    add_issue(out, issue, coding);
  if (issues.dropped() != 0) {
    add_issue(out,
              Issue{Severity::kInformation,
                    IssueType::kTooCostly,
                    {},
                    std::to_string(issues.dropped()) + " further issues are not listed",
                    {}},
              nullptr);
  }
  if (issues.empty() && issues.dropped() == 0) {
    add_issue(out, Issue{Severity::kInformation, IssueType::kInformational, {}, "No issues were found", {}},
              nullptr);
  }
  return out.finish();
}

}  // namespace

tree::TreePtr to_outcome(const IssueList& issues) {
  return render(issues, nullptr);
}

tree::TreePtr to_outcome(const IssueList& issues, const OutcomeCoding& coding) {
  return render(issues, &coding);
}

}  // namespace fhir::validate
