#include <algorithm>
#include <map>

#include "gateway/store_memory/ports.hpp"

namespace gateway::store_memory {

using fhir::ErrorCode;
using fhir::fail;
using fhir::Result;
using fhir::Status;
using store::ReferralRow;
using store::ReferralSeq;

namespace {

template <class Test>
std::vector<ReferralRow> all(const Tables& tables, Test test) {
  std::vector<ReferralRow> rows;
  for (const auto& [seq, referral] : tables.referrals.rows()) {
    if (test(referral)) rows.push_back(referral.row);
  }
  return rows;
}

bool has(const StoredReferral& referral, const store::BusinessIdentifier& identifier) {
  return std::ranges::find(referral.identifiers, identifier) != referral.identifiers.end();
}

}  // namespace

Result<ReferralSeq> MemoryReferralStore::insert(const ReferralRow& row,
                                                const std::vector<store::BusinessIdentifier>& identifiers) {
  LIGAMENT_CHECK(context_->writing());
  LIGAMENT_CHECK(context_->known(row.parent));
  LIGAMENT_TRY(const std::optional<ReferralRow> taken, find_by_task(row.task_id));
  if (taken) return fail(ErrorCode::kConflict, "the task id is taken");
  StoredReferral stored;
  stored.row = row;
  stored.row.seq = context_->tables.referrals.next();
  stored.row.version = 1;
  for (const store::BusinessIdentifier& identifier : identifiers) {
    if (!has(stored, identifier)) stored.identifiers.push_back(identifier);
  }
  const ReferralSeq seq = stored.row.seq;
  context_->tables.referrals.put(context_->journal, seq, std::move(stored));
  return seq;
}

Result<std::int64_t> MemoryReferralStore::update(const ReferralRow& row) {
  LIGAMENT_CHECK(context_->writing());
  LIGAMENT_CHECK(context_->known(std::optional(row.seq)));
  StoredReferral changed = *context_->tables.referrals.find(row.seq);
  if (changed.row.version != row.version) return fail(ErrorCode::kConflict, "the referral moved on");
  const ReferralRow before = changed.row;
  changed.row = row;
  changed.row.parent = before.parent;
  changed.row.service_request_id = before.service_request_id;
  changed.row.task_id = before.task_id;
  changed.row.correlation_id = before.correlation_id;
  changed.row.received_at = before.received_at;
  changed.row.received_on = before.received_on;
  changed.row.sender_partner = before.sender_partner;
  const std::int64_t version = ++changed.row.version;
  context_->tables.referrals.put(context_->journal, row.seq, std::move(changed));
  return version;
}

Status MemoryReferralStore::add_identifier(ReferralSeq seq, const store::BusinessIdentifier& identifier) {
  LIGAMENT_CHECK(context_->writing());
  LIGAMENT_CHECK(context_->known(std::optional(seq)));
  StoredReferral changed = *context_->tables.referrals.find(seq);
  if (has(changed, identifier)) return {};
  changed.identifiers.push_back(identifier);
  context_->tables.referrals.put(context_->journal, seq, std::move(changed));
  return {};
}

Result<std::vector<store::BusinessIdentifier>> MemoryReferralStore::identifiers(ReferralSeq seq) {
  LIGAMENT_CHECK(context_->known(std::optional(seq)));
  return context_->tables.referrals.find(seq)->identifiers;
}

Result<std::optional<ReferralRow>> MemoryReferralStore::find(ReferralSeq seq) {
  const StoredReferral* referral = context_->tables.referrals.find(seq);
  return referral == nullptr ? std::nullopt : std::optional(referral->row);
}

Result<std::optional<ReferralRow>> MemoryReferralStore::find_by_task(std::string_view task_id) {
  const std::vector<ReferralRow> rows =
      all(context_->tables, [&](const StoredReferral& referral) { return referral.row.task_id == task_id; });
  return rows.empty() ? std::nullopt : std::optional(rows.front());
}

Result<std::vector<ReferralRow>> MemoryReferralStore::find_by_service_request(std::string_view id) {
  return all(context_->tables,
             [&](const StoredReferral& referral) { return referral.row.service_request_id == id; });
}

Result<std::vector<ReferralRow>> MemoryReferralStore::find_by_correlation(std::string_view correlation_id) {
  return all(context_->tables,
             [&](const StoredReferral& referral) { return referral.row.correlation_id == correlation_id; });
}

Result<std::vector<ReferralRow>> MemoryReferralStore::find_by_identifier(
    const store::BusinessIdentifier& identifier) {
  return all(context_->tables, [&](const StoredReferral& referral) { return has(referral, identifier); });
}

Result<std::vector<ReferralRow>> MemoryReferralStore::children(ReferralSeq parent) {
  return all(context_->tables, [&](const StoredReferral& referral) {
    return referral.row.open && referral.row.parent == parent;
  });
}

Result<std::vector<ReferralRow>> MemoryReferralStore::open_of_patient(const store::Digest& patient_key) {
  return all(context_->tables, [&](const StoredReferral& referral) {
    return referral.row.open && referral.row.patient_key == patient_key;
  });
}

Result<std::vector<ReferralRow>> MemoryReferralStore::due(fhir::Instant now, std::size_t limit) {
  std::vector<ReferralRow> rows = all(context_->tables, [&](const StoredReferral& referral) {
    return referral.row.deadline && referral.row.deadline->at <= now;
  });
  std::ranges::stable_sort(rows, {}, [](const ReferralRow& row) { return row.deadline->at; });
  rows.resize(std::min(limit, rows.size()));
  return rows;
}

Result<std::vector<ReferralRow>> MemoryReferralStore::list(std::optional<ReferralSeq> after,
                                                           std::size_t limit) {
  std::vector<ReferralRow> rows = all(
      context_->tables, [&](const StoredReferral& referral) { return !after || referral.row.seq > *after; });
  rows.resize(std::min(limit, rows.size()));
  return rows;
}

Result<std::vector<store::StateCount>> MemoryReferralStore::counts() {
  std::map<std::pair<std::string, bool>, std::int64_t> counted;
  for (const auto& [seq, referral] : context_->tables.referrals.rows()) {
    ++counted[{referral.row.state, referral.row.open}];
  }
  std::vector<store::StateCount> counts;
  counts.reserve(counted.size());
  for (const auto& [key, count] : counted)
    counts.push_back({key.first, key.second, count});
  return counts;
}

Status MemoryReferralStore::append_event(ReferralSeq seq, const store::ReferralEvent& event) {
  LIGAMENT_CHECK(context_->writing());
  LIGAMENT_CHECK(context_->known(std::optional(seq)));
  LIGAMENT_CHECK(context_->known(event.message));
  StoredReferral changed = *context_->tables.referrals.find(seq);
  changed.events.push_back(event);
  context_->tables.referrals.put(context_->journal, seq, std::move(changed));
  return {};
}

Result<std::vector<store::ReferralEvent>> MemoryReferralStore::events(ReferralSeq seq) {
  LIGAMENT_CHECK(context_->known(std::optional(seq)));
  return context_->tables.referrals.find(seq)->events;
}

}  // namespace gateway::store_memory
