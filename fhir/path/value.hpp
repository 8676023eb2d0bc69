// What an expression works on and gives: one item, and the ordered collection of items.
//
// An item is a node of a tree or a System value. Nodes of primitive type stay nodes (their id and extensions
// are reachable) and become System values where an operation needs one: `as_system`. FHIRPath 2.0, 4.1 and
// FHIR R4 2.9.1.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <boost/container/small_vector.hpp>

#include "fhir/base/decimal.hpp"
#include "fhir/path/quantity.hpp"
#include "fhir/path/temporal.hpp"
#include "fhir/tree/tree.hpp"

namespace fhir::path {

using fhir::Decimal;

/// The order is that of the variant in Value.
enum class ValueType : std::uint8_t {
  kNode,
  kBoolean,
  kInteger,
  kLong,
  kDecimal,
  kString,
  kTemporal,
  kQuantity,
  kType
};

/// A type as `type()` reflects it: namespace `FHIR` or `System`, and name. Views of static or type table
/// text.
struct TypeName {
  std::string_view name_space;
  std::string_view name;
  friend bool operator==(const TypeName&, const TypeName&) = default;
};

/// One item. Value semantics; 40 bytes; allocates for long strings and quantities only. A node item is valid
/// as long as its tree, every other item owns what it holds.
class Value {
 public:
  Value() = default;  ///< The empty node; never an item of a collection.
  explicit Value(tree::Node node) : held_(node) {}
  explicit Value(bool value) : held_(value) {}
  explicit Value(std::int32_t value) : held_(value) {}
  explicit Value(std::int64_t value) : held_(value) {}
  explicit Value(const Decimal& value) : held_(value) {}
  explicit Value(std::string value) : held_(std::move(value)) {}
  explicit Value(std::string_view value) : held_(std::string(value)) {}
  explicit Value(const char* value) : held_(std::string(value)) {}
  explicit Value(const Temporal& value) : held_(value) {}
  explicit Value(Quantity value) : held_(std::make_shared<const Quantity>(std::move(value))) {}
  explicit Value(TypeName value) : held_(value) {}

  [[nodiscard]] ValueType type() const noexcept { return static_cast<ValueType>(held_.index()); }
  [[nodiscard]] bool is(ValueType type_asked) const noexcept { return type() == type_asked; }
  [[nodiscard]] bool is_node() const noexcept { return held_.index() == 0; }

  // Each may be called on an item of its type only.
  [[nodiscard]] tree::Node node() const noexcept { return *std::get_if<tree::Node>(&held_); }
  [[nodiscard]] bool boolean() const noexcept { return *std::get_if<bool>(&held_); }
  [[nodiscard]] std::int64_t integer() const noexcept {
    const auto* small = std::get_if<std::int32_t>(&held_);
    return small != nullptr ? *small : *std::get_if<std::int64_t>(&held_);
  }
  [[nodiscard]] const Decimal& decimal() const noexcept { return *std::get_if<Decimal>(&held_); }
  [[nodiscard]] const std::string& string() const noexcept { return *std::get_if<std::string>(&held_); }
  [[nodiscard]] const Temporal& temporal() const noexcept { return *std::get_if<Temporal>(&held_); }
  [[nodiscard]] const Quantity& quantity() const noexcept {
    return **std::get_if<std::shared_ptr<const Quantity>>(&held_);
  }
  [[nodiscard]] const TypeName& type_name() const noexcept { return *std::get_if<TypeName>(&held_); }

  [[nodiscard]] bool is_integral() const noexcept { return is(ValueType::kInteger) || is(ValueType::kLong); }
  [[nodiscard]] bool is_number() const noexcept { return is_integral() || is(ValueType::kDecimal); }

 private:
  std::variant<tree::Node, bool, std::int32_t, std::int64_t, Decimal, std::string, Temporal,
               std::shared_ptr<const Quantity>, TypeName>
      held_;
};

/// Items in order, duplicates allowed. One or two items need no allocation.
using Collection = boost::container::small_vector<Value, 2>;

/// A node with a primitive value, or a FHIR Quantity, as the System value it converts to (FHIR R4 2.9.1.1);
/// any System value as itself. Empty for other nodes, for primitives without a value, and for text that is no
/// value of its type.
[[nodiscard]] std::optional<Value> as_system(const Value& value);

/// The type `type()` gives: {FHIR, HumanName}, {System, Boolean}.
[[nodiscard]] TypeName type_of(const Value& value) noexcept;

/// The item as text, if it has a text form: `toString()`.
[[nodiscard]] std::optional<std::string> text_of(const Value& value);

/// The string an item holds, without copying: a System string, or a primitive node of a string-like type. A
/// view as long lived as the item and its tree.
[[nodiscard]] std::optional<std::string_view> string_of(const Value& value) noexcept;

}  // namespace fhir::path
