// What an expression may ask of its surroundings. FHIRPath itself stays pure: references, terminology and
// profiles are the business of whoever runs it.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "fhir/path/value.hpp"
#include "fhir/tree/tree.hpp"

namespace fhir::path {

/// Every answer may be empty, "I cannot say": the function then fails as execution, naming itself; resolve()
/// gives nothing. Called on the evaluating thread; must not block.
class Host {
 public:
  Host() = default;
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;
  virtual ~Host() = default;

  /// The resource a reference names (`Patient/1`, `#contained`, `urn:uuid:...`). `from` is the element
  /// holding it, or empty. The node's tree outlives the result.
  [[nodiscard]] virtual tree::Node resolve(std::string_view reference, tree::Node from);
  /// code, Coding or CodeableConcept `coded` in the value set.
  [[nodiscard]] virtual std::optional<bool> member_of(tree::Node coded, std::string_view value_set);
  [[nodiscard]] virtual std::optional<bool> conforms_to(tree::Node node, std::string_view profile);
  /// `general` subsumes `special` in their code system.
  [[nodiscard]] virtual std::optional<bool> subsumes(const Value& general, const Value& special);
  /// Narrative rules of txt-1 and txt-2 on an xhtml node.
  [[nodiscard]] virtual std::optional<bool> html_checks(tree::Node xhtml);
  /// trace(name) passed these items. They are patient data: never to a shared log.
  virtual void trace(std::string_view name, std::span<const Value> items);
};

}  // namespace fhir::path
