// The invariants of the base definitions, compiled when first met and shared from then on.
//
// For each row of the type table there is a short list of what to evaluate on an element of that row. An
// invariant that reads only children the element does not have, and that holds on an element without them, is
// not evaluated. A few that nearly every element carries are answered by code (see native.hpp), and some are
// the business of the walk itself.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include "fhir/definitions/definitions.hpp"
#include "fhir/path/plan.hpp"

namespace fhir::validate {

/// Which children an element has, by TypeRow::order.
class ChildMask {
 public:
  static constexpr std::size_t kBits = 256;
  void set(std::uint32_t order) noexcept {
    words_[(order / 64) % kWords] |= std::uint64_t{1} << (order % 64);
  }
  [[nodiscard]] bool meets(const ChildMask& other) const noexcept {
    for (std::size_t i = 0; i < kWords; ++i) {
      if ((words_[i] & other.words_[i]) != 0) return true;
    }
    return false;
  }

 private:
  static constexpr std::size_t kWords = kBits / 64;
  std::array<std::uint64_t, kWords> words_{};
};

/// How an invariant is decided.
enum class Method : std::uint8_t {
  kPlan,
  kWalk,  ///< By the walk or by native code: ele-1, dom-3, txt-1 ...
  kExtensionOrValue,
  kPeriodOrder,
  kLocalReference,
  kFullUrlsDiffer,
};

/// One invariant on one row.
struct InvariantCheck {
  std::uint32_t invariant = 0;  ///< Index of Definitions::invariants.
  Method method = Method::kPlan;
  bool skip_when_absent = false;
  ChildMask reads;                   ///< The children it reads, where skip_when_absent.
  const path::Plan* plan = nullptr;  ///< Null: the expression cannot be compiled.
};

class BaseInvariants {
 public:
  /// `errata`: use corrected expressions for those known to be wrong in R4.
  BaseInvariants(const definitions::Definitions& definitions, bool errata);
  ~BaseInvariants();
  BaseInvariants(const BaseInvariants&) = delete;
  BaseInvariants& operator=(const BaseInvariants&) = delete;

  /// Those of the element itself and of its data type. Any thread; made once for each row.
  [[nodiscard]] std::span<const InvariantCheck> of(tree::RowId row) const {
    const List* list = rows_[row].load(std::memory_order_acquire);
    return list != nullptr ? std::span<const InvariantCheck>(*list) : make(row);
  }
  /// The plan of one invariant; null if its expression cannot be compiled.
  [[nodiscard]] const path::Plan* plan(std::uint32_t invariant) const;
  /// The text that is evaluated, corrected if it is one of the errata.
  [[nodiscard]] std::string_view expression(std::uint32_t invariant) const;
  /// True if the row carries the invariant.
  [[nodiscard]] bool carries(tree::RowId row, std::uint32_t invariant) const;

 private:
  using List = std::vector<InvariantCheck>;
  std::span<const InvariantCheck> make(tree::RowId row) const;
  [[nodiscard]] InvariantCheck check_of(tree::RowId row, std::uint32_t invariant) const;
  const path::Plan* plan_locked(std::uint32_t invariant) const;

  const definitions::Definitions& definitions_;
  bool errata_;
  mutable std::mutex mutex_;
  mutable std::vector<path::PlanPtr> plans_;
  mutable std::vector<bool> compiled_;
  mutable std::vector<std::unique_ptr<const List>> lists_;
  mutable std::vector<std::atomic<const List*>> rows_;
};

/// The corrected text of an invariant known to be wrong in R4, or empty. What each corrects is said there.
[[nodiscard]] std::string_view corrected_expression(std::string_view key,
                                                    std::string_view published) noexcept;

/// The text that a condition of a profile of R4 should have: as published, but for those known to be wrong.
[[nodiscard]] std::string_view corrected_profile_expression(std::string_view published) noexcept;

/// The same condition in a form that costs less, or empty.
[[nodiscard]] std::string_view restated_expression(std::string_view key, std::string_view published) noexcept;

/// The children `plan` can read when evaluated on an element of `row`, or false when that cannot be told.
[[nodiscard]] bool reads_only_children(const path::Plan& plan, const tree::TypeTable& table, tree::RowId row,
                                       ChildMask& reads);

}  // namespace fhir::validate
