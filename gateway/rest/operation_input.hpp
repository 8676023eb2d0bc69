// The parameters of a FHIR operation: of the query of a GET, or of the Parameters resource of a POST (FHIR R4
// 3.2.0.1).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <tl/expected.hpp>

#include "fhir/base/issue.hpp"
#include "fhir/base/limits.hpp"
#include "fhir/tree/tree.hpp"
#include "gateway/bars/rec_error.hpp"
#include "gateway/http/message.hpp"

namespace gateway::rest {

/// A refusal with the status it is answered with; 0 means that of the refusal.
struct RefusedInput {
  bars::Refusal refusal;
  int status = 0;
};

/// The texts and nodes live as long as the input.
class OperationInput {
 public:
  /// 400 for a parameter that is not among `known`, or one that is neither a value nor a resource; 415 for a
  /// body of another type. With `bare_resource` the body may also be the resource itself, then
  /// resource("resource").
  [[nodiscard]] static tl::expected<OperationInput, RefusedInput> read(
      const http::Request& request, std::span<const std::string_view> known, const fhir::ReadLimits& limits,
      bool bare_resource = false);

  /// The first value of a name: a primitive as text. Empty when there is none.
  [[nodiscard]] std::string_view text(std::string_view name) const noexcept;
  [[nodiscard]] std::vector<std::string_view> texts(std::string_view name) const;
  [[nodiscard]] bool flag(std::string_view name) const noexcept { return text(name) == "true"; }
  /// The value element: a Coding, a CodeableConcept. Empty for the query.
  [[nodiscard]] fhir::tree::Node value(std::string_view name) const noexcept;
  [[nodiscard]] fhir::tree::Node resource(std::string_view name) const noexcept;
  /// Of reading the body.
  [[nodiscard]] const fhir::IssueList& issues() const noexcept { return issues_; }
  /// A whole number that is not negative; empty when absent. False: it is none.
  [[nodiscard]] bool number(std::string_view name, std::optional<std::size_t>& out) const noexcept;

 private:
  [[nodiscard]] fhir::tree::Node parameter(std::string_view name) const noexcept;
  std::vector<std::pair<std::string, std::string>> query_;
  fhir::tree::TreePtr body_;
  fhir::IssueList issues_;
  bool bare_ = false;
};

}  // namespace gateway::rest
