// A ValueSet compiled: its rules as sets over compiled code systems (FHIR R4 4.9.5).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "fhir/base/result.hpp"
#include "fhir/terminology/code_answer.hpp"
#include "fhir/terminology/code_system.hpp"
#include "fhir/terminology/syntax.hpp"

namespace fhir::terminology {

class ValueSet;

/// What is known of a code that is in a set. `listing` is compose.include.concept or expansion.contains,
/// `system` and `index` the concept of its code system; either may be missing.
struct Member {
  std::string_view system_url;
  std::string_view version;
  std::string_view code;
  tree::Node listing;
  const CodeSystem* system = nullptr;
  ConceptIndex index = 0;
  bool inactive = false;
  bool abstract = false;

  /// The display of the listing, else that of the concept.
  [[nodiscard]] std::string_view display() const;
  /// False when displays are known and `text` is none of them.
  [[nodiscard]] bool allows_display(std::string_view text) const;
};

enum class Truth : std::uint8_t { kNo, kUnknown, kYes };

struct Finding {
  Truth truth = Truth::kNo;
  Missing missing = Missing::kNone;  ///< Why, for kUnknown.
  Member member;                     ///< For kYes.
  bool ambiguous = false;            ///< Another system of the set has the code too.
};

/// One include or exclude: the codes of a system by one rule, and in all of some value sets.
struct Clause {
  enum class Kind : std::uint8_t {
    kListed,       ///< `listed`
    kWholeSystem,  ///< Every code of `codes`.
    kFiltered,     ///< The codes of `codes` that are `chosen`.
    kSyntax,       ///< Every code the syntax of the system allows and all of `patterns` take.
    kUncheckable,  ///< `missing` says why.
    kSetsOnly,     ///< No system: what is in all of `sets`.
  };
  Kind kind = Kind::kSetsOnly;
  Missing missing = Missing::kNone;
  Missing missing_import = Missing::kNone;  ///< One of the value sets that all must hold is not here.
  std::string_view system;
  std::string_view version;
  const CodeSystem* codes = nullptr;  ///< Null when there is no definition of the system.
  std::optional<Syntax> syntax;
  std::unordered_map<std::string_view, tree::Node> listed;
  std::unordered_map<std::string, tree::Node> listed_folded;  ///< Where the system ignores case.
  std::vector<std::string_view> listed_order;
  std::vector<bool> chosen;
  std::vector<std::function<bool(std::string_view)>> patterns;
  std::vector<std::shared_ptr<const ValueSet>> sets;

  /// `system` empty: any.
  [[nodiscard]] Finding find(std::string_view wanted_system, std::string_view code) const;

 private:
  [[nodiscard]] Finding find_by_rule(std::string_view code) const;
  [[nodiscard]] Finding find_listed(std::string_view code) const;
  [[nodiscard]] Finding find_in_system(std::string_view code) const;
  [[nodiscard]] Finding find_by_syntax(std::string_view code) const;
};

/// Immutable once compiled; any thread. What it points to outlives it.
class ValueSet {
 public:
  [[nodiscard]] tree::Node resource() const noexcept { return resource_; }
  /// An empty `system` stands for any.
  [[nodiscard]] Finding find(std::string_view system, std::string_view code) const;
  /// True when no clause needs what is not here.
  [[nodiscard]] bool is_complete() const noexcept { return complete_; }
  /// The first reason why not.
  [[nodiscard]] Missing missing() const noexcept { return missing_; }

  /// Gives every member once, in the order of the clauses and of their systems, until `take` answers false.
  /// Fails with kUnprocessable where a clause cannot be enumerated, kTooLarge past `limit` members.
  [[nodiscard]] Status enumerate(const std::function<bool(const Member&)>& take, std::size_t limit) const;

 private:
  friend class ValueSetCompiler;
  [[nodiscard]] bool is_excluded(const Member& member) const;
  tree::Node resource_;
  std::vector<Clause> includes_;
  std::vector<Clause> excludes_;
  bool active_only_ = false;
  bool complete_ = true;
  Missing missing_ = Missing::kNone;
};

}  // namespace fhir::terminology
