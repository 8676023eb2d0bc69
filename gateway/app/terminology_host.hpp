// FHIRPath memberOf() and subsumes() over terminology, and references within one tree.
#pragma once

#include "fhir/path/tree_host.hpp"
#include "fhir/terminology/terminology.hpp"

namespace gateway::app {

/// `terms` outlives it. Nothing is compiled before an expression asks.
class TerminologyHost final : public fhir::path::TreeHost {
 public:
  TerminologyHost(fhir::tree::Node root, const fhir::terminology::Terminology& terms)
      : TreeHost(root), terms_(terms) {}

  [[nodiscard]] std::optional<bool> member_of(fhir::tree::Node coded, std::string_view value_set) override;
  /// Of Codings and CodeableConcepts: some code of `general` subsumes some code of `special`.
  [[nodiscard]] std::optional<bool> subsumes(const fhir::path::Value& general,
                                             const fhir::path::Value& special) override;

 private:
  const fhir::terminology::Terminology& terms_;
};

}  // namespace gateway::app
