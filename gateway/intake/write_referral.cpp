#include <algorithm>

#include "gateway/intake/new_referral.hpp"
#include "gateway/referral/effect.hpp"

namespace gateway::intake {

namespace {

constexpr std::size_t kMostLinked = 10;

/// Open referrals of the same patient: a person looks whether they are one.
fhir::Status link_duplicates(store::Transaction& tx, const PlannedReferral& plan, store::ReferralSeq referral,
                             const std::vector<store::ReferralRow>& others) {
  const std::size_t linked = std::min(others.size(), kMostLinked);
  for (std::size_t at = 0; at < linked; ++at) {
    const store::ReferralRow& other = others[at];
    store::ReferralEvent event{plan.row.received_at, "clinical-duplicate",
                               "ligament",           "same-patient",
                               plan.message.seq,     {reference("Task", other.task_id)}};
    LIGAMENT_CHECK(tx.referrals().append_event(referral, event));
    event.references = {reference("Task", plan.row.task_id)};
    LIGAMENT_CHECK(tx.referrals().append_event(other.seq, event));
  }
  store::NewWork work;
  work.kind = referral::to_code(referral::WorkKind::kClinicalDuplicate);
  work.referral = referral;
  work.message = plan.message.seq;
  work.owner_role = referral::to_text(referral::PartyRole::kHub);
  work.reason = "same-patient";
  work.created_at = plan.row.received_at;
  return tx.work().open(work).map([](store::WorkSeq) {});
}

fhir::Status write_rows(store::Transaction& tx, PlannedReferral& plan, store::ReferralSeq referral) {
  for (const store::ReferralEvent& event : plan.events)
    LIGAMENT_CHECK(tx.referrals().append_event(referral, event));
  for (store::NewDelivery& delivery : plan.deliveries) {
    delivery.referral = referral;
    LIGAMENT_CHECK(tx.outbox().enqueue(delivery));
  }
  for (store::NewWork& work : plan.work) {
    work.referral = referral;
    LIGAMENT_CHECK(tx.work().open(work));
  }
  plan.audit.referral = referral;
  LIGAMENT_CHECK(tx.audit().append(plan.audit));
  return tx.messages().set_reply(*plan.message.seq, plan.reply);
}

}  // namespace

fhir::Status write_new_referral(store::Transaction& tx, PlannedReferral& plan) {
  LIGAMENT_CHECK(tx.messages().append(plan.message));
  for (const store::ResourceWrite& write : plan.resources)
    LIGAMENT_CHECK(tx.resources().put(write));
  std::vector<store::ReferralRow> others;
  if (plan.row.patient_key) {
    LIGAMENT_TRY(others, tx.referrals().open_of_patient(*plan.row.patient_key));
  }
  plan.row.flags &= ~store::kClinicalDuplicate;
  if (!others.empty()) plan.row.flags |= store::kClinicalDuplicate;
  LIGAMENT_TRY(const store::ReferralSeq referral, tx.referrals().insert(plan.row, plan.identifiers));
  if (!others.empty()) LIGAMENT_CHECK(link_duplicates(tx, plan, referral, others));
  return write_rows(tx, plan, referral);
}

}  // namespace gateway::intake
