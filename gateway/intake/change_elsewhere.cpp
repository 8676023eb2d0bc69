// Effects beyond the two parties of a step: the news for a PAS, what travels with an onward leg, and a
// pathway that goes to another organisation as it stands.
#include <algorithm>
#include <utility>

#include "fhir/definitions/definitions.hpp"
#include "fhir/tree/resource_builder.hpp"
#include "gateway/intake/applied_change.hpp"
#include "gateway/intake/incoming.hpp"
#include "gateway/intake/pas_news.hpp"
#include "gateway/intake/stored_message.hpp"
#include "gateway/referral/task_tree.hpp"

namespace gateway::intake {

using fhir::tree::TreePtr;

namespace {

constexpr std::size_t kMostDocuments = 100;
constexpr std::size_t kMostDeliveries = 500;

}  // namespace

fhir::Status AppliedChange::tell_pas(const referral::ReferralState& before) {
  for (const PasNews& news : pas_news(change_.event.kind, before, memory_.state)) {
    if (const config::Partner* pas = pas_of(around_.config, news)) {
      LIGAMENT_CHECK(send_news(*pas, to_code(news.what), reason_of(news.what)));
      continue;
    }
    // A provider that the hub names when it accepts has heard of nothing yet; with an offer it has.
    const bool named = news.what == PasFact::kAcceptance && before.offered_to.ods.empty() &&
                       news.ods != memory_.state.hub.ods;
    const config::Partner* provider = named ? care_destination(around_.config, news.ods) : nullptr;
    if (provider != nullptr)
      LIGAMENT_CHECK(send_news(*provider, to_code(news.what), bars::RequestReason::kNew));
  }
  return {};
}

/// The request whole with our Task, and the patient with the numbers the organisation knows him by.
fhir::Status AppliedChange::send_news(const config::Partner& to, std::string_view kind,
                                      bars::RequestReason reason) {
  LIGAMENT_CHECK(load_subject());
  LIGAMENT_TRY(const LocalMessage message,
               read_again(tx_, memory_.author_message, around_.hash, resource_base(around_.config),
                          row_.service_request_id));
  std::vector<bars::Part> ours = {{notices_.full_url(task_->root()), task_->root()},
                                  {notices_.full_url(request_->root()), request_->root()}};
  TreePtr patient;
  if (patient_) {
    LIGAMENT_TRY(patient, with_numbers_of(to.ods));
    ours.push_back({notices_.full_url(patient->root()), patient->root()});
  }
  // Before it in the same lane: the referral waits until the patient is known there.
  if (kind == to_code(PasFact::kAcceptance) && speaks_v2_alone(to) && to.hl7v2->introduces) {
    LIGAMENT_CHECK(
        enqueue(dispatch_.request(to, about().subject, message.message, reason, ours, kIntroductionKind)));
  }
  return enqueue(dispatch_.request(to, about().subject, message.message, reason, ours, kind));
}

fhir::Result<TreePtr> AppliedChange::with_numbers_of(std::string_view ods) {
  LIGAMENT_TRY(const std::vector<store::BusinessIdentifier> names, tx_.referrals().identifiers(row_.seq));
  std::string prefix("record:");
  prefix.append(ods).append(":");
  fhir::tree::ResourceBuilder builder(fhir::definitions::r4(), "Patient");
  builder.copy_children(patient_->root());
  for (const store::BusinessIdentifier& name : names) {
    if (!name.system.starts_with(prefix)) continue;
    const std::string system = name.system.substr(prefix.size());
    const bool known = std::ranges::any_of(identifiers_of(patient_->root()), [&](const auto& one) {
      return one.system == system && one.value == name.value;
    });
    if (!known) builder.open("identifier").set("system", system).set("value", name.value).close();
  }
  return builder.finish();
}

/// An organisation that had the referral before: BD-02, a person looks.
fhir::Status AppliedChange::count_hop(const referral::Organisation& to) {
  const referral::ReferralState& state = memory_.state;
  LIGAMENT_CHECK(
      event("counted", "hops " + std::to_string(state.hops) + " bounces " + std::to_string(state.bounces)));
  LIGAMENT_TRY(const std::vector<store::ReferralEvent> events, tx_.referrals().events(row_.seq));
  const bool offered = std::ranges::any_of(
      events, [&](const store::ReferralEvent& one) { return one.kind == "offered" && one.detail == to.ods; });
  if (!offered && to.ods != state.hub.ods && to.ods != state.provider.ods) return {};
  LIGAMENT_CHECK(event("returned", to.ods));
  store::NewWork work;
  work.kind = "returned";
  work.message = change_.message;
  work.owner_role = referral::to_text(state.holder);
  work.reason = "been-there-before";
  work.created_at = change_.at;
  return add_work(std::move(work));
}

/// Every document that came with the referral since, in the order it came.
fhir::Result<std::vector<TreePtr>> AppliedChange::attached() {
  LIGAMENT_TRY(const std::vector<store::ReferralEvent> events, tx_.referrals().events(row_.seq));
  std::vector<std::string> seen;
  std::vector<TreePtr> documents;
  for (const store::ReferralEvent& one : events) {
    if (one.kind != "document") continue;
    for (const std::string& name : one.references) {
      const std::size_t slash = name.find('/');
      if (slash == std::string::npos || documents.size() == kMostDocuments) continue;
      if (std::ranges::find(seen, name) != seen.end()) continue;
      seen.push_back(name);
      LIGAMENT_TRY(TreePtr document, read(name.substr(0, slash), name.substr(slash + 1)));
      documents.push_back(std::move(document));
    }
  }
  return documents;
}

/// Nothing of the referral goes to that organisation any more: what waits, what is under way, what awaits an
/// answer, what is dead. A partner that has or may have got something is told of the Task as it is now.
fhir::Status AppliedChange::recall(std::string_view ods) {
  store::OutboxFilter filter;
  filter.referral = row_.seq;
  LIGAMENT_TRY(const std::vector<store::DeliveryRow> all,
               tx_.outbox().list(filter, std::nullopt, kMostDeliveries));
  const config::Partner* reached = nullptr;
  for (const store::DeliveryRow& delivery : all) {
    const config::Partner* to = around_.config.partner(delivery.destination);
    if (to == nullptr || to->ods != ods || delivery.state == store::OutboxState::kAbandoned) continue;
    // An attempt is counted when it ends, so one that is due may be under way.
    const bool untouched = delivery.attempts == 0 && delivery.next_attempt_at > change_.at &&
                           delivery.state == store::OutboxState::kPending;
    if (!untouched && (delivery.kind == kReferralKind || delivery.kind == kUpdateKind)) reached = to;
    if (delivery.state == store::OutboxState::kDelivered) continue;
    if (delivery.state != store::OutboxState::kParked) LIGAMENT_CHECK(tx_.outbox().park(delivery.seq));
    LIGAMENT_CHECK(tx_.outbox().abandon(delivery.seq, change_.at, "provider-changed"));
    LIGAMENT_CHECK(event("recalled", delivery.kind + ' ' + delivery.destination));
  }
  if (reached == nullptr) return {};
  // After an attempt that may be under way.
  return notify_with_answer(*reached, change_.at + around_.config.retry.attempt_timeout);
}

fhir::Status AppliedChange::move(std::string_view from, const referral::Organisation& to) {
  LIGAMENT_CHECK(load());
  const std::int64_t before = row_.task_version;
  referral::ReferralState& state = memory_.state;
  for (referral::Organisation* party : {&state.hub, &state.provider, &state.offered_to}) {
    if (party->ods == from) *party = to;
  }
  ++state.version;
  task_ = referral::rebuild_task(task_->root(), state, change_.event.reason, change_.at);
  is_stored(task_);
  LIGAMENT_CHECK(event("moved", std::string(from) + ' ' + to.ods, {reference("Task", row_.task_id)}));
  LIGAMENT_CHECK(recall(from));
  if (!row_.parent) LIGAMENT_CHECK(tell_gp(referral::CommunicationKind::kMoved));
  const config::Partner* partner = care_destination(around_.config, to.ods);
  row_.destination = partner != nullptr ? partner->name : to.ods;
  if (partner != nullptr) {
    memory_.request_sent = true;
    LIGAMENT_CHECK(notify_with_request(*partner, bars::RequestReason::kNew));
  } else {
    store::NewWork work;
    work.kind = "no-route";
    work.owner_role = referral::to_text(referral::PartyRole::kReviewer);
    work.reason = "provider-changed";
    work.created_at = change_.at;
    LIGAMENT_CHECK(add_work(std::move(work)));
  }
  fill_row(row_, memory_);
  LIGAMENT_CHECK(put(task_->root(), store::WriteRule::kMatch, before));
  LIGAMENT_CHECK(write_deliveries());
  LIGAMENT_CHECK(tx_.referrals().update(row_));
  store::NewAudit entry{change_.at,
                        store::AuditAction::kUpdate,
                        "referral-moved",
                        reference("Task", row_.task_id),
                        row_.seq,
                        change_.message,
                        store::AuditOutcome::kSuccess};
  LIGAMENT_CHECK(tx_.audit().append(entry));
  return {};
}

}  // namespace gateway::intake
