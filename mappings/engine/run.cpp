#include "mappings/engine/run.hpp"

#include "mappings/engine/executor.hpp"
#include "mappings/engine/plan_body.hpp"

namespace mappings::engine {

Transformed run(const Plan& plan, fhir::tree::Node source, const RunContext& context) {
  return Executor(plan, source, context).run();
}

std::string Receipt::rule_name(std::uint32_t rule) const {
  const PlanBody& body = plan->body();
  if (rule >= body.rules.size()) return {};
  const RuleSite& at = body.sites[body.rules[rule].site];
  const MapPlan& map = body.maps[at.map];
  std::string name = map.url.empty() ? map.name : map.url;
  name.append("#").append(body.groups[at.group].name).append(".");
  return at.name.empty() ? name.append("line ").append(std::to_string(at.line)) : name.append(at.name);
}

}  // namespace mappings::engine
