// The receiver's error codes of the national message (BaRS), and the OperationOutcome that carries one.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "fhir/base/error.hpp"
#include "fhir/base/issue.hpp"
#include "fhir/tree/tree.hpp"

namespace gateway::bars {

inline constexpr std::string_view kErrorSystem = "https://fhir.nhs.uk/CodeSystem/http-error-codes";
inline constexpr std::string_view kOutcomeProfile =
    "https://fhir.hl7.org.uk/StructureDefinition/UKCore-OperationOutcome";

enum class Rec : std::uint8_t {
  kBadRequest,
  kUnauthorized,
  kForbidden,
  kNotFound,
  kMethodNotAllowed,
  kNotAcceptable,
  kTimeout,
  kConflict,
  kUnprocessableEntity,
  kTooEarly,
  kTooManyRequests,
  kServerError,
  kNotImplemented,
  kUnavailable,
};
inline constexpr int kRecCount = 14;

struct RecTraits {
  std::string_view code;  ///< REC_BAD_REQUEST
  int http_status;
  std::span<const fhir::IssueType> issues;  ///< Issue codes that may go with it; the first is the default.
};
[[nodiscard]] const RecTraits& traits(Rec rec) noexcept;
/// True if `type` may go with `rec`.
[[nodiscard]] bool allows(Rec rec, fhir::IssueType type) noexcept;

/// A refusal of a message: one REC code and at least one issue. Texts hold no data of the message.
struct Refusal {
  Rec rec = Rec::kBadRequest;
  fhir::IssueList issues;
  [[nodiscard]] int http_status() const noexcept { return traits(rec).http_status; }
};
[[nodiscard]] Refusal refusal(Rec rec, fhir::IssueType type, std::string expression, std::string text);

/// The REC code of a failure of ours. kDuplicate and kConflict both are 409, with issue code duplicate only
/// for the first.
[[nodiscard]] Refusal refusal(const fhir::Error& error);
/// The refusal of content found wrong: 422 when every error is of rules or not supported, else 400. Issue
/// codes that the national list does not know become `invalid`, `invariant` or `not-supported`; places and
/// texts stay.
[[nodiscard]] Refusal refusal(const fhir::IssueList& issues);
/// The same with the code given: 400 for bytes that could not be read as a resource, whatever the rule.
[[nodiscard]] Refusal refusal(Rec rec, const fhir::IssueList& issues);

/// OperationOutcome with meta.profile, details.coding and diagnostics; `table` is that of FHIR R4, `id` may
/// be empty.
[[nodiscard]] fhir::tree::TreePtr build_outcome(const fhir::tree::TypeTable& table, const Refusal& refusal,
                                                std::string_view id);
/// Information only: an acknowledgement that carries no error.
[[nodiscard]] fhir::tree::TreePtr build_success_outcome(const fhir::tree::TypeTable& table,
                                                        std::string_view text, std::string_view id);

}  // namespace gateway::bars
