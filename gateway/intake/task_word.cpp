#include "gateway/intake/task_word.hpp"

#include <utility>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "gateway/gate/gate.hpp"
#include "gateway/intake/referral_memory.hpp"
#include "gateway/intake/resource_ids.hpp"
#include "gateway/intake/settlement.hpp"
#include "gateway/intake/visibility.hpp"
#include "gateway/referral/task_update.hpp"

namespace gateway::intake {

using fhir::tree::TreePtr;

namespace {

fhir::Result<TreePtr> stored_task(store::Transaction& tx, std::string_view id) {
  LIGAMENT_TRY(const std::optional<store::ResourceRow> row, tx.resources().get("Task", id));
  TreePtr tree = row ? fhir::json::read(row->json, fhir::definitions::r4()).tree : TreePtr();
  if (!tree) return fhir::fail(fhir::ErrorCode::kCorrupt, "the Task of a referral cannot be read");
  return tree;
}

fhir::Status log(store::Transaction& tx, const TaskCase& task, store::Verdict verdict,
                 store::AuditOutcome outcome) {
  if (verdict == store::Verdict::kRefused || !task.incoming.body->empty()) {
    Reading none;
    store::NewMessage message = log_entry(task.incoming, none, verdict);
    message.event = "task-update";
    LIGAMENT_CHECK(tx.messages().append(message));
  }
  if (verdict != store::Verdict::kRefused) return {};
  store::NewAudit entry{task.incoming.received,
                        store::AuditAction::kUpdate,
                        "task-update-refused",
                        "Task",
                        std::nullopt,
                        task.incoming.seq,
                        outcome};
  LIGAMENT_CHECK(tx.audit().append(entry));
  return {};
}

fhir::Status refuse(store::Transaction& tx, const TaskCase& task, int status, bars::Refusal refusal,
                    TaskSettlement& settled) {
  settled = TaskSettlement();
  settled.refused = TaskRefusal{status, std::move(refusal)};
  return log(tx, task, store::Verdict::kRefused, store::AuditOutcome::kMinorFailure);
}

/// A leg's flag is that of the referral it is part of.
fhir::Result<bool> is_flagged(store::Transaction& tx, const store::ReferralRow& row) {
  if (!row.parent) return (row.flags & store::kRedFlag) != 0;
  LIGAMENT_TRY(const std::optional<store::ReferralRow> parent, tx.referrals().find(*row.parent));
  return parent && (parent->flags & store::kRedFlag) != 0;
}

/// Raises on the referral what its words say that were not there before, whatever becomes of the update.
/// Costs nothing unless something was seen in the whole of it.
fhir::Status raise(store::Transaction& tx, const TaskCase& task, const store::ReferralRow& row,
                   const TreePtr& stored, TaskSettlement& settled) {
  if (!task.suspicious) return {};
  gate::GateResult found;
  for (const fhir::tree::Node words : referral::new_words(task.update.incoming->root(), stored->root()))
    found = gate::merge(std::move(found), gate::inspect(task.catalogue->red_flags(), words));
  if (!found.raised()) return {};
  LIGAMENT_TRY(const bool flagged, is_flagged(tx, row));
  if (flagged) return {};
  Change change;
  change.event.kind = referral::EventKind::kRedFlagRaised;
  change.event.reason = {std::string(gate::kRedFlagSystem), found.flags.front().condition, "", ""};
  change.scope = task.incoming.seq;
  change.first_id = 2 * kChangeIds;
  if (!task.incoming.body->empty()) change.message = task.incoming.seq;
  change.at = task.incoming.received;
  LIGAMENT_TRY(Changed changed, task.changes->apply(tx, row.seq, change));
  for (Alert& alert : changed.alerts)
    settled.alerts.push_back(std::move(alert));
  return {};
}

fhir::Status apply(store::Transaction& tx, const TaskCase& task, const store::ReferralRow& row,
                   referral::Event event, TaskSettlement& settled) {
  Change change;
  change.event = std::move(event);
  change.caller = transition_caller(task.incoming.caller);
  change.scope = task.incoming.seq;
  change.first_id = kChangeIds;
  change.at = task.incoming.received;
  change.if_version = task.update.if_match;
  change.task = task.update.incoming;
  change.task_node = task.update.incoming->root();
  LIGAMENT_TRY(const std::optional<referral::Refused> refused, task.changes->refusal(tx, row, change));
  if (refused) return refuse(tx, task, refused->http_status(), refusal_of(*refused), settled);
  LIGAMENT_CHECK(log(tx, task, store::Verdict::kAccepted, store::AuditOutcome::kSuccess));
  if (!task.incoming.body->empty()) change.message = task.incoming.seq;
  LIGAMENT_TRY(Changed changed, task.changes->apply(tx, row.seq, change));
  settled = TaskSettlement();
  settled.alerts = std::move(changed.alerts);
  settled.updated = UpdatedTask{};
  return {};
}

/// The caller may see the referral; `stored` is its Task before the update.
fhir::Status settle_known(store::Transaction& tx, const TaskCase& task, const store::ReferralRow& row,
                          const TreePtr& stored, TaskSettlement& settled) {
  if (task.update.if_match != row.task_version) {
    return refuse(tx, task, 412,
                  bars::refusal(bars::Rec::kConflict, fhir::IssueType::kConflict, "Task.meta.versionId",
                                "the Task has another version; read it again"),
                  settled);
  }
  LIGAMENT_TRY(const ReferralMemory memory, parse_memory(row.memory));
  referral::TaskChange change =
      referral::derive_event(task.update.incoming->root(), stored->root(), memory.state);
  if (auto* refused = std::get_if<referral::TaskRefused>(&change)) {
    bars::Refusal refusal =
        refusal_of(referral::refuse(refused->rule, memory.state, transition_caller(task.incoming.caller)));
    refusal.issues.append(refused->issues);
    return refuse(tx, task, referral::traits(refused->rule).http_status, std::move(refusal), settled);
  }
  if (auto* event = std::get_if<referral::Event>(&change))
    return apply(tx, task, row, std::move(*event), settled);
  settled = TaskSettlement();
  settled.updated = UpdatedTask{};
  return {};
}

}  // namespace

fhir::Status settle_task(store::Transaction& tx, const TaskCase& task, TaskSettlement& settled) {
  LIGAMENT_TRY(const std::optional<store::ReferralRow> row, tx.referrals().find_by_task(task.update.task_id));
  if (!row || !concerns(*row, task.incoming.caller)) {
    LIGAMENT_CHECK(refuse(
        tx, task, 404,
        bars::refusal(bars::Rec::kNotFound, fhir::IssueType::kNotFound, "Task", "no such Task"), settled));
    return task.escalation ? write_escalation(tx, *task.escalation, settled.alerts) : fhir::Status();
  }
  LIGAMENT_TRY(const TreePtr stored, stored_task(tx, row->task_id));
  LIGAMENT_CHECK(settle_known(tx, task, *row, stored, settled));
  LIGAMENT_CHECK(raise(tx, task, *row, stored, settled));
  if (!settled.updated) return {};
  LIGAMENT_TRY(const std::optional<store::ReferralRow> now, tx.referrals().find(row->seq));
  LIGAMENT_TRY(const TreePtr kept, stored_task(tx, row->task_id));
  settled.updated = UpdatedTask{kept, now ? now->task_version : 0, task.incoming.received};
  return {};
}

}  // namespace gateway::intake
