// An abstract search: what to find, without how. Made from the parameters of a request, answered by a store.
//
//   const Result<Parsed> parsed = parse("Task", {{"status", "requested,accepted"}, {"_count", "20"}},
//   Unknown::kRefuse);
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fhir/base/instant.hpp"
#include "fhir/base/result.hpp"

namespace fhir::search {

enum class ClauseKind : std::uint8_t {
  kId,           ///< The resource id is one of the values.
  kLastUpdated,  ///< meta.lastUpdated by prefix and period.
  kToken,
  kReference,
  kString,  ///< Equal.
  kDate,
};

/// Comparison prefixes of dates (FHIR R4 3.1.1.4.5).
enum class Prefix : std::uint8_t { kEq, kNe, kGt, kLt, kGe, kLe };

/// One alternative of a clause. Which members count depends on the kind of the clause.
struct Operand {
  std::optional<std::string>
      system;  ///< Token: absent: any; empty: none. Reference: the target type, absent: any.
  std::optional<std::string> value;  ///< Absent (token `system|`): any value in the system.
  Prefix prefix = Prefix::kEq;
  Instant low{};  ///< Date: the period [low, high) the text names.
  Instant high{};
  friend bool operator==(const Operand&, const Operand&) = default;
};

/// True when a moment satisfies the operand's prefix and period.
[[nodiscard]] bool matches(const Operand& operand, Instant moment) noexcept;
/// True when a period [low, high) satisfies the operand's prefix and period.
[[nodiscard]] bool matches(const Operand& operand, Instant low, Instant high) noexcept;

/// True when any of `any_of` holds.
struct Clause {
  ClauseKind kind = ClauseKind::kToken;
  std::string param;  ///< Index parameter name, `patient:identifier`.
  std::vector<Operand> any_of;
  friend bool operator==(const Clause&, const Clause&) = default;
};

inline constexpr std::uint32_t kDefaultCount = 50;
inline constexpr std::uint32_t kMaxCount = 500;

struct Query {
  std::string type;
  std::vector<Clause> all_of;
  std::uint32_t count = kDefaultCount;  ///< Rows of a page; 0: only the total.
  bool total = false;
  std::optional<std::string> cursor;  ///< As a page gave it.
  /// Only what is shown to this reader (store::ResourceWrite::audience). Set by whoever knows the caller; no
  /// parameter sets it.
  std::optional<std::string> audience;
  friend bool operator==(const Query&, const Query&) = default;
};

/// What to do with a parameter the type does not have (Prefer: handling, FHIR R4 3.1.1.4.2).
enum class Unknown : std::uint8_t { kRefuse, kIgnore };

using Pair = std::pair<std::string, std::string>;

struct Parsed {
  Query query;
  std::vector<Pair> applied;  ///< What was used, in order, for the self link (without the cursor).
};

/// Name of the parameter that carries the cursor in links between pages.
inline constexpr std::string_view kCursorParam = "_cursor";

/// Reads decoded query pairs. Parameters: `_id`, `_lastUpdated`, `_count`, `_total` (none, estimate,
/// accurate), `_cursor`, and those of parameters.hpp. `_format` and `_pretty` are passed over. Errors:
/// kInvalidRequest for a value that cannot be read and, when refusing, for an unknown parameter or modifier;
/// kUnsupported for a type without search; kTooLarge for more than 20 clauses or 100 operands. The detail
/// names the parameter, never its value.
[[nodiscard]] Result<Parsed> parse(std::string_view type, std::span<const Pair> pairs, Unknown unknown);

}  // namespace fhir::search
