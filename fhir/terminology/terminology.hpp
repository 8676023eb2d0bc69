// Terminology over loaded definitions: is a code in a value set, in its code system, and is its display
// right.
//
//   const terminology::Terminology terms(registry);
//   const CodeAnswer answer = terms.validate_code("http://hl7.org/fhir/ValueSet/task-status", {.code =
//   "draft"}); if (answer.is_wrong()) issues.add(...); if (answer.verdict == CodeVerdict::kCannotCheck) ...
//   // SNOMED CT: say so, do not pass it in silence
//
// Value sets are compiled when first asked for: compose with its filters and imports becomes hashed sets over
// compiled code systems (FHIR R4 4.9.5 and 4.8). Systems defined by a syntax are judged by it: UCUM, BCP 47,
// BCP 13, ISO 4217, ISO 3166 (two letters), URIs. A stored expansion is used where compose cannot be
// evaluated.
//
// Any thread. The registry outlives this and must not change after the first question. Cost of an answer: one
// lookup of the canonical, then about one hash a clause of the value set; no allocation.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "fhir/packages/registry.hpp"
#include "fhir/terminology/code_answer.hpp"
#include "fhir/tree/tree.hpp"

namespace fhir::terminology {

class CodeSystem;
class ValueSet;
class Library;

class Terminology {
 public:
  explicit Terminology(const packages::Registry& registry);
  ~Terminology();
  Terminology(Terminology&&) noexcept;
  Terminology& operator=(Terminology&&) noexcept;

  /// `value_set` is a canonical with or without `|version`. An empty system stands for any system of the set:
  /// right for a `code` element. See validate_coding for a Coding.
  [[nodiscard]] CodeAnswer validate_code(std::string_view value_set, const Coded& coded) const;
  /// A Coding needs its system: without one it is no member of anything.
  [[nodiscard]] CodeAnswer validate_coding(std::string_view value_set, const Coded& coding) const;
  [[nodiscard]] ConceptAnswer validate_concept(std::string_view value_set, tree::Node codeable_concept) const;
  /// validate_code() against a compiled set, of library().
  [[nodiscard]] CodeAnswer validate_in(const ValueSet& set, const Coded& coded) const;
  /// validate_element() against a compiled set, of library() or made by it.
  [[nodiscard]] CodeAnswer validate_element_in(const ValueSet& set, tree::Node element) const;
  /// Any element that can be bound: code, string, uri, Coding, CodeableConcept, Quantity (its unit).
  [[nodiscard]] CodeAnswer validate_element(std::string_view value_set, tree::Node element) const;

  /// The code in its own code system: kMember, kUnknownCode, kUnknownSystem or kCannotCheck.
  [[nodiscard]] CodeAnswer validate_in_system(const Coded& coded) const;
  [[nodiscard]] bool code_system_knows(std::string_view system, std::string_view code) const {
    return validate_in_system({.system = system, .version = {}, .code = code, .display = {}}).is_member();
  }
  [[nodiscard]] bool knows_value_set(std::string_view canonical) const;
  /// True for systems with a definition here, whatever their content, and for those known by their syntax.
  [[nodiscard]] bool knows_system(std::string_view system) const;

  /// `general` equals or is an ancestor of `special`. Empty when the system or a code is not known.
  [[nodiscard]] std::optional<bool> subsumes(const Coded& general, const Coded& special) const;

  /// For FHIRPath memberOf(): empty when it cannot be said.
  [[nodiscard]] std::optional<bool> member_of(tree::Node element, std::string_view value_set) const;

  /// The compiled forms, for the operations. They live as long as this.
  [[nodiscard]] const Library& library() const noexcept { return *library_; }

 private:
  std::unique_ptr<Library> library_;
};

}  // namespace fhir::terminology
