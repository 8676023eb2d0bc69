// Collects what the gate found and keeps one flag for each condition, trigger and level.
#pragma once

#include <string>
#include <string_view>

#include "gateway/gate/gate.hpp"

namespace gateway::gate {

class Findings {
 public:
  explicit Findings(const RedFlagSet& flags) : flags_(flags) {}

  /// True when this is the first of its kind, and so worth the cost of naming its place.
  [[nodiscard]] bool is_new(const RedFlag& flag, TriggerKind trigger, FlagLevel level) const;
  void add(const RedFlag& flag, TriggerKind trigger, FlagLevel level, bool near_negation, std::string place);

  GateResult result;

  /// Sets the route of the most urgent flag and gives the result.
  [[nodiscard]] GateResult finish();

 private:
  const RedFlagSet& flags_;
};

}  // namespace gateway::gate
