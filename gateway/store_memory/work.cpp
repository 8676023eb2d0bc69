#include <algorithm>

#include "gateway/store_memory/ports.hpp"

namespace gateway::store_memory {

using fhir::ErrorCode;
using fhir::fail;
using fhir::Instant;
using fhir::Result;
using fhir::Status;
using store::WorkRow;
using store::WorkSeq;
using store::WorkState;

Result<WorkSeq> MemoryWorkStore::open(const store::NewWork& work) {
  LIGAMENT_CHECK(context_->writing());
  LIGAMENT_CHECK(context_->known(work.referral));
  LIGAMENT_CHECK(context_->known(work.message));
  const WorkSeq seq = context_->tables.work.next();
  context_->tables.work.put(context_->journal, seq,
                            {.seq = seq,
                             .kind = work.kind,
                             .referral = work.referral,
                             .message = work.message,
                             .owner_role = work.owner_role,
                             .reason = work.reason,
                             .step = work.step,
                             .next_step_at = work.next_step_at,
                             .created_at = work.created_at,
                             .state = WorkState::kOpen,
                             .confirmed_by = {},
                             .confirmed_at = std::nullopt,
                             .closed_at = std::nullopt});
  return seq;
}

Result<std::vector<WorkRow>> MemoryWorkStore::due(Instant now, std::size_t limit) {
  std::vector<WorkRow> rows;
  for (const auto& [seq, row] : context_->tables.work.rows()) {
    if (row.state == WorkState::kOpen && row.next_step_at && *row.next_step_at <= now) rows.push_back(row);
  }
  std::ranges::stable_sort(rows, {}, [](const WorkRow& row) { return *row.next_step_at; });
  rows.resize(std::min(limit, rows.size()));
  return rows;
}

Status MemoryWorkStore::step(WorkSeq seq, std::initializer_list<WorkState> from,
                             const std::function<void(WorkRow&)>& change) {
  LIGAMENT_CHECK(context_->writing());
  const WorkRow* row = context_->tables.work.find(seq);
  if (row == nullptr) return fail(ErrorCode::kNotFound, "no such work item");
  if (std::ranges::find(from, row->state) == from.end()) {
    return fail(ErrorCode::kConflict, "the work item is " + std::string(to_text(row->state)));
  }
  WorkRow changed = *row;
  change(changed);
  context_->tables.work.put(context_->journal, seq, std::move(changed));
  return {};
}

Status MemoryWorkStore::advance(WorkSeq seq, int step_reached, std::string_view owner_role,
                                std::optional<Instant> next) {
  return step(seq, {WorkState::kOpen}, [&](WorkRow& row) {
    row.step = step_reached;
    row.owner_role = owner_role;
    row.next_step_at = next;
  });
}

Status MemoryWorkStore::confirm(WorkSeq seq, std::string_view by, Instant at) {
  return step(seq, {WorkState::kOpen}, [&](WorkRow& row) {
    row.state = WorkState::kConfirmed;
    row.confirmed_by = by;
    row.confirmed_at = at;
    row.next_step_at.reset();
  });
}

Status MemoryWorkStore::close(WorkSeq seq, Instant at) {
  return step(seq, {WorkState::kOpen, WorkState::kConfirmed}, [&](WorkRow& row) {
    row.state = WorkState::kClosed;
    row.closed_at = at;
    row.next_step_at.reset();
  });
}

Result<std::optional<WorkRow>> MemoryWorkStore::find(WorkSeq seq) {
  const WorkRow* row = context_->tables.work.find(seq);
  return row == nullptr ? std::nullopt : std::optional(*row);
}

Result<std::vector<WorkRow>> MemoryWorkStore::list(const store::WorkFilter& filter,
                                                   std::optional<WorkSeq> after, std::size_t limit) {
  std::vector<WorkRow> rows;
  for (const auto& [seq, row] : context_->tables.work.rows()) {
    if (rows.size() == limit) break;
    if ((!after || seq > *after) && (!filter.state || row.state == *filter.state) &&
        (!filter.kind || row.kind == *filter.kind) &&
        (!filter.owner_role || row.owner_role == *filter.owner_role) &&
        (!filter.referral || row.referral == *filter.referral)) {
      rows.push_back(row);
    }
  }
  return rows;
}

}  // namespace gateway::store_memory
