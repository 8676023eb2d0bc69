// A type an expression names: `Quantity`, `FHIR.Patient`, `System.String`. FHIRPath 2.0, 3.1.1 and 10.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "fhir/path/value.hpp"
#include "fhir/tree/type_table.hpp"

namespace fhir::path {

enum class TypeSpace : std::uint8_t { kAny, kSystem, kFhir };

struct TypeSpec {
  TypeSpace space = TypeSpace::kAny;
  std::string name;
  tree::NameId id = tree::kNoName;         ///< Of `name` in `table`.
  const tree::TypeTable* table = nullptr;  ///< The table it was resolved against.
  /// The FHIR primitive a System name also stands for in casts, where that is asked for: `string` for String.
  std::string primitive;
  bool known = false;  ///< Some type has this name; always true within System.
};

/// `text` as written, parts joined by dots.
[[nodiscard]] TypeSpec resolve_type(std::string_view text, const tree::TypeTable& table);

/// The FHIR R4 type `type` specialises: `string` for `code`, `DomainResource` for `Patient`; empty for
/// `Element`, `Resource`.
[[nodiscard]] std::string_view base_type(std::string_view type, const tree::TypeTable& table) noexcept;

/// `is`: the type itself or a specialisation.
[[nodiscard]] bool is_type(const Value& value, const TypeSpec& spec) noexcept;
[[nodiscard]] bool is_type(tree::Node node, const TypeSpec& spec) noexcept;

/// `as` and `ofType`: a primitive must have exactly the type: FHIR R4 keeps code and string apart there.
[[nodiscard]] bool is_type_for_cast(const Value& value, const TypeSpec& spec) noexcept;

/// True for a FHIR primitive type name.
[[nodiscard]] bool is_primitive_type(std::string_view type) noexcept;

}  // namespace fhir::path
