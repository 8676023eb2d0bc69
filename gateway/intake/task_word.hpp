// A Task as a partner put it: one unit of work.
#pragma once

#include <optional>

#include "gateway/intake/incoming.hpp"
#include "gateway/intake/intake.hpp"

namespace gateway::intake {

/// What became of it inside the unit; exactly one of the two.
struct TaskSettlement {
  std::optional<UpdatedTask> updated;
  std::optional<TaskRefusal> refused;
  std::vector<Alert> alerts;
};

struct TaskCase {
  Incoming incoming;
  TaskUpdate update;
  const ReferralChanges* changes = nullptr;
};

[[nodiscard]] fhir::Status settle_task(store::Transaction& tx, const TaskCase& task, TaskSettlement& settled);

}  // namespace gateway::intake
