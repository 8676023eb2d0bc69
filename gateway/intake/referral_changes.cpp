#include "gateway/intake/referral_changes.hpp"

#include <utility>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "gateway/intake/applied_change.hpp"
#include "gateway/intake/incoming.hpp"

namespace gateway::intake {

using referral::EventKind;

namespace {

/// What a word about an onward leg means for the referral it is part of.
Change for_parent(const Change& change) {
  Change parent = change;
  parent.if_version.reset();
  parent.task.reset();
  parent.task_node = {};
  if (parent.event.kind == EventKind::kReject || parent.event.kind == EventKind::kRedirect)
    parent.event.kind = EventKind::kOfferDeclined;
  return parent;
}

/// The acknowledgement of a leg and its silence are its own; everything else is decided on the whole.
bool decided_on_parent(const store::ReferralRow& row, const Change& change) {
  return row.parent && row.open && change.event.kind != EventKind::kHubAcknowledged &&
         change.event.kind != EventKind::kDeadlinePassed;
}

/// The event with what only the memory of the referral knows.
referral::Event event_for(const ReferralMemory& memory, const Change& change) {
  referral::Event event = change.event;
  event.against_choice = against_choice(memory, event);
  return event;
}

Changed outcome_of(const store::ReferralRow& row) {
  Changed changed;
  changed.referral = row.seq;
  changed.task_id = row.task_id;
  changed.task_version = row.task_version;
  changed.state = row.state;
  return changed;
}

}  // namespace

ReferralChanges::ReferralChanges(RulesPtr rules, const KeyedHash& hash, std::string software_version)
    : rules_(std::move(rules)), hash_(&hash), software_version_(std::move(software_version)) {}

fhir::Result<Changed> ReferralChanges::apply(store::Transaction& tx, store::ReferralSeq referral,
                                             const Change& change) const {
  LIGAMENT_TRY(const std::optional<store::ReferralRow> row, tx.referrals().find(referral));
  if (!row) return fhir::fail(fhir::ErrorCode::kNotFound, "no such referral");
  return apply_to(tx, *row, change);
}

fhir::Result<Changed> ReferralChanges::apply_to(store::Transaction& tx, const store::ReferralRow& row,
                                                const Change& change) const {
  if (change.if_version && *change.if_version != row.task_version)
    return fhir::fail(fhir::ErrorCode::kConflict, "the Task has another version");
  // Its own acknowledgement and silence are the leg's; everything else is decided on the whole.
  const bool own =
      change.event.kind == EventKind::kHubAcknowledged || change.event.kind == EventKind::kDeadlinePassed;
  if (!row.parent || own || !row.open) return apply_to_row(tx, row, change);
  LIGAMENT_TRY(Changed changed, apply(tx, *row.parent, for_parent(change)));
  LIGAMENT_TRY(const std::optional<store::ReferralRow> leg, tx.referrals().find(row.seq));
  changed.referral = row.seq;
  changed.task_id = row.task_id;
  changed.task_version = leg ? leg->task_version : row.task_version;
  changed.task.reset();
  return changed;
}

fhir::Result<std::optional<referral::Refused>> ReferralChanges::refusal(store::Transaction& tx,
                                                                        const store::ReferralRow& row,
                                                                        const Change& change) const {
  if (decided_on_parent(row, change)) {
    LIGAMENT_TRY(const std::optional<store::ReferralRow> parent, tx.referrals().find(*row.parent));
    if (!parent) return fhir::fail(fhir::ErrorCode::kCorrupt, "the referral of a leg is missing");
    return refusal(tx, *parent, for_parent(change));
  }
  LIGAMENT_TRY(const ReferralMemory memory, parse_memory(row.memory));
  const RulesPtr rules = this->rules();
  referral::Outcome outcome = referral::transition(memory.state, event_for(memory, change), change.caller,
                                                   own_deadlines(memory, rules->deadlines), change.at);
  if (auto* refused = std::get_if<referral::Refused>(&outcome))
    return std::optional<referral::Refused>(std::move(*refused));
  return std::optional<referral::Refused>();
}

fhir::Result<Changed> ReferralChanges::apply_to_row(store::Transaction& tx, const store::ReferralRow& row,
                                                    const Change& change) const {
  LIGAMENT_TRY(ReferralMemory memory, parse_memory(row.memory));
  const RulesPtr rules = this->rules();
  referral::Outcome outcome = referral::transition(memory.state, event_for(memory, change), change.caller,
                                                   own_deadlines(memory, rules->deadlines), change.at);
  if (auto* refused = std::get_if<referral::Refused>(&outcome)) {
    store::NewAudit entry{change.at,
                          store::AuditAction::kUpdate,
                          "referral-" + std::string(referral::to_text(change.event.kind)),
                          reference("Task", row.task_id),
                          row.seq,
                          change.message,
                          store::AuditOutcome::kMinorFailure};
    LIGAMENT_CHECK(tx.audit().append(entry));
    Changed changed = outcome_of(row);
    changed.refused = std::move(*refused);
    return changed;
  }
  const ChangeSurroundings around{*rules->config, *hash_, software_version_, rules->deadlines,
                                  rules->forms.get()};
  AppliedChange applied(tx, row, std::move(memory), change, around);
  if (const auto* ignored = std::get_if<referral::Ignored>(&outcome)) {
    LIGAMENT_CHECK(applied.ignore(*ignored));
    Changed changed = outcome_of(row);
    changed.ignored_because = ignored->because;
    changed.alerts = applied.take_alerts();
    return changed;
  }
  LIGAMENT_CHECK(applied.accept(std::get<referral::Accepted>(outcome)));
  Changed changed = outcome_of(applied.row());
  changed.task = applied.task();
  changed.alerts = applied.take_alerts();
  return changed;
}

fhir::Status ReferralChanges::move(store::Transaction& tx, store::ReferralSeq referral, std::string_view from,
                                   const referral::Organisation& to, Change change) const {
  LIGAMENT_TRY(const std::optional<store::ReferralRow> row, tx.referrals().find(referral));
  if (!row) return fhir::fail(fhir::ErrorCode::kNotFound, "no such referral");
  LIGAMENT_TRY(ReferralMemory memory, parse_memory(row->memory));
  change.event.reason = {std::string(referral::kReasonSystem), "provider-changed",
                         "Another provider holds the contract", ""};
  const RulesPtr rules = this->rules();
  const ChangeSurroundings around{*rules->config, *hash_, software_version_, rules->deadlines,
                                  rules->forms.get()};
  AppliedChange applied(tx, *row, std::move(memory), change, around);
  return applied.move(from, to);
}

referral::TransitionCaller transition_caller(const store::Caller& caller) {
  using referral::CallerRole;
  CallerRole role = CallerRole::kSystem;
  if (caller.role == "gp") role = CallerRole::kReferrer;
  if (caller.role == "hub") role = CallerRole::kHub;
  if (caller.role == "provider") role = CallerRole::kProvider;
  if (caller.role == "rota") role = CallerRole::kRota;
  if (caller.role == "pas") role = CallerRole::kPas;
  if (caller.role == "operator") role = CallerRole::kReviewer;
  return {role, caller.ods};
}

}  // namespace gateway::intake
