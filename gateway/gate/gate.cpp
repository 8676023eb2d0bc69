#include "gateway/gate/gate.hpp"

#include <algorithm>
#include <utility>

#include "gateway/gate/findings.hpp"

namespace gateway::gate {

std::string_view to_code(TriggerKind kind) noexcept {
  switch (kind) {
    case TriggerKind::kStructured: return "structured";
    case TriggerKind::kText: return "text";
  }
  return {};
}

std::string_view to_code(FlagLevel level) noexcept {
  switch (level) {
    case FlagLevel::kHumanEyes: return "human-eyes";
    case FlagLevel::kRaised: return "raised";
  }
  return {};
}

bool Findings::is_new(const RedFlag& flag, TriggerKind trigger, FlagLevel level) const {
  return std::ranges::none_of(result.flags, [&](const RaisedFlag& raised) {
    return raised.condition == flag.condition && raised.trigger == trigger && raised.level == level;
  });
}

void Findings::add(const RedFlag& flag, TriggerKind trigger, FlagLevel level, bool near_negation,
                   std::string place) {
  if (!is_new(flag, trigger, level)) return;
  result.flags.push_back({flag.condition, flag.requirement, trigger, level, near_negation, std::move(place)});
}

GateResult Findings::finish() {
  for (const RaisedFlag& raised : result.flags) {
    const RedFlag* flag = flags_.by_condition(raised.condition);
    if (flag == nullptr) continue;
    if (!result.route || flag->route.time_limit < result.route->time_limit) result.route = flag->route;
  }
  return std::move(result);
}

GateResult merge(GateResult a, const GateResult& b) {
  for (const RaisedFlag& flag : b.flags) {
    const auto same = std::ranges::find_if(a.flags, [&](const RaisedFlag& other) {
      return other.condition == flag.condition && other.trigger == flag.trigger && other.level == flag.level;
    });
    if (same == a.flags.end()) a.flags.push_back(flag);
  }
  if (b.route && (!a.route || b.route->time_limit < a.route->time_limit)) a.route = b.route;
  a.cancer_priority = a.cancer_priority || b.cancer_priority;
  a.coded_routine = a.coded_routine || b.coded_routine;
  a.cut_short = a.cut_short || b.cut_short;
  return a;
}

}  // namespace gateway::gate
