// The terminology operations offered at the door: their names, their parameters, and how each is answered.
#pragma once

#include <span>
#include <string_view>

#include "fhir/base/instant.hpp"
#include "fhir/base/result.hpp"
#include "fhir/terminology/terminology.hpp"
#include "gateway/rest/operation_input.hpp"

namespace gateway::rest {

struct TerminologyOperation {
  std::string_view type;        ///< `ValueSet`
  std::string_view name;        ///< `expand`
  std::string_view definition;  ///< Canonical of the OperationDefinition.
  std::span<const std::string_view> parameters;
  /// Pure; any thread. `now` is the time of an expansion.
  fhir::Result<fhir::tree::TreePtr> (*answer)(const fhir::terminology::Terminology& terms,
                                              const OperationInput& input, fhir::Instant now);
};

[[nodiscard]] std::span<const TerminologyOperation> terminology_operations() noexcept;

}  // namespace gateway::rest
