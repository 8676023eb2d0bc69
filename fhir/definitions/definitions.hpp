// The compiled FHIR R4 (4.0.1) definitions: the type table every R4 tree is read against, and beside it what
// validation, search and FHIRPath need to know of each element.
//
//   const fhir::tree::TypeTable& table = fhir::definitions::r4();
//   const fhir::definitions::Definitions& r4 = fhir::definitions::r4_definitions();
//   const ElementRow& gender = r4.element(table.row(table.child(table.type_root("Patient"), "gender")));
//
// Everything is plain data inside the program image, made at build time by the generator of this folder from
// the official definitions; opening it only sets pointers. Immutable; any thread; lives as long as the
// program.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "fhir/tree/type_table.hpp"

namespace fhir::definitions {

enum class BindingStrength : std::uint8_t { kNone, kExample, kPreferred, kExtensible, kRequired };

enum ElementFlag : std::uint8_t { kMustSupport = 1, kModifierElement = 2, kSummaryElement = 4 };

/// Index into Definitions::value_sets.
using ValueSetId = std::uint32_t;
inline constexpr ValueSetId kNoValueSet = 0xFFFF'FFFFu;

/// A range of another section.
struct Range {
  std::uint32_t begin = 0;
  std::uint32_t count = 0;
};

/// One ElementDefinition of a snapshot; the rows of a choice share it. TypeRow::element is its index; row 0
/// is that of unknown elements.
struct ElementRow {
  tree::TextRange path;  ///< `Patient.contact.gender`, `Observation.value[x]`.
  std::uint32_t min = 0;
  std::uint32_t max = 0;               ///< tree::kUnbounded for `*`.
  ValueSetId value_set = kNoValueSet;  ///< Of the binding.
  ValueSetId max_value_set =
      kNoValueSet;   ///< Codes outside it are errors though the binding is not required.
  Range invariants;  ///< Of Definitions::invariant_lists. Those of the data type are at its root element.
  Range targets;     ///< Of Definitions::targets: types a Reference may point to; none means any.
  BindingStrength binding = BindingStrength::kNone;
  std::uint8_t flags = 0;  ///< ElementFlag bits.
  std::uint16_t reserved = 0;
};
static_assert(sizeof(ElementRow) == 44);

/// A constraint, shared by all elements that carry it.
struct InvariantRow {
  tree::TextRange key;  ///< `pat-1`
  tree::TextRange human;
  tree::TextRange expression;  ///< FHIRPath.
  std::uint32_t is_error = 1;  ///< 0 for a warning.
};

/// How membership of a value set is decided.
enum class Membership : std::uint32_t {
  kEnumerated,   ///< All codes are in the table.
  kNotCompiled,  ///< Not required by any binding, so its codes were left out.
  kMimeType,     ///< BCP 13: syntax only.
  kUcum,         ///< UCUM units: characters only.
  kCurrency,     ///< ISO 4217: three capital letters.
  kLanguage,     ///< BCP 47: syntax only.
  kUnknownSet,   ///< Its content is not in the definitions.
};

struct ValueSetRow {
  tree::TextRange url;   ///< Without version.
  tree::TextRange name;  ///< Title for people.
  Membership membership = Membership::kNotCompiled;
  Range codes;  ///< Of Definitions::codes.
  Range slots;  ///< Of Definitions::code_slots: open addressing by hash_name(code); count is a power of two.
};

struct CodeRow {
  tree::TextRange code;
  std::uint32_t system = 0;  ///< Into Definitions::systems.
};

enum class SearchType : std::uint8_t {
  kNumber,
  kDate,
  kString,
  kToken,
  kReference,
  kComposite,
  kQuantity,
  kUri,
  kSpecial
};

/// One search parameter as it applies to one base type.
struct SearchParameterRow {
  tree::TextRange base;  ///< `Patient`, or `DomainResource` and `Resource`.
  tree::TextRange code;  ///< `birthdate`, `_id`.
  tree::TextRange url;
  tree::TextRange expression;  ///< FHIRPath over all its bases (`|` between them); empty for three specials.
  Range targets;               ///< Of Definitions::targets.
  Range components;            ///< Of Definitions::components, for composites.
  SearchType type = SearchType::kString;
  std::uint8_t reserved[3] = {};
};

struct ComponentRow {
  tree::TextRange definition;  ///< URL of the component's search parameter.
  tree::TextRange expression;  ///< FHIRPath, relative to what the composite's expression selects.
};

struct CodeSystemRow {
  tree::TextRange url;
  tree::TextRange name;
};

/// Lookups answer for rows of `table` only.
struct Definitions {
  tree::TypeTable table;
  std::span<const ElementRow> elements;
  std::span<const std::uint32_t> invariant_lists;  ///< Indexes into invariants.
  std::span<const InvariantRow> invariants;
  std::span<const tree::NameId> targets;
  std::span<const tree::RowId>
      row_types;  ///< RowId to the root row of the row's type; kUnknownRow if it has none.
  std::span<const Range> row_required;    ///< RowId to a range of required.
  std::span<const tree::RowId> required;  ///< Children with min over 0; of a choice its first row.
  std::span<const tree::ChildSlot>
      bases;  ///< Parallel to table.types: the name of the base type and its root row.
  std::span<const ValueSetRow> value_sets;  ///< Sorted by URL.
  std::span<const CodeRow> codes;
  std::span<const std::uint32_t> code_slots;  ///< Index relative to the set's codes, or kNoValueSet.
  std::span<const tree::TextRange> systems;
  std::span<const SearchParameterRow> search_parameters;  ///< Sorted by base, then code.
  std::span<const ComponentRow> components;
  std::span<const CodeSystemRow> code_systems;  ///< Sorted by URL.

  [[nodiscard]] std::string_view text(tree::TextRange range) const noexcept {
    return {table.text + range.offset, range.length};
  }
  [[nodiscard]] const ElementRow& element(const tree::TypeRow& row) const noexcept {
    return elements[row.element];
  }
  [[nodiscard]] const ElementRow& element(tree::RowId row) const noexcept {
    return elements[table.row(row).element];
  }

  /// Indexes into `invariants` of the constraints on the element itself, without those of its data type.
  [[nodiscard]] std::span<const std::uint32_t> invariants_of(const ElementRow& element) const noexcept {
    return invariant_lists.subspan(element.invariants.begin, element.invariants.count);
  }
  /// The root row of the row's type: `HumanName` for Patient.name. kUnknownRow for elements defined in place.
  [[nodiscard]] tree::RowId type_of(tree::RowId row) const noexcept { return row_types[row]; }

  [[nodiscard]] std::span<const tree::RowId> required_children(tree::RowId row) const noexcept {
    return required.subspan(row_required[row].begin, row_required[row].count);
  }
  [[nodiscard]] std::span<const tree::NameId> targets_of(Range range) const noexcept {
    return targets.subspan(range.begin, range.count);
  }

  /// The name of the type `type` specialises: `Quantity` for `Age`; empty for `Element`, `Resource` and
  /// unknown types.
  [[nodiscard]] std::string_view base_of(std::string_view type) const noexcept;
  /// True if `type` is `ancestor` or specialises it, at any distance.
  [[nodiscard]] bool is_a(std::string_view type, std::string_view ancestor) const noexcept;
  /// True for `Patient`; false for data types and for the abstract `Resource` and `DomainResource`.
  [[nodiscard]] bool is_concrete_resource(std::string_view type) const noexcept;

  /// `url` with or without `|version`. kNoValueSet if no binding names it.
  [[nodiscard]] ValueSetId find_value_set(std::string_view url) const noexcept;
  /// The parameter of a resource type, also one all resources share (`_id`); null if there is none.
  [[nodiscard]] const SearchParameterRow* find_search_parameter(std::string_view type,
                                                                std::string_view code) const noexcept;
  /// All parameters whose base is exactly `base`.
  [[nodiscard]] std::span<const SearchParameterRow> search_parameters_of(
      std::string_view base) const noexcept;
  /// The name of a code system of the definitions; empty for others.
  [[nodiscard]] std::string_view code_system_name(std::string_view url) const noexcept;
};

/// FHIR R4. Cost of the first call: setting some twenty pointers.
[[nodiscard]] const Definitions& r4_definitions();
[[nodiscard]] const tree::TypeTable& r4();

}  // namespace fhir::definitions
