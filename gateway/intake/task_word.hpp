// A Task as a partner put it: one unit of work.
#pragma once

#include <optional>

#include "gateway/intake/incoming.hpp"
#include "gateway/intake/intake.hpp"
#include "gateway/intake/settlement.hpp"

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
  services::CataloguePtr catalogue;  ///< Whose red flags its words are read for.
  /// Some words of it raise a red flag; whether they are new is known inside the unit only.
  bool suspicious = false;
  std::optional<Escalation>
      escalation;  ///< For an update that is refused and names no referral of the caller.
};

[[nodiscard]] fhir::Status settle_task(store::Transaction& tx, const TaskCase& task, TaskSettlement& settled);

}  // namespace gateway::intake
