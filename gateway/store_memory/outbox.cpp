#include <algorithm>
#include <map>
#include <tuple>

#include "gateway/store_memory/ports.hpp"

namespace gateway::store_memory {

using fhir::ErrorCode;
using fhir::fail;
using fhir::Instant;
using fhir::Result;
using fhir::Status;
using store::DeliveryRow;
using store::OutboxSeq;
using store::OutboxState;

namespace {

bool finished(const DeliveryRow& row) {
  return row.state == OutboxState::kDelivered || row.state == OutboxState::kAbandoned;
}

bool is_head(const Tables& tables, const DeliveryRow& row) {
  return std::ranges::none_of(tables.outbox.rows(), [&](const auto& other) {
    return other.first < row.seq && other.second.row.lane == row.lane && !finished(other.second.row);
  });
}

}  // namespace

Result<OutboxSeq> MemoryOutboxStore::enqueue(const store::NewDelivery& delivery) {
  LIGAMENT_CHECK(context_->writing());
  if (delivery.priority < store::kRoutine || delivery.priority > store::kEmergency || delivery.lane.empty() ||
      delivery.destination.empty()) {
    return fail(ErrorCode::kInvalidRequest,
                "a delivery needs a lane, a destination and a priority of 1 to 3");
  }
  LIGAMENT_TRY(std::string whole, context_->whole_body(delivery.body, delivery.inserts));
  LIGAMENT_CHECK(context_->known(delivery.referral));
  LIGAMENT_TRY(const std::optional<DeliveryRow> taken,
               find_unfinished(delivery.destination, delivery.business_id));
  if (taken) return fail(ErrorCode::kConflict, "the business id is already on its way to the destination");
  StoredDelivery stored;
  stored.row = {.seq = context_->tables.outbox.next(),
                .referral = delivery.referral,
                .lane = delivery.lane,
                .destination = delivery.destination,
                .kind = delivery.kind,
                .media_type = delivery.media_type,
                .request_id = delivery.request_id,
                .correlation_id = delivery.correlation_id,
                .business_id = delivery.business_id,
                .priority = delivery.priority,
                .state = OutboxState::kPending,
                .attempts = 0,
                .created_at = delivery.created_at,
                .next_attempt_at = delivery.not_before,
                .answer_deadline = delivery.answer_deadline,
                .finished_at = std::nullopt,
                .last_error = {}};
  stored.body = std::make_shared<const std::string>(std::move(whole));
  const OutboxSeq seq = stored.row.seq;
  context_->tables.outbox.put(context_->journal, seq, std::move(stored));
  return seq;
}

Result<std::vector<DeliveryRow>> MemoryOutboxStore::due(Instant now, std::size_t limit,
                                                        std::size_t per_destination,
                                                        const store::UnderWay& under_way) {
  std::vector<DeliveryRow> ready;
  for (const auto& [seq, delivery] : context_->tables.outbox.rows()) {
    const DeliveryRow& row = delivery.row;
    if (row.state == OutboxState::kPending && row.next_attempt_at <= now &&
        !std::ranges::binary_search(under_way.deliveries, seq) && is_head(context_->tables, row)) {
      ready.push_back(row);
    }
  }
  std::ranges::sort(ready, {}, [](const DeliveryRow& row) {
    return std::tuple(-row.priority, row.next_attempt_at, row.seq);
  });
  std::map<std::string, std::size_t> taken;
  std::vector<DeliveryRow> rows;
  for (DeliveryRow& row : ready) {
    if (rows.size() == limit) break;
    const std::size_t room = under_way.room(row.destination, per_destination);
    if (taken[row.destination]++ < room) rows.push_back(std::move(row));
  }
  return rows;
}

Result<std::vector<DeliveryRow>> MemoryOutboxStore::overdue_answers(Instant now, std::size_t limit) {
  std::vector<DeliveryRow> rows;
  for (const auto& [seq, delivery] : context_->tables.outbox.rows()) {
    const DeliveryRow& row = delivery.row;
    if (row.state == OutboxState::kAwaitingAnswer && row.answer_deadline && *row.answer_deadline <= now) {
      rows.push_back(row);
    }
  }
  std::ranges::stable_sort(rows, {}, [](const DeliveryRow& row) { return *row.answer_deadline; });
  rows.resize(std::min(limit, rows.size()));
  return rows;
}

Status MemoryOutboxStore::step(OutboxSeq seq, std::initializer_list<OutboxState> from,
                               const std::function<void(DeliveryRow&)>& change) {
  LIGAMENT_CHECK(context_->writing());
  const StoredDelivery* delivery = context_->tables.outbox.find(seq);
  if (delivery == nullptr) return fail(ErrorCode::kNotFound, "no such delivery");
  if (std::ranges::find(from, delivery->row.state) == from.end()) {
    return fail(ErrorCode::kConflict, "the delivery is " + std::string(to_text(delivery->row.state)));
  }
  StoredDelivery changed = *delivery;
  change(changed.row);
  context_->tables.outbox.put(context_->journal, seq, std::move(changed));
  return {};
}

Status MemoryOutboxStore::retry(OutboxSeq seq, Instant next, std::string_view error_code) {
  return step(seq, {OutboxState::kPending, OutboxState::kAwaitingAnswer}, [&](DeliveryRow& row) {
    if (row.state == OutboxState::kPending)
      ++row.attempts;  // one that awaits an answer was counted when sent
    row.state = OutboxState::kPending;
    row.next_attempt_at = next;
    row.last_error = error_code;
  });
}

Status MemoryOutboxStore::mark_sent(OutboxSeq seq, std::optional<Instant> answer_deadline) {
  return step(seq, {OutboxState::kPending}, [&](DeliveryRow& row) {
    row.state = OutboxState::kAwaitingAnswer;
    row.answer_deadline = answer_deadline;
    row.last_error.clear();
    ++row.attempts;
  });
}

Status MemoryOutboxStore::mark_delivered(OutboxSeq seq, Instant at) {
  return step(seq,
              {OutboxState::kPending, OutboxState::kAwaitingAnswer, OutboxState::kDead, OutboxState::kParked},
              [&](DeliveryRow& row) {
                row.state = OutboxState::kDelivered;
                row.finished_at = at;
              });
}

Result<OutboxSeq> MemoryOutboxStore::mark_delivered(std::string_view destination,
                                                    std::string_view business_id, Instant at) {
  LIGAMENT_TRY(const std::optional<DeliveryRow> row, find_unfinished(destination, business_id));
  if (!row) return fail(ErrorCode::kNotFound, "nothing unfinished has this business id");
  LIGAMENT_CHECK(mark_delivered(row->seq, at));
  return row->seq;
}

Status MemoryOutboxStore::mark_dead(OutboxSeq seq, Instant at, std::string_view error_code) {
  return step(seq, {OutboxState::kPending, OutboxState::kAwaitingAnswer}, [&](DeliveryRow& row) {
    row.state = OutboxState::kDead;
    row.finished_at = at;
    row.last_error = error_code;
  });
}

Status MemoryOutboxStore::park(OutboxSeq seq) {
  return step(seq, {OutboxState::kPending, OutboxState::kAwaitingAnswer, OutboxState::kDead},
              [](DeliveryRow& row) {
                row.state = OutboxState::kParked;
                row.finished_at.reset();
              });
}

Status MemoryOutboxStore::release(OutboxSeq seq, Instant at) {
  return step(seq, {OutboxState::kDead, OutboxState::kParked}, [&](DeliveryRow& row) {
    row.state = OutboxState::kPending;
    row.next_attempt_at = at;
    row.finished_at.reset();
    row.attempts = 0;
  });
}

Status MemoryOutboxStore::abandon(OutboxSeq seq, Instant at, std::string_view reason_code) {
  return step(seq, {OutboxState::kDead, OutboxState::kParked}, [&](DeliveryRow& row) {
    row.state = OutboxState::kAbandoned;
    row.finished_at = at;
    row.last_error = reason_code;
  });
}

Result<std::optional<DeliveryRow>> MemoryOutboxStore::find(OutboxSeq seq) {
  const StoredDelivery* delivery = context_->tables.outbox.find(seq);
  return delivery == nullptr ? std::nullopt : std::optional(delivery->row);
}

Result<std::optional<DeliveryRow>> MemoryOutboxStore::find_unfinished(std::string_view destination,
                                                                      std::string_view business_id) {
  if (business_id.empty()) return std::nullopt;
  for (const auto& [seq, delivery] : context_->tables.outbox.rows()) {
    const DeliveryRow& row = delivery.row;
    if (row.destination == destination && row.business_id == business_id && !finished(row)) return row;
  }
  return std::nullopt;
}

Result<std::string> MemoryOutboxStore::read_body(OutboxSeq seq) {
  const StoredDelivery* delivery = context_->tables.outbox.find(seq);
  if (delivery == nullptr) return fail(ErrorCode::kNotFound, "no such delivery");
  return *delivery->body;
}

Result<std::vector<DeliveryRow>> MemoryOutboxStore::list(const store::OutboxFilter& filter,
                                                         std::optional<OutboxSeq> after, std::size_t limit) {
  std::vector<DeliveryRow> rows;
  for (const auto& [seq, delivery] : context_->tables.outbox.rows()) {
    const DeliveryRow& row = delivery.row;
    if (rows.size() == limit) break;
    if ((!after || seq > *after) && (!filter.state || row.state == *filter.state) &&
        (!filter.destination || row.destination == *filter.destination) &&
        (!filter.referral || row.referral == *filter.referral)) {
      rows.push_back(row);
    }
  }
  return rows;
}

Result<std::vector<store::OutboxCount>> MemoryOutboxStore::counts() {
  std::map<std::pair<std::string, OutboxState>, std::int64_t> counted;
  for (const auto& [seq, delivery] : context_->tables.outbox.rows()) {
    ++counted[{delivery.row.destination, delivery.row.state}];
  }
  std::vector<store::OutboxCount> counts;
  counts.reserve(counted.size());
  for (const auto& [key, count] : counted)
    counts.push_back({key.first, key.second, count});
  return counts;
}

}  // namespace gateway::store_memory
