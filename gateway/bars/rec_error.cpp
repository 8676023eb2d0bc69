#include "gateway/bars/rec_error.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "fhir/tree/resource_builder.hpp"

namespace gateway::bars {
namespace {

using fhir::ErrorCode;
using fhir::IssueType;
using fhir::Severity;
using T = IssueType;

constexpr std::array kBadRequestIssues = {T::kInvalid, T::kInvariant, T::kNotSupported, T::kRequired,
                                          T::kValue};
constexpr std::array kUnauthorizedIssues = {T::kSecurity, T::kForbidden};
constexpr std::array kForbiddenIssues = {T::kForbidden, T::kSecurity};
constexpr std::array kNotFoundIssues = {T::kNotFound};
constexpr std::array kMethodIssues = {T::kNotSupported};
constexpr std::array kNotAcceptableIssues = {T::kProcessing};
constexpr std::array kTimeoutIssues = {T::kTimeout};
constexpr std::array kConflictIssues = {T::kConflict, T::kDuplicate};
constexpr std::array kUnprocessableIssues = {T::kNotSupported, T::kTooCostly, T::kInvariant,
                                             T::kBusinessRule};
constexpr std::array kTooEarlyIssues = {T::kDuplicate};
constexpr std::array kThrottledIssues = {T::kThrottled};
constexpr std::array kServerIssues = {T::kException, T::kTransient, T::kTooCostly};
constexpr std::array kNotImplementedIssues = {T::kNotSupported};
constexpr std::array kUnavailableIssues = {T::kTransient};

constexpr std::array<RecTraits, kRecCount> kRecs = {{
    {"REC_BAD_REQUEST", 400, kBadRequestIssues},
    {"REC_UNAUTHORIZED", 401, kUnauthorizedIssues},
    {"REC_FORBIDDEN", 403, kForbiddenIssues},
    {"REC_NOT_FOUND", 404, kNotFoundIssues},
    {"REC_METHOD_NOT_ALLOWED", 405, kMethodIssues},
    {"REC_NOT_ACCEPTABLE", 406, kNotAcceptableIssues},
    {"REC_TIMEOUT", 408, kTimeoutIssues},
    {"REC_CONFLICT", 409, kConflictIssues},
    {"REC_UNPROCESSABLE_ENTITY", 422, kUnprocessableIssues},
    {"REC_TOO_EARLY", 425, kTooEarlyIssues},
    {"REC_TOO_MANY_REQUESTS", 429, kThrottledIssues},
    {"REC_SERVER_ERROR", 500, kServerIssues},
    {"REC_NOT_IMPLEMENTED", 501, kNotImplementedIssues},
    {"REC_UNAVAILABLE", 503, kUnavailableIssues},
}};

struct ErrorRow {
  Rec rec;
  IssueType issue;
};

ErrorRow row_of(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::kInvalidRequest: return {Rec::kBadRequest, T::kInvalid};
    case ErrorCode::kMalformed: return {Rec::kBadRequest, T::kInvalid};
    case ErrorCode::kUnsupported: return {Rec::kNotImplemented, T::kNotSupported};
    case ErrorCode::kNotFound: return {Rec::kNotFound, T::kNotFound};
    case ErrorCode::kConflict: return {Rec::kConflict, T::kConflict};
    case ErrorCode::kDuplicate: return {Rec::kConflict, T::kDuplicate};
    case ErrorCode::kUnprocessable: return {Rec::kUnprocessableEntity, T::kBusinessRule};
    case ErrorCode::kUnauthenticated: return {Rec::kUnauthorized, T::kSecurity};
    case ErrorCode::kForbidden: return {Rec::kForbidden, T::kForbidden};
    case ErrorCode::kTooLarge: return {Rec::kUnprocessableEntity, T::kTooCostly};
    case ErrorCode::kBusy: return {Rec::kTooManyRequests, T::kThrottled};
    case ErrorCode::kTimedOut: return {Rec::kTimeout, T::kTimeout};
    case ErrorCode::kCancelled:
    case ErrorCode::kUnavailable:
    case ErrorCode::kCommitUnknown: return {Rec::kUnavailable, T::kTransient};
    case ErrorCode::kCorrupt:
    case ErrorCode::kInternal: return {Rec::kServerError, T::kException};
  }
  return {Rec::kServerError, T::kException};
}

/// Content that was read and breaks a rule, against content that could not be read as what it should be.
bool is_rule(IssueType type) noexcept {
  return type == T::kBusinessRule || type == T::kInvariant || type == T::kNotSupported ||
         type == T::kCodeInvalid || type == T::kDuplicate || type == T::kConflict || type == T::kTooCostly;
}

IssueType national(Rec rec, IssueType type) noexcept {
  if (allows(rec, type)) return type;
  if (rec == Rec::kUnprocessableEntity) return type == T::kTooLong ? T::kTooCostly : T::kInvariant;
  if (rec == Rec::kBadRequest) {
    if (type == T::kBusinessRule || type == T::kCodeInvalid) return T::kInvariant;
    return T::kInvalid;
  }
  return traits(rec).issues.front();
}

bool is_error(const fhir::Issue& issue) noexcept {
  return issue.severity == Severity::kError || issue.severity == Severity::kFatal;
}

void add_meta(fhir::tree::ResourceBuilder& builder, std::string_view id) {
  builder.set("id", id).open("meta").set("profile", kOutcomeProfile).close();
}

}  // namespace

const RecTraits& traits(Rec rec) noexcept {
  return kRecs[static_cast<std::size_t>(rec)];
}

bool allows(Rec rec, IssueType type) noexcept {
  const auto issues = traits(rec).issues;
  return std::find(issues.begin(), issues.end(), type) != issues.end();
}

Refusal refusal(Rec rec, IssueType type, std::string expression, std::string text) {
  Refusal refused{rec, fhir::IssueList()};
  refused.issues.add(Severity::kError, type, std::move(expression), std::move(text));
  return refused;
}

Refusal refusal(const fhir::Error& error) {
  const ErrorRow row = row_of(error.code);
  return refusal(row.rec, row.issue, {},
                 error.detail.empty() ? std::string(fhir::traits(error.code).name) : error.detail);
}

Refusal refusal(const fhir::IssueList& issues) {
  bool only_rules = true;
  for (const fhir::Issue& issue : issues.items()) {
    if (is_error(issue) && !is_rule(issue.type)) only_rules = false;
  }
  return refusal(only_rules ? Rec::kUnprocessableEntity : Rec::kBadRequest, issues);
}

Refusal refusal(Rec rec, const fhir::IssueList& issues) {
  Refusal refused{rec, fhir::IssueList()};
  for (fhir::Issue issue : issues.items()) {
    if (is_error(issue)) issue.type = national(rec, issue.type);
    refused.issues.add(std::move(issue));
  }
  return refused;
}

fhir::tree::TreePtr build_outcome(const fhir::tree::TypeTable& table, const Refusal& refusal,
                                  std::string_view id) {
  fhir::tree::ResourceBuilder builder(table, "OperationOutcome");
  add_meta(builder, id);
  for (const fhir::Issue& issue : refusal.issues.items()) {
    builder.open("issue")
        .set("severity", fhir::to_code(issue.severity))
        .set("code", fhir::to_code(issue.type));
    if (is_error(issue)) {
      builder.open("details")
          .open("coding")
          .set("system", kErrorSystem)
          .set("code", traits(refusal.rec).code)
          .close()
          .close();
    }
    builder.set("diagnostics", issue.text).set("expression", issue.expression).close();
  }
  return builder.finish();
}

fhir::tree::TreePtr build_success_outcome(const fhir::tree::TypeTable& table, std::string_view text,
                                          std::string_view id) {
  fhir::tree::ResourceBuilder builder(table, "OperationOutcome");
  add_meta(builder, id);
  builder.open("issue")
      .set("severity", "information")
      .set("code", "informational")
      .set("diagnostics", text)
      .close();
  return builder.finish();
}

}  // namespace gateway::bars
