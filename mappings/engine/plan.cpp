#include "mappings/engine/plan.hpp"

#include <re2/re2.h>
#include <utility>

#include "mappings/engine/compiler.hpp"

namespace mappings::engine {

PlanBody::PlanBody() = default;
PlanBody::~PlanBody() = default;

Plan::Plan(std::unique_ptr<const PlanBody> body) : body_(std::move(body)) {}
Plan::~Plan() = default;

Plan::Outcome Plan::compile(std::span<const MapSource> maps, const Models& models,
                            const CompileLimits& limits) {
  Compiler compiler(maps, models, limits);
  auto body = compiler.compile();
  if (body == nullptr) return tl::unexpected<fhir::IssueList>(compiler.issues());
  return std::shared_ptr<const Plan>(new Plan(std::move(body)));
}

std::optional<GroupId> Plan::find_group(std::string_view name, std::string_view map) const {
  for (GroupId id = 0; id < body_->groups.size(); ++id) {
    const GroupPlan& group = body_->groups[id];
    const MapPlan& home = body_->maps[group.map];
    if (group.name == name && (map.empty() || home.url == map || home.name == map)) return id;
  }
  return std::nullopt;
}

GroupId Plan::first_group() const noexcept {
  return body_->maps.front().first_group;
}

std::optional<GroupId> Plan::first_group_of(std::string_view map) const {
  for (const MapPlan& candidate : body_->maps) {
    if (candidate.url == map || candidate.name == map) return candidate.first_group;
  }
  return std::nullopt;
}

const fhir::IssueList& Plan::warnings() const noexcept {
  return body_->warnings;
}

}  // namespace mappings::engine
