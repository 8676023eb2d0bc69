// The members one JSON object has had so far, to refuse duplicates and to pair `x` with `_x`, at a cost
// linear in their number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "fhir/tree/tree.hpp"

namespace fhir::json {

/// The key of a member in its object: a row with or without the underscore, or a name without a row.
enum class MemberKey : std::uint32_t {};

inline constexpr MemberKey kTypeMember{0xFFFF'FFFFu};

[[nodiscard]] constexpr MemberKey row_member(tree::RowId row, bool underscore) noexcept {
  return MemberKey{row << 1u | (underscore ? 1u : 0u)};
}
[[nodiscard]] constexpr MemberKey unknown_member(tree::NameId name) noexcept {
  const std::uint32_t local = (name & tree::kLocalName) != 0 ? 1u : 0u;
  return MemberKey{0x8000'0000u | (name & 0x3FFF'FFFFu) << 1u | local};
}
/// The other member of the pair `x` and `_x`.
[[nodiscard]] constexpr MemberKey partner(MemberKey key) noexcept {
  return MemberKey{static_cast<std::uint32_t>(key) ^ 1u};
}

struct SeenMember {
  MemberKey key{};
  tree::NodeIndex first = tree::kNoNode;  ///< Its first node; the others follow as siblings.
  std::uint32_t count = 0;                ///< How many.
};

/// A stack of sets, one for each open object. Not thread-safe.
class MemberSets {
 public:
  /// One object's part of the stack.
  struct Scope {
    std::uint64_t bits = 0;  ///< A bit that is clear proves the member new.
    std::uint32_t begin = 0;
    std::uint32_t serial = 0;
  };

  [[nodiscard]] Scope open() noexcept {
    return {0, static_cast<std::uint32_t>(seen_.size()), next_serial_++};
  }
  void close(const Scope& scope);

  /// True when the member may be there already, so that find() must be asked. Pairs share a bit.
  [[nodiscard]] static bool may_hold(const Scope& scope, MemberKey key) noexcept {
    return (scope.bits & bit(key)) != 0;
  }
  /// The index of a member, or kNone. Cost: constant.
  [[nodiscard]] std::uint32_t find(const Scope& scope, MemberKey key) const;
  static constexpr std::uint32_t kNone = 0xFFFF'FFFFu;

  /// Adds a member that is not there; its index is good until close(). Amortised constant.
  std::uint32_t add(Scope& scope, MemberKey key) {
    const auto index = static_cast<std::uint32_t>(seen_.size());
    scope.bits |= bit(key);
    seen_.push_back({key, tree::kNoNode, 0});
    if (index - scope.begin >= kScanned) index_from(scope, index);
    return index;
  }
  [[nodiscard]] SeenMember& operator[](std::uint32_t index) noexcept { return seen_[index]; }
  [[nodiscard]] std::size_t size(const Scope& scope) const noexcept { return seen_.size() - scope.begin; }

 private:
  /// So many members of an object are searched one by one; from then on by hash.
  static constexpr std::uint32_t kScanned = 32;
  [[nodiscard]] static std::uint64_t bit(MemberKey key) noexcept {
    return 1ull << ((static_cast<std::uint32_t>(key) >> 1u) & 63u);
  }
  [[nodiscard]] static std::uint64_t hash_key(const Scope& scope, MemberKey key) noexcept {
    return static_cast<std::uint64_t>(scope.serial) << 32u | static_cast<std::uint32_t>(key);
  }
  void index_from(const Scope& scope, std::uint32_t newest);

  std::vector<SeenMember> seen_;
  std::unordered_map<std::uint64_t, std::uint32_t> index_;  // of objects with more than kScanned members
  std::uint32_t next_serial_ = 0;
};

}  // namespace fhir::json
