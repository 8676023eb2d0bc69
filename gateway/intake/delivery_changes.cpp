// What the end of a delivery, or the time of a rota step, means for its referral.
#include <utility>

#include "fhir/definitions/definitions.hpp"
#include "fhir/json/reader.hpp"
#include "gateway/config/rota.hpp"
#include "gateway/intake/dispatch.hpp"
#include "gateway/intake/incoming.hpp"
#include "gateway/intake/notices.hpp"
#include "gateway/intake/referral_changes.hpp"
#include "gateway/intake/referral_memory.hpp"

namespace gateway::intake {

using fhir::tree::TreePtr;
using referral::DeadlineKind;
using referral::EventKind;

namespace {

fhir::Result<store::DeliveryRow> find_delivery(store::Transaction& tx, store::OutboxSeq seq) {
  LIGAMENT_TRY(std::optional<store::DeliveryRow> row, tx.outbox().find(seq));
  if (!row) return fhir::fail(fhir::ErrorCode::kNotFound, "no such delivery");
  return std::move(*row);
}

fhir::Result<TreePtr> find_tree(store::Transaction& tx, std::string_view type, std::string_view id) {
  if (id.empty()) return TreePtr();
  LIGAMENT_TRY(const std::optional<store::ResourceRow> row, tx.resources().get(type, id));
  if (!row) return TreePtr();
  return fhir::json::read(row->json, fhir::definitions::r4()).tree;
}

/// The event a delivered message is for the referral, if any.
fhir::Result<std::optional<EventKind>> meaning(const store::DeliveryRow& delivery,
                                               const store::ReferralRow& row) {
  // A place that was replaced by another answers for itself no more.
  if (delivery.kind == kReferralKind && delivery.destination == row.destination)
    return std::optional(EventKind::kHubAcknowledged);
  const bool letter = delivery.kind == kLetterKind;
  const bool told = delivery.kind == kDecisionKind || delivery.kind == kReceiptKind;
  if (!letter && (!told || row.open)) return std::optional<EventKind>();
  LIGAMENT_TRY(const ReferralMemory memory, parse_memory(row.memory));
  const DeadlineKind waited_for = letter ? DeadlineKind::kLetterDelivered : DeadlineKind::kGpTold;
  if (memory.state.deadline_kind != waited_for) return std::optional<EventKind>();
  return std::optional(EventKind::kGpTold);
}

}  // namespace

fhir::Result<std::optional<Changed>> ReferralChanges::delivered(store::Transaction& tx,
                                                                const store::DeliveryRow& delivery,
                                                                store::MessageSeq scope,
                                                                fhir::Instant at) const {
  LIGAMENT_CHECK(tx.outbox().mark_delivered(delivery.seq, at));
  if (!delivery.referral) return std::optional<Changed>();
  LIGAMENT_CHECK(tx.referrals().append_event(
      *delivery.referral,
      {at, "delivered", delivery.destination, delivery.kind, std::nullopt, {delivery.business_id}}));
  LIGAMENT_TRY(const std::optional<store::ReferralRow> row, tx.referrals().find(*delivery.referral));
  if (!row) return fhir::fail(fhir::ErrorCode::kCorrupt, "the referral of a delivery is missing");
  LIGAMENT_TRY(const std::optional<EventKind> kind, meaning(delivery, *row));
  if (!kind) return std::optional<Changed>();
  Change change;
  change.event.kind = *kind;
  change.scope = scope;
  change.first_id = kChangeIds * 200;  // apart from those of the message that answered
  change.at = at;
  LIGAMENT_TRY(Changed changed, apply_to(tx, *row, change));
  return std::optional<Changed>(std::move(changed));
}

fhir::Result<std::vector<Alert>> ReferralChanges::undeliverable(store::Transaction& tx, store::OutboxSeq seq,
                                                                std::string_view error_code, fhir::Instant at,
                                                                EndOfDelivery end) const {
  LIGAMENT_TRY(const store::DeliveryRow delivery, find_delivery(tx, seq));
  const bool parked = end == EndOfDelivery::kParked;
  LIGAMENT_CHECK(parked ? tx.outbox().park(seq) : tx.outbox().mark_dead(seq, at, error_code));
  store::NewWork work;
  work.kind = parked ? "parked-delivery" : "dead-delivery";
  work.referral = delivery.referral;
  work.owner_role = referral::to_text(referral::PartyRole::kReviewer);
  work.reason = delivery.kind + ' ' + std::string(error_code);
  work.created_at = at;
  LIGAMENT_CHECK(tx.work().open(work));
  std::vector<Alert> alerts = {{work.kind, "", work.owner_role, work.reason}};
  if (!delivery.referral) return alerts;
  LIGAMENT_TRY(const std::optional<store::ReferralRow> row, tx.referrals().find(*delivery.referral));
  if (row) alerts.front().reference = reference("Task", row->task_id);
  LIGAMENT_CHECK(tx.referrals().append_event(*delivery.referral, {at,
                                                                  parked ? "parked" : "undeliverable",
                                                                  delivery.destination,
                                                                  work.reason,
                                                                  std::nullopt,
                                                                  {delivery.business_id}}));
  if (row && delivery.kind == kReferralKind && delivery.destination == row->destination)
    LIGAMENT_CHECK(call_rota(tx, *row, at, alerts));
  return alerts;
}

/// A referral with a confirmed red flag that cannot be handed over is the rota's again, from its first step.
fhir::Status ReferralChanges::call_rota(store::Transaction& tx, const store::ReferralRow& row,
                                        fhir::Instant at, std::vector<Alert>& alerts) const {
  LIGAMENT_TRY(const ReferralMemory memory, parse_memory(row.memory));
  if (!memory.state.red_flag || memory.state.state != referral::State::kReceived) return {};
  const RulesPtr rules = this->rules();
  const std::vector<config::RotaStep>& rota = rules->config->rota;
  store::NewWork work;
  work.kind = referral::to_code(referral::WorkKind::kRedFlag);
  work.referral = row.seq;
  work.owner_role = rota.empty() ? "rota" : rota.front().role;
  work.reason = kNotTaken;
  work.step = -1;
  if (!rota.empty()) work.next_step_at = at;
  work.created_at = at;
  LIGAMENT_CHECK(tx.work().open(work));
  alerts.push_back({work.kind, reference("Task", row.task_id), work.owner_role, work.reason});
  return {};
}

fhir::Result<std::vector<Alert>> ReferralChanges::next_rota_step(store::Transaction& tx, store::WorkSeq seq,
                                                                 store::MessageSeq scope,
                                                                 fhir::Instant at) const {
  std::vector<Alert> alerts;
  LIGAMENT_TRY(const std::optional<store::WorkRow> work, tx.work().find(seq));
  if (!work) return fhir::fail(fhir::ErrorCode::kNotFound, "no such work item");
  if (work->state != store::WorkState::kOpen || !work->next_step_at || *work->next_step_at > at)
    return alerts;
  const RulesPtr rules = this->rules();
  const config::Config& config = *rules->config;
  if (config.rota.empty()) return alerts;
  const config::NextStep next = config::next_step(config.rota, work->step, work->created_at, at);
  const auto told = static_cast<std::size_t>(next.told - config.rota.data());
  LIGAMENT_CHECK(tx.work().advance(seq, next.step, next.told->role, next.next_at));
  alerts.push_back({work->kind, "", next.told->role, work->reason});
  if (!work->referral) return alerts;
  LIGAMENT_TRY(const std::optional<store::ReferralRow> row, tx.referrals().find(*work->referral));
  if (!row) return fhir::fail(fhir::ErrorCode::kCorrupt, "the referral of a work item is missing");
  alerts.front().reference = reference("Task", row->task_id);
  LIGAMENT_TRY(const ReferralMemory memory, parse_memory(row->memory));
  LIGAMENT_TRY(const TreePtr task, find_tree(tx, "Task", row->task_id));
  LIGAMENT_TRY(const TreePtr request, find_tree(tx, "ServiceRequest", row->service_request_id));
  LIGAMENT_TRY(const TreePtr patient, find_tree(tx, "Patient", memory.patient_id));
  if (!task || !request) return fhir::fail(fhir::ErrorCode::kCorrupt, "a referral has no Task");
  ResourceIds ids(*hash_, scope);
  Dispatch dispatch(config, software_version_, ids, at, rules->forms.get());
  Notices notices(config, dispatch, ids, resource_base(config), at);
  const About about{memory,
                    {row->task_id, row->correlation_id, memory.state.priority, true},
                    row->sender_partner,
                    task->root(),
                    request->root(),
                    patient ? patient->root() : fhir::tree::Node(),
                    work->message};
  Notice notice = notices.escalate(about, told, {}, work->reason);
  for (store::NewDelivery& delivery : notice.deliveries) {
    delivery.referral = row->seq;
    LIGAMENT_CHECK(tx.outbox().enqueue(delivery));
  }
  LIGAMENT_CHECK(tx.referrals().append_event(
      row->seq, {at, "rota-step", "ligament", next.told->partner, work->message, {}}));
  return alerts;
}

}  // namespace gateway::intake
