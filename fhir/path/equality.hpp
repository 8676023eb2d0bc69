// When items and collections are the same: `=`, `~`, `distinct`, `in`. FHIRPath 2.0, 6.1.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "fhir/path/value.hpp"

namespace fhir::path {

using Items = std::span<const Value>;

/// `=` of two items. Empty when precision leaves it open. Elements compare child by child; the nesting of
/// trees is bounded by their readers, and past 200 levels two elements count as different.
[[nodiscard]] std::optional<bool> equal(const Value& a, const Value& b);
/// `~` of two items.
[[nodiscard]] bool equivalent(const Value& a, const Value& b);

/// `=` of collections: empty if either is, else same length and equal in order.
[[nodiscard]] std::optional<bool> equal(Items a, Items b);
/// `~` of collections: same length, in any order. Cost: quadratic at worst.
[[nodiscard]] bool equivalent(Items a, Items b);

[[nodiscard]] bool contains(Items items, const Value& value);

/// Distinct items in order of arrival. Linear for strings, numbers and booleans; hashes past a few items.
class ItemSet {
 public:
  /// False if an equal item is in already. The item must outlive the set.
  bool insert(const Value& value);
  [[nodiscard]] bool contains(const Value& value) const;
  [[nodiscard]] std::size_t size() const noexcept { return items_.size(); }

 private:
  struct Entry {
    const Value* value;
    std::size_t hash;
  };
  [[nodiscard]] bool find(const Value& value, std::size_t hash) const;
  void rehash();
  static constexpr std::size_t kLinear = 8;
  std::vector<Entry> items_;
  std::vector<std::uint32_t> slots_;  ///< Index + 1 into items_; a power of two in size; empty while linear.
};

}  // namespace fhir::path
