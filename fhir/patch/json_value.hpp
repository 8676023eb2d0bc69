// A JSON document that keeps what JSON Patch must not lose: the digits of numbers and the order of members.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.hpp"

namespace fhir::patch {

struct JsonMember;

/// A value. Depth is bounded by parse_json and by the operations of JSON Patch.
class JsonValue {
 public:
  enum class Kind : std::uint8_t { kNull, kFalse, kTrue, kNumber, kString, kArray, kObject };

  Kind kind = Kind::kNull;
  /// An operation took the last item or member away. FHIR knows no empty arrays and objects: see
  /// drop_emptied.
  bool emptied = false;
  std::string text;                 ///< Unescaped string, or the digits of a number.
  std::vector<JsonValue> items;     ///< Of an array.
  std::vector<JsonMember> members;  ///< Of an object, in the order of the document.

  [[nodiscard]] bool is_container() const { return kind == Kind::kArray || kind == Kind::kObject; }
  [[nodiscard]] JsonValue* member(std::string_view name);
  [[nodiscard]] const JsonValue* member(std::string_view name) const;
};

struct JsonMember {
  std::string name;
  JsonValue value;
};

/// Values in `value`, itself included. Cost: linear.
[[nodiscard]] std::size_t count_values(const JsonValue& value);

/// Equal as RFC 6902, 4.6 has it: numbers by their numeric value (exactly), objects without regard to order.
[[nodiscard]] bool equal(const JsonValue& a, const JsonValue& b);

/// Takes away the arrays and objects that operations have emptied, and what becomes empty by that.
void drop_emptied(JsonValue& value);

/// The deepest document taken.
inline constexpr std::size_t kMaxJsonDepth = 100;

/// Error kMalformed: not JSON, not UTF-8, or an object with two members of one name. kTooLarge: deeper than
/// kMaxJsonDepth or more than `max_values`.
[[nodiscard]] Result<JsonValue> parse_json(std::string_view bytes, std::size_t max_values);

[[nodiscard]] std::string write_json(const JsonValue& value);

}  // namespace fhir::patch
