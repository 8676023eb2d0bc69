// A profile, compiled: the element definitions of a snapshot as a tree of rules. Immutable; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/definitions/definitions.hpp"
#include "fhir/path/plan.hpp"
#include "fhir/tree/tree.hpp"

namespace fhir::validate {

using RuleId = std::uint32_t;
inline constexpr RuleId kNoRule = 0xFFFF'FFFFu;

enum Aggregation : std::uint8_t { kContainedOnly = 1, kReferenced = 2, kBundled = 4 };

/// One ElementDefinition.type. Views into the StructureDefinition.
struct TypeRule {
  std::string_view code;  ///< `Quantity`; of FHIRPath types the FHIR name.
  std::vector<std::string_view> profiles;
  std::vector<std::string_view>
      profile_elements;                   ///< Parallel: id of an element of the profile; mostly empty.
  std::vector<std::string_view> targets;  ///< targetProfile.
  std::uint8_t aggregation = 0;           ///< Bits; 0: any.
  bool specific_version = false;          ///< versioning = specific.
};

/// One constraint that the base definitions of its element do not state already.
struct ConstraintRule {
  std::string_view key;
  std::string_view human;
  bool is_error = true;
  bool best_practice = false;
  std::uint32_t base = kNoRule;  ///< The same constraint in Definitions::invariants, if there is one.
  path::PlanPtr plan;            ///< Null: the expression cannot be compiled.
};

enum class DiscriminatorKind : std::uint8_t { kValue, kPattern, kExists, kType, kProfile };

enum class StepKind : std::uint8_t { kMember, kOfType, kExtension, kResolve };

/// One step of a discriminator path; `$this` has none.
struct DiscriminatorStep {
  StepKind kind = StepKind::kMember;
  std::string text;  ///< Element name, type, or url of the extension.
};

struct Discriminator {
  DiscriminatorKind kind = DiscriminatorKind::kValue;
  bool readable = true;  ///< False: the path is not of the subset FHIR allows here.
  std::vector<DiscriminatorStep> steps;
};

enum class SlicingRules : std::uint8_t { kOpen, kClosed, kOpenAtEnd };

struct Slicing {
  SlicingRules rules = SlicingRules::kOpen;
  bool ordered = false;
  std::vector<Discriminator> discriminators;
};

/// One ElementDefinition.
struct ElementRule {
  std::string_view path;
  std::string_view name;        ///< Last part of the path without `[x]`.
  std::string_view slice_name;  ///< Empty: the element itself.
  bool choice = false;          ///< The path ends in `[x]`.
  bool is_content = false;      ///< Says something of its own beside cardinality.
  std::uint32_t min = 0;
  std::uint32_t max = tree::kUnbounded;
  std::uint32_t min_length = 0;
  std::uint32_t max_length = 0;  ///< 0: none.
  std::vector<TypeRule> types;
  tree::Node fixed;
  tree::Node pattern;
  tree::Node min_value;
  tree::Node max_value;
  std::string_view value_set;
  std::string_view max_value_set;
  definitions::BindingStrength binding = definitions::BindingStrength::kNone;
  std::vector<ConstraintRule> constraints;
  std::vector<std::string_view> value_alternatives;   ///< Extensions that may stand for a value.
  std::vector<std::string_view> narrative_languages;  ///< Codes of narrative-language-control.
  std::optional<Slicing> slicing;
  RuleId content_of = kNoRule;   ///< contentReference within the profile.
  std::vector<RuleId> children;  ///< Elements below, without slices.
  std::vector<RuleId> slices;    ///< Of this element; those of a slice reslice it.
  tree::Node definition;         ///< The ElementDefinition itself.
};

struct Program {
  std::string_view url;
  std::string_view version;
  std::string_view type;
  std::string_view base;
  bool constrains = true;  ///< derivation = constraint.
  tree::Node structure;
  std::vector<ElementRule> rules;  ///< The first is the root.

  [[nodiscard]] const ElementRule& root() const { return rules.front(); }
  /// The rule of the element with an id, `Patient.name:official`; the root for an empty id; null if there is
  /// none.
  [[nodiscard]] const ElementRule* element(std::string_view id) const;
  [[nodiscard]] const ElementRule& rule(RuleId id) const { return rules[id]; }
};

/// Compiles a StructureDefinition that has a snapshot. Nothing when it has none, or no elements. Faults of
/// single elements leave them without the rule that cannot be read. `errata`: with what HL7 corrected since
/// in profiles of R4 itself.
[[nodiscard]] std::optional<Program> compile_program(tree::Node structure,
                                                     const definitions::Definitions& definitions,
                                                     bool errata);

/// A discriminator path: `$this`, names, `ofType(T)`, `extension('url')`, `resolve()`, `as(T)`.
[[nodiscard]] Discriminator read_discriminator(DiscriminatorKind kind, std::string_view path);

}  // namespace fhir::validate
