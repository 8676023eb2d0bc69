// The header fields of a request or response, in order, names compared without case (RFC 9110 5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/base/result.hpp"

namespace gateway::http {

/// True for a token (RFC 9110 5.6.2): what a field name or a method may be.
[[nodiscard]] bool is_token(std::string_view text) noexcept;
/// True when `text` may be a field value: no control characters but tab, no surrounding white space (RFC
/// 9110 5.5).
[[nodiscard]] bool is_field_value(std::string_view text) noexcept;
/// ASCII letters without case, every other byte exactly.
[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b) noexcept;
/// Without leading and trailing space and tab.
[[nodiscard]] std::string_view trimmed(std::string_view text) noexcept;

/// A field as seen in its HeaderFields; valid until those change.
struct Field {
  std::string_view name;
  std::string_view value;
};

/// Bounded at kMaxFields fields and kMaxBytes bytes. All text is in one buffer: a copy costs two allocations.
/// Views it gives are valid until the next change. Not thread-safe.
class HeaderFields {
 public:
  static constexpr std::size_t kMaxFields = 100;
  static constexpr std::size_t kMaxBytes = 64 * 1024;

  /// Adds a field after the others. For names and values of our own: std::invalid_argument when they break
  /// the grammar or the bounds. Values from outside go through try_add.
  void add(std::string_view name, std::string_view value);
  /// kInvalidRequest for a bad name or value, kTooLarge over the bounds.
  [[nodiscard]] fhir::Status try_add(std::string_view name, std::string_view value);
  /// Removes every field of the name, then adds.
  void set(std::string_view name, std::string_view value);
  void remove(std::string_view name);

  /// The value of the first field of the name.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;
  [[nodiscard]] bool contains(std::string_view name) const noexcept { return find(name).has_value(); }
  [[nodiscard]] std::size_t count(std::string_view name) const noexcept;
  /// Every value of the name, in order.
  [[nodiscard]] std::vector<std::string_view> all(std::string_view name) const;

  [[nodiscard]] std::size_t size() const noexcept { return slots_.size(); }
  [[nodiscard]] bool empty() const noexcept { return slots_.empty(); }
  [[nodiscard]] Field at(std::size_t index) const noexcept;

  void reserve(std::size_t fields, std::size_t bytes);

 private:
  struct Slot {
    std::uint32_t name_at;
    std::uint32_t name_size;
    std::uint32_t value_at;
    std::uint32_t value_size;
  };
  void append(std::string_view name, std::string_view value);

  std::string text_;
  std::vector<Slot> slots_;
};

/// True when the comma-separated list values of `name` hold `token`, without case: `Connection: close, x`.
[[nodiscard]] bool has_list_token(const HeaderFields& fields, std::string_view name, std::string_view token);

}  // namespace gateway::http
