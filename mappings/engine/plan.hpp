// Maps compiled to an immutable plan. FHIR Mapping Language (FHIR R5 chapter 7.8, and the mapping-language
// guide); the forms of R4 are read too. docs/mapping-language.md lists what is offered.
//
//   const auto plan = Plan::compile(maps, models);
//   if (!plan) return refuse(plan.error());
//   Transformed out = run(**plan, source->root(), {.ids = &ids, .clock = &clock});
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include <tl/expected.hpp>

#include "fhir/base/issue.hpp"
#include "mappings/engine/models.hpp"

namespace mappings::engine {

struct CompileLimits {
  std::size_t max_bytes = 4u << 20;   ///< Of one map.
  std::uint32_t max_nesting = 64;     ///< Rules within rules; chains of extends.
  std::uint32_t max_rules = 200'000;  ///< Of all maps, rules inherited by extends counted again.
};

/// Names a group that a run can start at.
using GroupId = std::uint32_t;

struct PlanBody;

/// Immutable; any thread; keeps nothing of its sources but names. The type tables outlive it.
class Plan {
 public:
  using Outcome = tl::expected<std::shared_ptr<const Plan>, fhir::IssueList>;

  /// All of `maps` together: imports resolve among them, in the order given; of two groups with one name a
  /// map sees its own first, then those it imports. Issues carry the name of the map as `expression`, with
  /// line and column. Refused: what does not parse, unknown variables, groups, imports, types, elements and
  /// ConceptMaps, and types that cannot fit. Cost: linear in the text, plus one copy of a group's rules for
  /// each group that extends it.
  [[nodiscard]] static Outcome compile(std::span<const MapSource> maps, const Models& models,
                                       const CompileLimits& limits = {});
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;
  ~Plan();

  /// The first group called `name`, in the map with this url or name; empty `map`: in any. Linear: look it
  /// up once.
  [[nodiscard]] std::optional<GroupId> find_group(std::string_view name, std::string_view map = {}) const;
  /// The first group of the first map.
  [[nodiscard]] GroupId first_group() const noexcept;
  /// The first group of the map with this url or name.
  [[nodiscard]] std::optional<GroupId> first_group_of(std::string_view map) const;
  /// What was found while compiling that does not refuse the maps.
  [[nodiscard]] const fhir::IssueList& warnings() const noexcept;

  [[nodiscard]] const PlanBody& body() const noexcept { return *body_; }

 private:
  explicit Plan(std::unique_ptr<const PlanBody> body);
  std::unique_ptr<const PlanBody> body_;
};

using PlanPtr = std::shared_ptr<const Plan>;

}  // namespace mappings::engine
